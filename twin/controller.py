"""The reference controller: what a charger's firmware has to do, at its pins.

A complete IEC 61851-1 mode 3 controller, written to be read. A tick runs
rounds of three steps: look (`twin.control.lookout`: what the pins say), move
(`twin.control.charging_process`: which phase follows, by the table of
`twin.control.transitions`), drive (here: what the pins shall be).
"""

from __future__ import annotations

from twin.control.band import Band
from twin.control.charging_process import CLOSED, FAULT, OFFERED, ROUNDS, ChargingProcess
from twin.control.display import lamp, lines
from twin.control.hardware import Hardware
from twin.control.metering import mean
from twin.control.settings import ControllerSettings
from twin.control.sustained import NEVER_US
from twin.link.pins import Inputs, Outputs, PilotMode
from twin.process import FaultCode, Memory, Phase, PilotState, Report

__all__ = ["ControllerSettings", "Hardware", "ReferenceController"]

# Globals, as `twin.control` explains.
_POSITIVE, _PWM, _NEGATIVE = PilotMode.STEADY_POSITIVE, PilotMode.PWM, PilotMode.STEADY_NEGATIVE
_UNAVAILABLE, _PLUGGED, _TESTING = Phase.UNAVAILABLE, Phase.PLUGGED, Phase.TESTING
_CHARGING, _STOPPING = Phase.CHARGING, Phase.STOPPING
_STEADY = (Phase.IDLE, Phase.PLUGGED, Phase.STOPPING)


class ReferenceController(ChargingProcess):
    """A complete IEC 61851-1 mode 3 controller; see `twin.process.Controller`.

    A tick ends when a round moves nothing any more. After it only time or an
    input can change anything, which is what makes leaving out ticks exact.

    To build another controller, pass other settings, or derive and name
    another class for a part (see `twin.control.lookout.Lookout`).

    Args:
        settings: the limits it works to.
        hardware: the charger that it was built into.

    Attributes:
        command: what the business side asks for.
        revision: raised by every tick that changes the report, measured values apart.
    """

    def __init__(self, settings: ControllerSettings, hardware: Hardware) -> None:
        self.revision = 0
        super().__init__(settings, hardware)

    def reset(self, now_us: int, memory: Memory) -> None:
        """Start afresh after power-on or reset, from non-volatile memory."""
        super().reset(now_us, memory)
        self._driven: tuple[object, ...] = ()
        self._told: tuple[object, ...] = ()
        self._bands: dict[str, Band] = {}
        self._band_parts: tuple[dict[str, Band], ...] = ()

    def step(self, now_us: int, inputs: Inputs) -> Outputs:
        """Run one tick; the outputs hold until the next."""
        if not self._take(now_us, inputs):
            return self._outputs
        for _ in ROUNDS:
            self._look()
            self._move()
            if not self._drive():
                break
        else:
            raise RuntimeError(f"controller does not settle in {self._phase.name} at {now_us} us")
        self._schedule()
        return self._outputs

    # --- drive: outputs from the phase ---

    def _drive(self) -> bool:
        """Set the outputs; return whether one of them has changed."""
        phase, offer = self._phase, self._offer
        mode = self._pilot_mode()
        if mode is _PWM:
            self._pwm_used = True
            offer.follow(self._now_us, self._target_ma)
        elif offer.offered_ma:
            offer.stop()
        if phase is _CHARGING:
            self._limit_a = (self._target_ma if self._plain else offer.offered_ma) / 1000
        if self.hardware.lock:
            self._lock.drive(self._lock_wanted(), self._mirrors_open)
        closed = phase in CLOSED
        driven = (
            mode,
            offer.duty_ppm,
            closed,
            closed and self._phases_offered == 3,
            self._lock.driven,
            self._residual.injecting,
            self.hardware.ventilation and self._ventilates(),
            phase,
            offer.offered_ma,
            self._book.codes,
            self._limit_a,
        )
        if driven == self._driven:
            return False
        self._driven = driven
        if mode is _POSITIVE and self._outputs.pilot_mode is not mode:
            self._steady_since_us = self._now_us
        first, second = lines(phase, offer.offered_ma, self._book.codes)
        self._outputs = Outputs(*driven[:7], lamp(phase), first, second)
        return True

    def _pilot_mode(self) -> PilotMode:
        phase = self._phase
        if self._plain or phase in _STEADY:
            return _POSITIVE
        if phase in OFFERED:
            waking = self._wake_up.mode
            return _PWM if waking is None else waking
        if not self.command.available or self._now_us < self._f_until_us:
            return _NEGATIVE
        return _POSITIVE

    def _ventilates(self) -> bool:
        """Ventilation goes with state D; the contactor closes once it has run for a while."""
        if self._state is not PilotState.D or not self._permitted:
            self._ventilated_us = NEVER_US
            return False
        if self._ventilated_us == NEVER_US:
            self._ventilated_us = self._now_us + self.settings.ventilation_lead_us
        return True

    def _lock_wanted(self) -> bool:
        if self._phase in CLOSED:
            return True
        wanted = self._permitted or (self.command.hold_lock and not self._unlocking)
        return wanted and self._proximity.present

    # --- when to look again ---

    def _schedule(self) -> None:
        now_us, phase = self._now_us, self._phase
        due_us = self._due_us()
        others: tuple[int, ...] = ()
        if phase is _PLUGGED:
            if self._permitted:
                others = (self._pwm_from_us(),)
        elif phase is _TESTING:
            others = (self._residual.passed_until_us, self._ventilated_us)
        elif phase is _STOPPING:
            others = (self._stop_until_us,)
        elif phase in FAULT or phase is _UNAVAILABLE:
            others = (self._f_until_us,)
        for other_us in others:
            if now_us < other_us < due_us:
                due_us = other_us
        self._due_soonest_us = due_us
        told = (
            phase,
            self._state,
            self._plugged,
            self._mirrors_open,
            self._inputs.lock_feedback,
            self._proximity.rating_a,
            self._target_ma,
            self._driven,
        )
        if told != self._told:
            self._told = told
            self.revision += 1

    def wake_at_us(self) -> int | None:
        """Return the next time at which a tick does something although no input moves."""
        return None if self._due_soonest_us == NEVER_US else self._due_soonest_us

    def bands(self) -> dict[str, Band]:
        """Return, by analogue quantity, the closed band inside which a tick does nothing."""
        parts = (
            self._current.watch.bands,
            self._supply.watch.bands,
            self._temperature.watch.bands,
            self._sensors.bands,
        )
        if parts != self._band_parts:
            self._band_parts = parts
            self._bands = parts[0] | parts[1] | parts[2] | parts[3]
        return self._bands

    # --- what the business side hears ---

    def report(self) -> Report:
        """Return what the charging process says of itself, as of the last tick."""
        inputs, outputs = self._inputs, self._outputs
        state = self._state
        if state is None:
            negative = outputs.pilot_mode is _NEGATIVE
            state = PilotState.F if negative else self._last_known()
        plainly = self._plain and self._phase in OFFERED
        watts = mean(inputs.cycle_vi, inputs.cycle_n)
        hottest_c = max(inputs.temperature_contactor_c, inputs.temperature_connector_c)
        return Report(
            phase=self._phase,
            state=state,
            plugged=self._plugged,
            vehicle_ready=state in (PilotState.C, PilotState.D),
            closed=outputs.contactor_main or not self._mirrors_open,
            locked=inputs.lock_feedback,
            offered_a=(self._target_ma if plainly else self._offer.offered_ma) / 1000,
            cable_rating_a=self._proximity.rating_a,
            energy_wh=self._register.energy_wh,
            voltage_v=_triple(self._volts),
            current_a=_triple(self._amps),
            power_w=_triple(watts[: self.hardware.phases]),
            frequency_hz=inputs.frequency_mhz / 1000,
            temperature_c=hottest_c if inputs.temperature_valid else 0.0,
            last_stop=self._last_stop,
            faults=self._book.codes,
        )

    def _last_known(self) -> PilotState:
        return PilotState.B if self._plugged else PilotState.A

    def memory(self, now_us: int) -> Memory:  # noqa: ARG002 (saves are due at ticks only)
        """Return what non-volatile memory holds if power goes at this instant.

        A plant has the controller look once more right before power goes, so
        that the saves which were due since its last tick are made.
        """
        return Memory(
            energy_wh=self._register.saved_wh(),
            converter_ws=self._register.saved_ws(),
            welded=FaultCode.CONTACTOR_WELDED in self._book.codes,
        )


def _triple(values: tuple[float, ...]) -> tuple[float, float, float]:
    if len(values) == 3:
        return values
    return (values[0], 0.0, 0.0)
