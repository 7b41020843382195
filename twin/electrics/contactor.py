"""A contactor: coil, armature, and main poles each with a travel, a bounce and faults of its own.

IEC 60947-4-1 Annex F: the mirror contact is closed only while every main pole
is open. That holds in one direction: a pole that makes no contact although the
armature is in does not show in it. Nominal release is 8…30 ms; opening under
load ends at a current zero.
"""

from __future__ import annotations

Edge = tuple[int, bool]
"""An instant, microseconds, and whether the contact touches from then on."""


class Pole:
    """One main pole as it stands.

    Attributes:
        close_lag_us: from the armature's arrival to the first touch.
        release_lag_us: from the armature's leaving to the parting.
        bounce_us: from first touch to rest.
        welded: it touches whatever the armature does.
        broken: it does not touch when the armature comes.
        touching: its contacts touch.
    """

    __slots__ = ("bounce_us", "broken", "close_lag_us", "release_lag_us", "touching", "welded")

    def __init__(
        self, close_lag_us: int = 0, release_lag_us: int = 0, bounce_us: int = 1_500
    ) -> None:
        self.close_lag_us = close_lag_us
        self.release_lag_us = release_lag_us
        self.bounce_us = bounce_us
        self.welded = False
        self.broken = False
        self.touching = False

    def edges(self, armature_us: int, closes: bool) -> tuple[Edge, ...]:
        """Return what the contacts do once the armature has moved at `armature_us`.

        The last edge is the rest.
        """
        if not closes:
            return ((armature_us + self.release_lag_us, False),)
        touch_us = armature_us + self.close_lag_us
        return ((touch_us, True), *rebounds(touch_us, self.bounce_us))


def rebounds(touch_us: int, bounce_us: int) -> tuple[Edge, ...]:
    """Return what follows the first touch: two rebounds, each a fifth of the bounce long."""
    if not bounce_us:
        return ()
    return (
        (touch_us + bounce_us // 5, False),
        (touch_us + bounce_us * 2 // 5, True),
        (touch_us + bounce_us * 4 // 5, False),
        (touch_us + bounce_us, True),
    )


class Contactor:
    """One contactor as it stands; `twin.plant.switchgear` gives it time.

    Attributes:
        poles: its main poles by name, e.g. `n` and `l1`.
        close_us: from coil on to the armature's arrival.
        release_us: from coil off to the armature's leaving.
        coil: coil energised.
        closed: armature pulled in.
        stuck_open: the armature does not move when energised.
        strokes: how often the armature has moved.
    """

    def __init__(
        self, poles: dict[str, Pole], close_us: int = 18_000, release_us: int = 12_000
    ) -> None:
        self.poles = poles
        self.close_us = close_us
        self.release_us = release_us
        self.coil = False
        self.closed = False
        self.stuck_open = False
        self.strokes = 0

    def moves_after_us(self) -> int | None:
        """Return after how long the armature follows the coil as it is now; None: it does not."""
        if self.coil == self.closed or (self.coil and self.stuck_open):
            return None
        return self.close_us if self.coil else self.release_us

    @property
    def mirror_open(self) -> bool:
        """What the mirror contact says: true only while every main pole is open (Annex F)."""
        if self.closed:
            return False
        for pole in self.poles.values():  # noqa: SIM110 (a generator costs more than its poles)
            if pole.touching:
                return False
        return True


def next_zero_us(time_us: int, cycle_us: int, phase_us: int, line: int) -> int:
    """Return the first current zero of a line at or after `time_us`.

    Args:
        time_us: when the contacts part.
        cycle_us: mains cycle.
        phase_us: instant of a rising zero of L1.
        line: 0…2 for L1…L3; they lag by a third of a cycle each.
    """
    half = cycle_us // 2
    late = (time_us - phase_us - line * cycle_us // 3) % half
    return time_us if late == 0 else time_us + half - late
