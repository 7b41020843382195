"""A contactor: coil, armature, main poles with bounce and weld, mirror contact, arc.

IEC 60947-4-1 Annex F: the mirror contact is closed only while every main pole
is open. Nominal release is 8…30 ms; opening under load ends at a current zero.
"""

from __future__ import annotations


class Contactor:
    """One contactor as it stands; `twin.evse` gives it time.

    Attributes:
        poles: names of its main poles, e.g. `("n", "l1")`.
        close_us: from coil on to the poles' first touch.
        release_us: from coil off to the poles' parting.
        bounce_us: from first touch to rest.
        coil: coil energised.
        closed: armature pulled in.
        stuck_open: the armature does not move when energised.
        welded: poles that conduct whatever the armature does.
    """

    def __init__(
        self,
        poles: tuple[str, ...],
        close_us: int = 18_000,
        release_us: int = 12_000,
        bounce_us: int = 1_500,
    ) -> None:
        self.poles = poles
        self.close_us = close_us
        self.release_us = release_us
        self.bounce_us = bounce_us
        self.coil = False
        self.closed = False
        self.stuck_open = False
        self.welded: set[str] = set()

    def moves_after_us(self) -> int | None:
        """Return after how long the armature follows the coil as it is now; None: it does not."""
        if self.coil == self.closed or (self.coil and self.stuck_open):
            return None
        return self.close_us if self.coil else self.release_us

    def pole_closed(self, pole: str) -> bool:
        """Return whether a main pole makes contact."""
        return self.closed or pole in self.welded

    @property
    def mirror_open(self) -> bool:
        """State of the mirror contact: true only while every main pole is open."""
        return not self.closed and not self.welded

    def bounce(self, touch_us: int) -> tuple[tuple[int, bool], ...]:
        """Return the instants at which a pole that touches at `touch_us` parts and touches again.

        Two rebounds, the second a third as long; the last entry is the rest position.
        """
        if not self.bounce_us:
            return ((touch_us, True),)
        first, second = self.bounce_us * 2 // 5, self.bounce_us * 4 // 5
        return (
            (touch_us, True),
            (touch_us + first // 2, False),
            (touch_us + first, True),
            (touch_us + second, False),
            (touch_us + self.bounce_us, True),
        )


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
