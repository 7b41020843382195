"""The contactors in time: coils, armatures on their way, poles that bounce, weld and arc."""

from __future__ import annotations

from collections.abc import Callable

from twin.clock import Clock
from twin.electrics.contactor import Contactor, Edge, Pole, rebounds
from twin.evse_config import EvseConfig
from twin.plant.recording import Recorder
from twin.tolerances import EvseParts

LINE_OF = {"n": 0, "l1": 0, "l2": 1, "l3": 2}
"""Line whose current a pole carries; the neutral that of L1."""

Move = tuple[Contactor, int, str, bool]
"""A contact on its way: contactor, its stroke, pole, and whether it will touch."""
Closing = tuple[Contactor, int, str, int, int]
"""A pole that closes unseen: contactor, its stroke, pole, first touch and from there to rest."""


class Switchgear:
    """The contactors of one EVSE.

    A pole that rebounds opens for its microseconds. While a current flows an
    arc bridges that, up to the current's zero; only what is still apart then
    interrupts. A gap in which nothing flows is seen at the pole (`closed`) and
    moves nothing behind it: what is supplied there stores more than that. So
    where nothing is recorded the rebounds of a closing wait for somebody who
    sees them (`watched`): a current that begins, or a look at `closed`.

    Args:
        clock: its time.
        config: facts of the EVSE.
        parts: its components.
        recorder: takes signals.
        arc_ends_us: tells when the current through a pole that parts now comes to its zero.
        changed: told whenever poles have changed, and whether mirror contacts have too.

    Attributes:
        contactors: those fitted, by name: `main` (N and L1), `l2l3`.
        unwatched: closings whose rebounds nobody has seen yet.
        conducts: by pole, whether it feeds what is behind it: as `closed`, without gaps in which
            nothing flows.
        powered: the coils' supply is there.
        hold_us: fault: how long a coil holds after its supply has gone.
    """

    def __init__(
        self,
        clock: Clock,
        config: EvseConfig,
        parts: EvseParts,
        recorder: Recorder,
        arc_ends_us: Callable[[str], int],
        changed: Callable[[bool], object],
    ) -> None:
        self.clock = clock
        poles = {
            name: Pole(close_lag_us, release_lag_us, bounce_us)
            for name, close_lag_us, release_lag_us, bounce_us in zip(
                LINE_OF, parts.close_lags_us, parts.release_lags_us, parts.bounces_us, strict=True
            )
        }
        self.contactors = {"main": _contactor(poles, ("n", "l1"), parts)}
        if config.phases == 3:
            self.contactors["l2l3"] = _contactor(poles, ("l2", "l3"), parts)
        self.unwatched: list[Closing] = []
        self._closed = dict.fromkeys(LINE_OF, False)
        self.conducts = dict.fromkeys(LINE_OF, False)
        self.powered = True
        self.hold_us = 0
        self._recorder = recorder
        self._arc_ends_us = arc_ends_us
        self._changed = changed
        self._wanted = {"main": False, "l2l3": False}
        self._due_us: dict[str, int] = {}
        self._moves: dict[int, list[Move]] = {}
        self._arcs: dict[int, list[str]] = {}

    @property
    def closed(self) -> dict[str, bool]:
        """By pole, whether it conducts at this instant, bounce included; an arc conducts."""
        if self.unwatched:
            self.watched()
        return self._closed

    def command(self, main: bool, l2l3: bool) -> None:
        """Take over what the controller wants of the coils."""
        self._wanted["main"], self._wanted["l2l3"] = main, l2l3
        self.coils_changed()

    def mirror_open(self, name: str) -> bool:
        """Return the mirror contact of a contactor; one that is not fitted is open."""
        contactor = self.contactors.get(name)
        return contactor is None or contactor.mirror_open

    def coils_changed(self) -> None:
        """Let coils follow their command, their supply and their faults."""
        for name, contactor in self.contactors.items():
            coil = self._wanted[name] and self.powered
            if coil != contactor.coil:
                contactor.coil = coil
                self._recorder.record(f"coil_{name}", coil)
            after_us = contactor.moves_after_us()
            if after_us is None:
                # Where it belongs, or falling back before it got anywhere.
                self._due_us.pop(name, None)
            elif name not in self._due_us:
                due_us = self.clock.now_us + after_us + (0 if self.powered else self.hold_us)
                if due_us not in self._due_us.values():
                    self.clock.at(due_us, self._move)
                self._due_us[name] = due_us

    def _move(self) -> None:
        """Move every armature that is due now; one that was called back is not."""
        now_us = self.clock.now_us
        moving = [name for name, due_us in self._due_us.items() if due_us == now_us]
        if self.unwatched:
            self.watched()
        for name in moving:
            del self._due_us[name]
            contactor = self.contactors[name]
            contactor.closed = contactor.coil
            contactor.strokes += 1
            for pole, part in contactor.poles.items():
                if contactor.closed and not (self._recorder.on or part.welded or part.broken):
                    touch_us = now_us + part.close_lag_us
                    edges: tuple[Edge, ...] = ((touch_us, True),)
                    self.unwatched.append(
                        (contactor, contactor.strokes, pole, touch_us, part.bounce_us)
                    )
                else:
                    edges = part.edges(now_us, contactor.closed)
                for at_us, touches in edges:
                    if at_us == now_us:
                        self._contact(contactor, pole, touches)
                    else:
                        self._plan(at_us, (contactor, contactor.strokes, pole, touches))
        if moving:
            self._changed(True)

    def watched(self) -> None:
        """Let what has rebounded unseen stand as it does now, and the rest be seen.

        No current has flowed until now: what has passed has moved the contacts alone.
        """
        now_us = self.clock.now_us
        unwatched, self.unwatched = self.unwatched, []
        for contactor, stroke, pole, touch_us, bounce_us in unwatched:
            if now_us >= touch_us + bounce_us:
                continue  # at rest, as since the first touch
            for at_us, touches in rebounds(touch_us, bounce_us):
                if at_us > now_us:
                    self._plan(at_us, (contactor, stroke, pole, touches))
                else:
                    contactor.poles[pole].touching = self._closed[pole] = touches

    def _plan(self, at_us: int, move: Move) -> None:
        moves = self._moves.get(at_us)
        if moves is None:
            moves = self._moves[at_us] = []
            self.clock.at(at_us, self._contacts_move)
        moves.append(move)

    def _contacts_move(self) -> None:
        """Move the contacts that are due now, but for those whose armature has moved since."""
        changed = mirrors = False
        for contactor, stroke, pole, touches in self._moves.pop(self.clock.now_us):
            if stroke == contactor.strokes:
                changed = self._contact(contactor, pole, touches) or changed
                # The last pole that parts lets the mirror contact close.
                mirrors = mirrors or not contactor.closed
        if changed or mirrors:
            self._changed(mirrors)

    def _contact(self, contactor: Contactor, pole: str, touches: bool) -> bool:
        """Let a pole's contacts touch or part; return whether what it feeds has changed."""
        part = contactor.poles[pole]
        if part.welded or (touches and part.broken):
            return False
        part.touching = touches
        if self._recorder.on:
            self._recorder.record(f"contact_{pole}", touches)
        if not touches:
            return self._part(pole, bounces=contactor.closed)
        self._set_closed(pole, True)
        feeds_anew = not self.conducts[pole]
        self.conducts[pole] = True
        return feeds_anew

    def _part(self, pole: str, bounces: bool) -> bool:
        """Part a pole; a current that flows goes on in an arc up to its zero."""
        if self._closed[pole]:
            zero_us = self._arc_ends_us(pole)
            if zero_us > self.clock.now_us:
                arcs = self._arcs.get(zero_us)
                if arcs is None:
                    arcs = self._arcs[zero_us] = []
                    self.clock.at(zero_us, self._arcs_are_out)
                arcs.append(pole)
                return False
            self._set_closed(pole, False)
        if bounces or not self.conducts[pole]:
            return False
        self.conducts[pole] = False
        return True

    def _arcs_are_out(self) -> None:
        """End the arcs that come to their zero now, but of poles that touch again."""
        changed = False
        for pole in self._arcs.pop(self.clock.now_us):
            if not self._touches(pole) and self.conducts[pole]:
                self._set_closed(pole, False)
                self.conducts[pole] = False
                changed = True
        if changed:
            self._changed(False)

    def _set_closed(self, pole: str, closed: bool) -> None:
        self._closed[pole] = closed
        if self._recorder.on:
            self._recorder.record(f"pole_{pole}", closed)

    def _touches(self, pole: str) -> bool:
        return any(c.poles[pole].touching for c in self.contactors.values() if pole in c.poles)

    def poles_changed(self) -> None:
        """Let the poles follow a weld or a break that came or went.

        A broken pole that touches already lets go with its armature.
        """
        if self.unwatched:
            self.watched()
        for contactor in self.contactors.values():
            for pole, part in contactor.poles.items():
                comes = contactor.closed and (part.touching or not part.broken)
                touches = part.welded or comes
                if touches != part.touching:
                    part.touching = self.conducts[pole] = touches
                    self._recorder.record(f"contact_{pole}", touches)
                    self._set_closed(pole, touches)
        self._changed(True)


def _contactor(poles: dict[str, Pole], names: tuple[str, ...], parts: EvseParts) -> Contactor:
    return Contactor({name: poles[name] for name in names}, parts.close_us, parts.release_us)
