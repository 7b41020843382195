"""EVSEs that close again although they are not available."""

from __future__ import annotations

from hil.targets.build import Build
from scenarios.wrong.entry import Wrong, controller
from twin.control.earth import EarthGuard
from twin.control.sustained import NEVER_US
from twin.control.transitions import Stimulus
from twin.controller import ReferenceController
from twin.link.pins import Inputs, Outputs
from twin.process import FaultCode, Phase, PilotState

_FADES_US = 5_000_000


class _EarthFades(EarthGuard):
    """Gets used to an earth that has been lost for 5 s, if it ever was there."""

    _seen = False
    _lost_us = NEVER_US

    def update(self, now_us: int, earth_sense: bool) -> None:
        self._seen = self._seen or earth_sense
        if earth_sense:
            self._lost_us = NEVER_US
        elif self._seen and self._lost_us == NEVER_US:
            self._lost_us = now_us
        fades_us = self._lost_us + _FADES_US
        super().update(now_us, earth_sense or now_us >= fades_us)
        if self._lost_us <= now_us < fades_us:
            self.due_us = min(max(self.due_us, now_us + 1), fades_us)


class _PauseAcknowledges(ReferenceController):
    """Takes a vehicle that pauses for somebody who has looked at the fault."""

    codes: frozenset[FaultCode] = frozenset()

    def step(self, now_us: int, inputs: Inputs) -> Outputs:
        outputs = super().step(now_us, inputs)
        if self._state is PilotState.B and self._book.codes & self.codes:
            self.command.clear_faults_count += 1
            self._due_soonest_us = now_us + 1_000
        return outputs


class _OnlyWhileEmpty(ReferenceController):
    """Forgets that it is out of service once a charge was interrupted for it."""

    _forgotten = False

    def _enter(self, target: Phase, stimulus: Stimulus) -> None:
        super()._enter(target, stimulus)
        if stimulus is Stimulus.DRAWN_DOWN and not self.command.available:
            self._forgotten = True

    def _made_unavailable(self) -> bool:
        return super()._made_unavailable() and not self._forgotten

    def _withdrawn(self) -> bool:
        available = self.command.available
        self.command.available = available or self._forgotten
        try:
            return super()._withdrawn()
        finally:
            self.command.available = available


def _acknowledges(code: FaultCode) -> Build:
    return controller(type("_Pause", (_PauseAcknowledges,), {"codes": frozenset({code})}))


ENTRIES = (
    Wrong(
        "out-of-service-while-empty", "IEC61851.F_LOCKOUT",
        "a charge that was interrupted to go out of service goes on",
        controller(_OnlyWhileEmpty),
    ),
    Wrong(
        "pause-forgives-residual-current", "IEC61851.F_LOCKOUT",
        "a vehicle that pauses ends a residual-current fault",
        _acknowledges(FaultCode.RESIDUAL_CURRENT),
    ),
    Wrong(
        "pause-forgives-short-circuit", "IEC61851.F_LOCKOUT",
        "a vehicle that pauses ends a short circuit",
        _acknowledges(FaultCode.SHORT_CIRCUIT),
    ),
    Wrong(
        "pause-forgives-diode", "IEC61851.F_LOCKOUT",
        "a vehicle that pauses ends a diode fault",
        _acknowledges(FaultCode.DIODE_MISSING),
    ),
    Wrong(
        "earth-fades", "IEC61851.F_LOCKOUT",
        "after 5 s it has got used to a lost earth",
        controller(type("_Fades", (ReferenceController,), {"earth_type": _EarthFades})),
    ),
)  # fmt: skip
"""The wrong EVSEs of this topic."""
