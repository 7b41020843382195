"""The reference controller: what a charger's firmware has to do, at its pins.

A complete IEC 61851-1 mode 3 controller, written to be read: the table of
`twin.control.transitions` says what can follow what, the predicates here say
when, and each protective function has a small class of its own in
`twin.control`. To build another controller, pass other settings, or derive and
name another class for a part (`pilot_type`, `diode_type`, …).
"""

from __future__ import annotations

from collections.abc import Callable

from twin.control.contactor import ContactorGuard
from twin.control.current import CurrentGuard
from twin.control.diode import DiodeCheck
from twin.control.display import lamp, lines
from twin.control.earth import EarthGuard
from twin.control.faults import Causes, FaultBook, set_cause
from twin.control.hardware import Hardware
from twin.control.lock import LockGuard
from twin.control.metering import EnergyRegister, mean, rms
from twin.control.offer import CurrentOffer
from twin.control.pilot import PilotMonitor
from twin.control.plain import PlainDemand
from twin.control.proximity import ProximityReader
from twin.control.residual import ResidualGuard
from twin.control.sensors import SensorGuard
from twin.control.settings import ControllerSettings
from twin.control.supply import SupplyGuard
from twin.control.sustained import NEVER_US
from twin.control.temperature import TemperatureGuard
from twin.control.transitions import TRANSITIONS, Stimulus
from twin.control.wake_up import WakeUp
from twin.link.pins import Inputs, Outputs, PilotMode
from twin.process import Command, FaultCode, Memory, Phase, PilotState, Report, StopKind

__all__ = ["ControllerSettings", "Hardware", "ReferenceController"]

_CLOSED = frozenset({Phase.CHARGING, Phase.STOPPING})
_OFFERED = frozenset({Phase.OFFERING, Phase.TESTING, Phase.CHARGING})
_FAULT = frozenset({Phase.RECOVERING, Phase.FAULTED})
_VEHICLE = frozenset({PilotState.B, PilotState.C, PilotState.D})
_ASKING = frozenset({PilotState.C, PilotState.D})

# A tick settles in a few rounds; more is a controller that argues with itself.
_ROUNDS_MAX = 12


class ReferenceController:
    """A complete IEC 61851-1 mode 3 controller; see `twin.process.Controller`.

    A tick runs rounds until nothing moves any more: look, move, drive. After
    it only time or an input can change anything, which is what makes leaving
    out ticks exact.

    Args:
        settings: the limits it works to.
        hardware: the charger that it was built into.
    """

    pilot_type = PilotMonitor
    diode_type = DiodeCheck
    proximity_type = ProximityReader
    offer_type = CurrentOffer
    lock_type = LockGuard
    residual_type = ResidualGuard
    contactor_type = ContactorGuard
    current_type = CurrentGuard
    temperature_type = TemperatureGuard
    supply_type = SupplyGuard
    earth_type = EarthGuard
    sensor_type = SensorGuard
    wake_up_type = WakeUp
    register_type = EnergyRegister
    fault_book_type = FaultBook

    def __init__(self, settings: ControllerSettings, hardware: Hardware) -> None:
        self.settings = settings
        self.hardware = hardware
        self.command = Command()
        self.revision = 0
        self._plain = hardware.kind == "plain"
        self._three_phase = hardware.phases == 3
        self._predicates: dict[Stimulus, Callable[[], bool]] = {
            stimulus: getattr(self, f"_{stimulus.name.lower()}") for stimulus in Stimulus
        }
        self._rows = {
            phase: tuple((self._predicates[on], on, to.target) for on, to in row.items())
            for phase, row in TRANSITIONS.items()
        }
        self.reset(0, Memory())

    def reset(self, now_us: int, memory: Memory) -> None:
        """Start afresh after power-on or reset, from non-volatile memory."""
        settings, hardware = self.settings, self.hardware
        causes: Causes = {}
        self._causes = causes
        self._book = self.fault_book_type(settings)
        self._pilot = self.pilot_type(settings, hardware)
        self._diode = self.diode_type(settings, hardware, causes)
        self._proximity = self.proximity_type(settings, hardware, causes)
        self._offer = self.offer_type(settings)
        self._lock = self.lock_type(settings, hardware, causes)
        self._residual = self.residual_type(settings, causes)
        self._main = self.contactor_type(settings)
        self._l2l3 = self.contactor_type(settings)
        self._current = self.current_type(settings, hardware, causes)
        self._temperature = self.temperature_type(settings, causes)
        self._supply = self.supply_type(settings, hardware, causes)
        self._earth = self.earth_type(settings, causes)
        self._sensors = self.sensor_type(settings, hardware, causes, now_us)
        self._wake_up = self.wake_up_type(settings)
        self._demand = PlainDemand()
        self._register = self.register_type(settings, memory.energy_wh, now_us)
        if memory.welded:
            self._book.hold(FaultCode.CONTACTOR_WELDED)

        self._now_us = now_us
        self._inputs = Inputs()
        self._outputs = Outputs()
        self._driven: tuple[object, ...] = ()
        self._told: tuple[object, ...] = ()
        self._bands: dict[str, tuple[float, float]] = {}
        self._band_parts: tuple[object, ...] = ()
        self._wake_us = now_us

        self._phase = Phase.IDLE
        self._state: PilotState | None = None
        self._plugged = False
        self._last_stop = StopKind.NONE
        self._permitted = False
        self._withheld = False
        self._unlocking = False
        self._commanded_permission = False
        self._unlocks_seen = self.command.unlock_count
        self._clears_seen = self.command.clear_faults_count
        self._target_ma = 0
        self._limit_a = 0.0
        self._phases_closed = 3
        self._test_wanted = False
        self._pwm_used = False
        self._steady_since_us = now_us
        self._f_until_us = now_us
        self._stop_until_us = NEVER_US
        self._ventilated_us = NEVER_US
        self._cycle: tuple[object, ...] = ()
        self._amps: tuple[float, ...] = (0.0,) * hardware.phases
        self._volts: tuple[float, ...] = (0.0,) * hardware.phases

    def step(self, now_us: int, inputs: Inputs) -> Outputs:
        """Run one tick; the outputs hold until the next."""
        self._now_us = now_us
        self._inputs = inputs
        self._register.update(now_us, inputs.total_vi_ws)
        self._take_cycle(inputs)
        for _ in range(_ROUNDS_MAX):
            self._look()
            self._move()
            if not self._drive():
                break
        else:
            raise RuntimeError(f"controller does not settle in {self._phase.name} at {now_us} us")
        self._schedule()
        return self._outputs

    # --- look: what the pins say, through the guards ---

    def _take_cycle(self, inputs: Inputs) -> None:
        cycle = (inputs.cycle_i2, inputs.cycle_v2, inputs.cycle_n)
        if cycle != self._cycle:
            self._cycle = cycle
            phases = self.hardware.phases
            self._amps = rms(inputs.cycle_i2, inputs.cycle_n)[:phases]
            self._volts = rms(inputs.cycle_v2, inputs.cycle_n)[:phases]

    def _look(self) -> None:
        now_us, inputs, outputs, causes = self._now_us, self._inputs, self._outputs, self._causes
        mode = outputs.pilot_mode
        acknowledged = self._take_command()
        if self._plain:
            self._state = self._demand.state(self._permitted, self._current.finished)
        else:
            pilot = self._pilot
            pilot.update(now_us, inputs, mode is not PilotMode.STEADY_NEGATIVE)
            self._state = pilot.state
            self._diode.update(now_us, inputs, mode is PilotMode.PWM, pilot.raw)
        state = self._state
        unplugged = state is PilotState.A
        if unplugged:
            self._plugged = False
        elif state in _VEHICLE:
            self._plugged = True
        if unplugged or acknowledged:
            self._residual.forgive()
        if state is not None:
            short = state is PilotState.E
            set_cause(causes, FaultCode.PILOT_SHORTED, short, StopKind.IMMEDIATE)
            # State D asks for ventilation (IEC 61851-1 Table A.6, state Dx).
            unventilated = (
                state is PilotState.D and not self.hardware.ventilation and self._permitted
            )
            set_cause(causes, FaultCode.VENTILATION_UNAVAILABLE, unventilated, StopKind.SOFT)
        closed = outputs.contactor_main
        self._proximity.update(now_us, inputs.proximity_mv, self._plugged)
        if not self._proximity.present:
            self._unlocking = False
        self._lock.update(now_us, inputs.lock_feedback)
        if (self._test_wanted or self._phase is Phase.TESTING) and self._mirrors_open():
            self._test_wanted = False
            if not self._residual.passed(now_us):
                self._residual.start_test(now_us, inputs.residual_trip)
        self._residual.update(now_us, inputs.residual_trip, closed)
        self._earth.update(now_us, inputs.earth_sense)
        self._sensors.update(now_us, inputs, mode)
        self._supply.update(now_us, inputs.supply_present, self._volts)
        self._temperature.update(inputs)
        self._look_at_contactors(now_us, inputs, outputs)
        if closed:
            stopping = self._phase is Phase.STOPPING
            self._current.update(now_us, self._amps, self._limit_a, stopping)
        elif self._current.closed:
            self._current.open()
        self._wake_up.update(now_us)
        self._book.update(now_us, causes, unplugged=unplugged, acknowledged=acknowledged)
        self._target_ma = self._offerable_ma()

    def _take_command(self) -> bool:
        """Read permission, local stop and unlock; return whether faults are acknowledged."""
        command, inputs = self.command, self._inputs
        if command.permitted is not self._commanded_permission:
            self._commanded_permission = command.permitted
            self._withheld = False
            if command.permitted:
                self._unlocking = False
        if command.unlock_count != self._unlocks_seen:
            self._unlocks_seen = command.unlock_count
            self._withheld = self._unlocking = True
        if inputs.button_stop:
            self._withheld = True
        elif inputs.button_start and not self._unlocking:
            self._withheld = False
        self._permitted = command.permitted and not self._withheld
        if command.clear_faults_count != self._clears_seen:
            self._clears_seen = command.clear_faults_count
            return True
        return False

    def _look_at_contactors(self, now_us: int, inputs: Inputs, outputs: Outputs) -> None:
        main, l2l3, causes = self._main, self._l2l3, self._causes
        main.update(now_us, outputs.contactor_main, inputs.mirror_main_open)
        if self._three_phase:
            l2l3.update(now_us, outputs.contactor_l2l3, inputs.mirror_l2l3_open)
        welded, stuck_open = main.welded or l2l3.welded, main.stuck_open or l2l3.stuck_open
        set_cause(causes, FaultCode.CONTACTOR_WELDED, welded, StopKind.IMMEDIATE)
        set_cause(causes, FaultCode.CONTACTOR_STUCK_OPEN, stuck_open, StopKind.IMMEDIATE)

    def _offerable_ma(self) -> int:
        offer, least_a = self._offer, self.settings.offer_min_ma / 1000
        full_a = min(self.command.limit_a, self.hardware.rating_a, self._proximity.rating_a)
        return offer.offerable_ma(self._temperature.derated_a(full_a, least_a))

    # --- move: the predicates of the table's stimuli ---

    def _move(self) -> None:
        for _ in range(_ROUNDS_MAX):
            for predicate, stimulus, target in self._rows[self._phase]:
                if predicate():
                    self._enter(target, stimulus)
                    break
            else:
                return
        raise RuntimeError(f"phases chase each other from {self._phase.name}")

    def _opens_for_fault(self) -> bool:
        if not self._book.codes:
            return False
        if self._book.immediate or self._phase not in _CLOSED:
            return True
        return self._phase is Phase.STOPPING and self._drawn_down()

    def _fault_latched(self) -> bool:
        return self._book.latched and self._opens_for_fault()

    def _fault_healing(self) -> bool:
        return not self._book.latched and self._opens_for_fault()

    def _fault_soft(self) -> bool:
        return self._book.soft

    def _unplugged(self) -> bool:
        return self._state is PilotState.A

    def _released(self) -> bool:
        return not self._book.codes and self.command.available and self._now_us >= self._f_until_us

    def _released_empty(self) -> bool:
        return self._state is PilotState.A and self._released()

    def _released_plugged(self) -> bool:
        return self._state in _VEHICLE and self._released()

    def _made_unavailable(self) -> bool:
        return not self.command.available and not self._book.codes

    def _plugged_in(self) -> bool:
        return self._state in _VEHICLE

    def _withdrawn(self) -> bool:
        return (
            not self._permitted
            or not self._target_ma
            or not self.command.available
            or (self._phase is Phase.CHARGING and self._phases_wanted() != self._phases_closed)
        )

    def _paused(self) -> bool:
        return self._state is PilotState.B

    def _drawn_down(self) -> bool:
        return (
            self._plain  # no pilot, no way to ask the vehicle
            or self._state is PilotState.B
            or not self._current.drawing
            or self._now_us >= self._stop_until_us
        )

    def _asked(self) -> bool:
        return (
            self._state is PilotState.C
            or (self._state is PilotState.D and self.hardware.ventilation)
        ) and not self._wake_up.running

    def _checked(self) -> bool:
        if not (
            self._mirrors_open()
            and self._residual.passed(self._now_us)
            and (self._plain or self._diode.proven)
            and self._earth.good
            and self._supply.good
            and self._sensors.good
            and self._proximity.rating_a
            and self._lock_home()
        ):
            return False
        return self._state is not PilotState.D or self._now_us >= self._ventilated_us

    def _offered(self) -> bool:
        return bool(
            self._permitted
            and self._target_ma
            and self._state in _VEHICLE
            and self._lock_home()
            and self._now_us >= self._pwm_from_us()
        )

    def _pwm_from_us(self) -> int:
        """Return when PWM may come (back) for this vehicle."""
        if not self._pwm_used:
            return 0
        return self._steady_since_us + self.settings.steady_before_pwm_us

    def _lock_home(self) -> bool:
        return not self.hardware.lock or (self._lock.driven and self._inputs.lock_feedback)

    def _mirrors_open(self) -> bool:
        inputs = self._inputs
        return inputs.mirror_main_open and (inputs.mirror_l2l3_open or not self._three_phase)

    def _phases_wanted(self) -> int:
        return 3 if self._three_phase and self.command.phases != 1 else 1

    def _enter(self, target: Phase, stimulus: Stimulus) -> None:
        now_us, left = self._now_us, self._phase
        self._phase = target
        if left in _CLOSED and target not in _CLOSED:
            soft = left is Phase.STOPPING and not (
                self._plain or self._book.immediate or stimulus is Stimulus.UNPLUGGED
            )
            self._last_stop = StopKind.SOFT if soft else StopKind.IMMEDIATE
            self._stop_until_us = NEVER_US
        if target is Phase.IDLE:
            self._pwm_used = self._withheld = False
        elif target is Phase.OFFERING:
            if left is Phase.PLUGGED:
                self._test_wanted = True
                self._wake_up.arm(now_us)
        elif target is Phase.CHARGING:
            self._phases_closed = self._phases_wanted()
            self._residual.used()
        elif target is Phase.STOPPING:
            self._stop_until_us = now_us + self.settings.soft_timeout_us
            self._current.drawing = True
        elif target is Phase.UNAVAILABLE or (
            target in _FAULT and left not in _FAULT and self._book.signal_f
        ):
            self._f_until_us = now_us + self.settings.fault_f_us
        if target is not Phase.OFFERING:
            self._wake_up.cancel()
            self._test_wanted = False

    # --- drive: outputs from the phase ---

    def _drive(self) -> bool:
        """Set the outputs; return whether one of them has changed."""
        now_us, phase, state = self._now_us, self._phase, self._state
        mirrors_open = self._mirrors_open()
        mode = self._pilot_mode()
        offer = self._offer
        if mode is PilotMode.PWM:
            self._pwm_used = True
            offer.follow(now_us, self._target_ma)
        elif offer.offered_ma:
            offer.stop()
        if phase is Phase.CHARGING:
            self._limit_a = (self._target_ma if self._plain else offer.offered_ma) / 1000
        ventilation = state is PilotState.D and self.hardware.ventilation and self._permitted
        if not ventilation:
            self._ventilated_us = NEVER_US
        elif self._ventilated_us == NEVER_US:
            self._ventilated_us = now_us + self.settings.ventilation_lead_us
        self._lock.drive(self._lock_wanted(), mirrors_open)
        closed = phase in _CLOSED
        driven = (
            mode,
            offer.duty_ppm,
            closed,
            closed and self._phases_closed == 3,
            self._lock.driven,
            self._residual.injecting,
            ventilation,
            phase,
            offer.offered_ma,
            self._book.codes,
        )
        if driven == self._driven:
            return False
        self._driven = driven
        if mode is PilotMode.STEADY_POSITIVE and self._outputs.pilot_mode is not mode:
            self._steady_since_us = now_us
        first, second = lines(phase, offer.offered_ma, self._book.codes)
        self._outputs = Outputs(*driven[:7], lamp(phase), first, second)
        return True

    def _pilot_mode(self) -> PilotMode:
        phase = self._phase
        if self._plain:
            return PilotMode.STEADY_POSITIVE
        if phase in _OFFERED:
            waking = self._wake_up.mode
            return PilotMode.PWM if waking is None else waking
        if (phase in _FAULT or phase is Phase.UNAVAILABLE) and (
            not self.command.available or self._now_us < self._f_until_us
        ):
            return PilotMode.STEADY_NEGATIVE
        return PilotMode.STEADY_POSITIVE

    def _lock_wanted(self) -> bool:
        if not self.hardware.lock or not self._proximity.present:
            return False
        wanted = self._permitted or (self.command.hold_lock and not self._unlocking)
        return self._phase in _CLOSED or (wanted and (self._plugged or self._lock.driven))

    # --- when to look again ---

    def _schedule(self) -> None:
        now_us = self._now_us
        due_us = min(
            self._pilot.due_us,
            self._diode.due_us,
            self._proximity.due_us,
            self._offer.due_us,
            self._lock.due_us,
            self._residual.due_us,
            self._main.due_us,
            self._l2l3.due_us,
            self._current.due_us,
            self._supply.due_us,
            self._earth.due_us,
            self._sensors.due_us,
            self._wake_up.due_us,
            self._book.due_us,
            self._stop_until_us,
        )
        phase = self._phase
        others: tuple[int, ...] = ()
        if phase is Phase.PLUGGED:
            others = (self._pwm_from_us(),)
        elif phase is Phase.TESTING:
            others = (self._residual.passed_until_us, self._ventilated_us)
        elif phase in _FAULT or phase is Phase.UNAVAILABLE:
            others = (self._f_until_us,)
        for other_us in others:
            if now_us < other_us < due_us:
                due_us = other_us
        self._wake_us = due_us
        inputs = self._inputs
        told = (
            phase,
            self._state,
            self._plugged,
            inputs.mirror_main_open,
            inputs.mirror_l2l3_open,
            inputs.lock_feedback,
            self._proximity.rating_a,
            self._driven,
        )
        if told != self._told:
            self._told = told
            self.revision += 1

    def wake_at_us(self) -> int | None:
        """Return the next time at which a tick does something although no input moves."""
        return None if self._wake_us == NEVER_US else self._wake_us

    def bands(self) -> dict[str, tuple[float, float]]:
        """Return, by analogue quantity, the closed band inside which a tick does nothing."""
        parts = (
            self._current.watch.bands,
            self._supply.watch.bands,
            self._temperature.watch.bands,
        )
        if any(new is not old for new, old in zip(parts, self._band_parts, strict=False)) or (
            not self._band_parts
        ):
            self._band_parts = parts
            self._bands = {"pilot_age_us": (0, self.settings.pilot_age_max_us)}
            for part in parts:
                self._bands.update(part)
        return self._bands

    # --- what the business side hears ---

    def report(self) -> Report:
        """Return what the charging process says of itself, as of the last tick."""
        inputs, outputs = self._inputs, self._outputs
        state = self._state
        if state is None:
            negative = outputs.pilot_mode is PilotMode.STEADY_NEGATIVE
            state = PilotState.F if negative else self._last_known()
        watts = mean(inputs.cycle_vi, inputs.cycle_n)
        hottest_c = max(inputs.temperature_contactor_c, inputs.temperature_connector_c)
        return Report(
            phase=self._phase,
            state=state,
            plugged=self._plugged,
            vehicle_ready=state in _ASKING,
            closed=outputs.contactor_main or not self._mirrors_open(),
            locked=inputs.lock_feedback,
            offered_a=(self._target_ma if self._offers_plainly() else self._offer.offered_ma)
            / 1000,
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

    def _offers_plainly(self) -> bool:
        return self._plain and self._phase in _OFFERED

    def _last_known(self) -> PilotState:
        return PilotState.B if self._plugged else PilotState.A

    def memory(self, now_us: int) -> Memory:  # noqa: ARG002 (saves are due at ticks only)
        """Return what non-volatile memory holds if power goes at this instant.

        A plant has the controller look once more right before power goes, so
        that the saves which were due since its last tick are made.
        """
        return Memory(
            energy_wh=self._register.saved_wh(),
            welded=FaultCode.CONTACTOR_WELDED in self._book.codes,
        )


def _triple(values: tuple[float, ...]) -> tuple[float, float, float]:
    if len(values) == 3:
        return values
    return (values[0], 0.0, 0.0)
