"""The contactors in time: coils, armatures on their way, poles that bounce, weld and arc."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from twin.clock import Clock
from twin.electrics.contactor import Contactor
from twin.evse_config import EvseConfig
from twin.plant.recording import Recorder
from twin.tolerances import EvseParts

LINE_OF = {"n": 0, "l1": 0, "l2": 1, "l3": 2}
"""Line whose current a pole carries; the neutral that of L1."""


class Switchgear:
    """The contactors of one EVSE.

    Args:
        clock: its time.
        config: facts of the EVSE.
        parts: its components.
        recorder: takes signals.
        arc_ends_us: tells when the current through a pole that parts now comes to its zero.
        changed: told whenever poles have changed, and whether mirror contacts have too.

    Attributes:
        contactors: those fitted, by name: `main` (N and L1), `l2l3`.
        conducts: by pole, whether it conducts; an arc conducts.
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
        self.contactors = {"main": Contactor(("n", "l1"), parts.close_us, parts.release_us)}
        if config.phases == 3:
            self.contactors["l2l3"] = Contactor(("l2", "l3"), parts.close_us, parts.release_us)
        self.conducts = dict.fromkeys(LINE_OF, False)
        self.powered = True
        self.hold_us = 0
        self._recorder = recorder
        self._arc_ends_us = arc_ends_us
        self._changed = changed
        self._wanted = {"main": False, "l2l3": False}
        self._due_us: dict[str, int] = {}

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
        for name in moving:
            del self._due_us[name]
            contactor = self.contactors[name]
            contactor.closed = contactor.coil
            for pole in contactor.poles:
                if pole not in contactor.welded:
                    self._follow(pole, contactor)
        if moving:
            self._changed(True)

    def _follow(self, pole: str, contactor: Contactor) -> None:
        """Let a pole follow its armature."""
        self._recorder.record(f"contact_{pole}", contactor.closed)
        if not contactor.closed:
            self._part(pole)
            return
        self.conducts[pole] = True
        if self._recorder.on:
            self._recorder.record_all(f"pole_{pole}", contactor.bounce(self.clock.now_us))

    def _part(self, pole: str) -> None:
        """Part a pole; a current that flows goes on in an arc up to its zero."""
        zero_us = self._arc_ends_us(pole)
        if zero_us > self.clock.now_us:
            self.clock.at(zero_us, partial(self._arc_is_out, pole))
        else:
            self._stop_conducting(pole)

    def _arc_is_out(self, pole: str) -> None:
        if not self._makes_contact(pole):
            self._stop_conducting(pole)
            self._changed(False)

    def _stop_conducting(self, pole: str) -> None:
        self.conducts[pole] = False
        self._recorder.record(f"pole_{pole}", False)

    def _makes_contact(self, pole: str) -> bool:
        return any(c.pole_closed(pole) for c in self.contactors.values() if pole in c.poles)

    def weld_changed(self) -> None:
        """Let the poles follow a weld that came or went."""
        for contactor in self.contactors.values():
            for pole in contactor.poles:
                closed = contactor.pole_closed(pole)
                if closed != self.conducts[pole]:
                    self.conducts[pole] = closed
                    self._recorder.record(f"contact_{pole}", closed)
                    self._recorder.record(f"pole_{pole}", closed)
        self._changed(True)
