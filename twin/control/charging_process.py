"""The charging process: which stimulus is there, and what it leads to."""

from __future__ import annotations

from collections.abc import Callable

from twin.control.hardware import Hardware
from twin.control.lookout import VEHICLE, Lookout
from twin.control.settings import ControllerSettings
from twin.control.sustained import NEVER_US
from twin.control.transitions import TRANSITIONS, Stimulus
from twin.link.pins import PilotMode
from twin.process import Memory, Phase, PilotState, StopKind

CLOSED = (Phase.CHARGING, Phase.STOPPING)
OFFERED = (Phase.OFFERING, Phase.TESTING, Phase.CHARGING)
FAULT = (Phase.RECOVERING, Phase.FAULTED)
FAULT_STIMULI = (Stimulus.FAULT_LATCHED, Stimulus.FAULT_HEALING, Stimulus.FAULT_SOFT)
# Globals, as `twin.control` explains.
_A, _B, _C, _D = PilotState.A, PilotState.B, PilotState.C, PilotState.D
_UNAVAILABLE, _IDLE, _PLUGGED = Phase.UNAVAILABLE, Phase.IDLE, Phase.PLUGGED
_OFFERING, _TESTING = Phase.OFFERING, Phase.TESTING
_CHARGING, _STOPPING = Phase.CHARGING, Phase.STOPPING
_POSITIVE = PilotMode.STEADY_POSITIVE

ROUNDS = range(12)
"""A tick settles in a few rounds; more is a controller that argues with itself."""


class ChargingProcess(Lookout):
    """Moves through the phases as `TRANSITIONS` allows: one predicate for each stimulus."""

    def __init__(self, settings: ControllerSettings, hardware: Hardware) -> None:
        predicates: dict[Stimulus, Callable[[], bool]] = {
            stimulus: getattr(self, f"_{stimulus.name.lower()}") for stimulus in Stimulus
        }
        # Lists by phase number: looked up several times a tick.
        self._rows = [
            tuple((predicates[on], on, to.target) for on, to in TRANSITIONS[phase].items())
            for phase in Phase
        ]
        # Without a fault its stimuli cannot be there, and most ticks are without one.
        self._calm_rows = [
            tuple(entry for entry in row if entry[1] not in FAULT_STIMULI) for row in self._rows
        ]
        super().__init__(settings, hardware)

    def reset(self, now_us: int, memory: Memory) -> None:
        """Start afresh after power-on or reset, from non-volatile memory."""
        super().reset(now_us, memory)
        self._last_stop = StopKind.NONE
        self._phases_offered = 3
        self._pwm_used = True
        self._steady_since_us = now_us
        self._f_until_us = now_us
        self._stop_until_us = NEVER_US
        self._ventilated_us = NEVER_US

    def _move(self) -> None:
        """Go from phase to phase until no stimulus moves this one."""
        if self._state is _A:
            self._pwm_used = False
        for _ in ROUNDS:
            rows = self._rows if self._book.codes else self._calm_rows
            for predicate, stimulus, target in rows[self._phase]:
                if predicate():
                    self._enter(target, stimulus)
                    break
            else:
                return
        raise RuntimeError(f"phases chase each other at {self._phase.name}")

    # --- one predicate for each stimulus ---

    def _fault_latched(self) -> bool:
        return self._book.latched and self._opens_for_fault()

    def _fault_healing(self) -> bool:
        return self._book.healing and self._opens_for_fault()

    def _opens_for_fault(self) -> bool:
        if self._book.immediate or self._phase not in CLOSED:
            return True
        return self._phase is _STOPPING and self._drawn_down()

    def _unplugged(self) -> bool:
        return self._state is _A

    def _fault_soft(self) -> bool:
        return self._book.soft

    def _released_empty(self) -> bool:
        return self._state is _A and self._released()

    def _released_plugged(self) -> bool:
        return self._state in VEHICLE and self._released()

    def _released(self) -> bool:
        return not self._book.codes and self.command.available and self._now_us >= self._f_until_us

    def _made_unavailable(self) -> bool:
        return not self.command.available and not self._book.codes

    def _plugged_in(self) -> bool:
        return self._state in VEHICLE

    def _withdrawn(self) -> bool:
        return (
            not self._permitted
            or not self._target_ma
            or not self.command.available
            or self._phases_wanted() != self._phases_offered
        )

    def _paused(self) -> bool:
        return self._state is _B

    def _drawn_down(self) -> bool:
        return (
            self._plain  # without a pilot the vehicle cannot be asked
            or self._state is _B
            or not self._current.drawing
            or self._now_us >= self._stop_until_us
        )

    def _asked(self) -> bool:
        return (
            self._state is _C or (self._state is _D and self.hardware.ventilation)
        ) and not self._wake_up.running

    def _checked(self) -> bool:
        """Every check before closing (IEC 61851-1 Table A.6 sequence 4)."""
        return bool(
            self._mirrors_open
            and self._residual.passed(self._now_us)
            and not self._inputs.residual_trip
            and (self._plain or self._diode.proven)
            and self._earth.good
            and self._supply.good
            and self._sensors.good
            and self._proximity.rating_a
            and self._lock_home()
            and (self._state is not _D or self._now_us >= self._ventilated_us)
        )

    def _offered(self) -> bool:
        return bool(
            self._permitted
            and self._target_ma
            and self._state in VEHICLE
            and self._lock_home()
            and self._now_us >= self._pwm_from_us()
        )

    def _pwm_from_us(self) -> int:
        """Return when PWM may come (back) for this vehicle.

        One that is there at a reset may have seen PWM before it.
        """
        if not self._pwm_used or self._plain:
            return 0
        if self._outputs.pilot_mode is not _POSITIVE:
            return NEVER_US  # it has still to be steady: this tick sees to that
        return self._steady_since_us + self.settings.steady_before_pwm_us

    def _lock_home(self) -> bool:
        return not self.hardware.lock or (self._lock.driven and self._inputs.lock_feedback)

    def _phases_wanted(self) -> int:
        return 3 if self._three_phase and self.command.phases != 1 else 1

    # --- what a change of phase sets going ---

    def _enter(self, target: Phase, stimulus: Stimulus) -> None:
        now_us, left = self._now_us, self._phase
        self._phase = target
        if left in CLOSED and target not in CLOSED:
            soft = left is _STOPPING and not (
                self._plain or self._book.immediate or stimulus is Stimulus.UNPLUGGED
            )
            self._last_stop = StopKind.SOFT if soft else StopKind.IMMEDIATE
            self._stop_until_us = NEVER_US
        if target is _OFFERING:
            self._test_wanted = True
            self._begin_test()
            if left is _PLUGGED:
                # A duty that was right for one phase may be too much for three, and it
                # changes at most every 5 s: other phases begin with an offer of their own.
                self._phases_offered = self._phases_wanted()
                self._wake_up.arm(now_us)
        elif target is _TESTING:
            self._begin_test()
        elif target is _CHARGING:
            self._residual.used()
        elif target is _STOPPING:
            self._stop_until_us = now_us + self.settings.soft_timeout_us
            self._current.drawing = True
        elif not self._plain and (
            target is _UNAVAILABLE
            or (target in FAULT and left not in FAULT and self._book.signal_f)
        ):
            self._f_until_us = now_us + self.settings.fault_f_us
        if target is not _OFFERING:
            self._wake_up.cancel()
            self._test_wanted = False
            if target is not _TESTING:
                self._residual.abort_test(now_us)
