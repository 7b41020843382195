"""What the pins say: every guard, looked after once a round."""

from __future__ import annotations

from operator import attrgetter

from twin.control.contactor import ContactorGuard
from twin.control.current import CurrentGuard
from twin.control.diode import DiodeCheck
from twin.control.earth import EarthGuard
from twin.control.faults import Causes, FaultBook, set_cause
from twin.control.hardware import Hardware
from twin.control.lock import LockGuard
from twin.control.metering import EnergyRegister, rms
from twin.control.offer import CurrentOffer
from twin.control.pilot import PilotMonitor
from twin.control.plain import PlainDemand
from twin.control.proximity import ProximityReader
from twin.control.residual import ResidualGuard
from twin.control.sensors import SensorGuard
from twin.control.settings import ControllerSettings
from twin.control.supply import SupplyGuard
from twin.control.temperature import TemperatureGuard
from twin.control.wake_up import WakeUp
from twin.link.pins import Inputs, Outputs, PilotMode
from twin.process import Command, FaultCode, Memory, Phase, PilotState, StopKind

# Tuples here and below: an enum member is hashed in Python, but found by identity.
VEHICLE = (PilotState.B, PilotState.C, PilotState.D)
# Globals, as `twin.control` explains.
_A, _D, _E = PilotState.A, PilotState.D, PilotState.E
_PWM, _NEGATIVE = PilotMode.PWM, PilotMode.STEADY_NEGATIVE
_TESTING, _STOPPING = Phase.TESTING, Phase.STOPPING

_PINS = attrgetter(
    "pilot_high_mv",
    "pilot_low_mv",
    "pilot_n_high",
    "pilot_n_low",
    "proximity_mv",
    "residual_trip",
    "mirror_main_open",
    "mirror_l2l3_open",
    "lock_feedback",
    "earth_sense",
    "temperature_valid",
    "supply_present",
    "button_start",
    "button_stop",
)
_FIELDS = attrgetter(*Command.__slots__)


class Lookout:
    """Owns the guards, and draws from pins and command what the charging process goes by.

    Another class for a part makes another controller: derive, and name it
    (`diode_type = …`).

    Args:
        settings: the limits the guards work to.
        hardware: the charger they were built into.
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
        self._plain, self._socket = hardware.kind == "plain", hardware.kind == "socket"
        self._three_phase = hardware.phases == 3
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
        self._register = self.register_type(settings, memory, now_us)
        if memory.welded:
            self._book.hold(FaultCode.CONTACTOR_WELDED)

        self._now_us = now_us
        self._inputs = Inputs()
        self._outputs = Outputs()
        self._phase = Phase.IDLE
        self._state: PilotState | None = None
        self._plugged = False
        self._permitted = False
        self._withheld = False
        self._start_was = False
        self._unlocking = False
        self._commanded_permission = False
        self._unlocks_seen = self.command.unlock_count
        self._clears_seen = self.command.clear_faults_count
        self._limits: tuple[float, float, int] = (0.0, 0.0, 0)
        self._target_ma = 0
        self._limit_a = 0.0
        self._test_wanted = False
        self._pins: tuple[object, ...] = ()
        self._commanded: tuple[object, ...] = ()
        self._due_soonest_us = now_us
        self._mirrors: tuple[bool, ...] = ()
        self._mirrors_open = False
        self._cycle_i2: tuple[float, ...] = ()
        self._cycle_v2: tuple[float, ...] = ()
        self._cycle_n: tuple[int, ...] = ()
        self._amps: tuple[float, ...] = (0.0,) * hardware.phases
        self._volts: tuple[float, ...] = (0.0,) * hardware.phases

    def _take(self, now_us: int, inputs: Inputs) -> bool:
        """Take the inputs of a tick; return whether any guard has to look at them.

        None has if no pin and no command has changed, every quantity is still
        in its band, and nothing is due: the very rule by which a plant may
        leave a tick out.
        """
        self._inputs = inputs
        self._register.update(now_us, inputs.total_vi_ws)
        pins, commanded = _PINS(inputs), _FIELDS(self.command)
        stirred = (
            pins != self._pins
            or commanded != self._commanded
            or self._due_soonest_us <= now_us
            or self._sensors.age_moved(inputs)
        )
        counts, phases = inputs.cycle_n, self.hardware.phases
        fresh = counts != self._cycle_n
        if fresh or inputs.cycle_i2 != self._cycle_i2:
            self._cycle_i2 = inputs.cycle_i2
            self._amps = rms(inputs.cycle_i2, counts, phases)
            stirred = stirred or (self._current.closed and self._current.watch.moved(self._amps))
        if fresh or inputs.cycle_v2 != self._cycle_v2:
            self._cycle_v2 = inputs.cycle_v2
            self._volts = rms(inputs.cycle_v2, counts, phases)
            stirred = stirred or self._supply.watch.moved(self._volts)
        if not (stirred or fresh or self._temperature.moved(inputs)):
            return False
        self._now_us, self._pins, self._commanded, self._cycle_n = now_us, pins, commanded, counts
        self._earth.update(now_us, inputs.earth_sense)
        measured = all(counts[:phases])
        self._supply.update(now_us, inputs.supply_present, self._volts if measured else ())
        self._temperature.update(inputs)
        return True

    def _look(self) -> None:
        """Look after every guard, each after those that it goes by."""
        now_us, inputs, outputs = self._now_us, self._inputs, self._outputs
        closed = outputs.contactor_main
        if closed:
            stopping = self._phase is _STOPPING
            self._current.update(now_us, self._amps, self._limit_a, stopping)
        elif self._current.closed:
            self._current.open()
        self._look_at_pilot(now_us, inputs, outputs.pilot_mode)
        if self._socket:
            self._look_at_socket(now_us, inputs)
        acknowledged = self._take_command()
        if self._plain:
            self._take_state(self._demand.state(self._permitted, self._current.finished))
        elif self._state is _D:
            self._look_at_ventilation()
        unplugged = self._state is _A
        if unplugged or acknowledged:
            self._residual.forgive()
        self._look_at_contactors(now_us, inputs, outputs)
        self._residual.update(now_us, inputs.residual_trip, closed)
        if self._test_wanted or self._phase is _TESTING:
            self._begin_test()
        self._sensors.update(now_us, inputs, outputs.pilot_mode)
        if now_us >= self._wake_up.due_us:
            self._wake_up.update(now_us)
        if self._causes or self._book.codes or unplugged:
            self._book.update(now_us, self._causes, unplugged, acknowledged)
        limits = (self.command.limit_a, self._proximity.rating_a, self._temperature.level)
        if limits != self._limits:
            self._limits = limits
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
            self._unlocking = True
        # Starting goes by the edge and stopping by the level: a start button that sticks undoes no
        # stop, and who holds the stop button while plugging in is stopped.
        if inputs.button_start and not self._start_was:
            self._withheld = False
        self._start_was = inputs.button_start
        if inputs.button_stop:
            self._withheld = True
        if self._state is _A and not self._plain:
            # Whoever comes next has not been stopped.
            self._withheld = False
            self._unlocking = self._unlocking and self._socket
        self._permitted = command.permitted and not (self._withheld or self._unlocking)
        if command.clear_faults_count != self._clears_seen:
            self._clears_seen = command.clear_faults_count
            return True
        return False

    def _look_at_pilot(self, now_us: int, inputs: Inputs, mode: PilotMode) -> None:
        if self._plain:
            return
        pilot = self._pilot
        pilot.update(now_us, inputs, mode is not _NEGATIVE)
        self._diode.update(now_us, inputs, mode is _PWM, pilot.raw)
        if pilot.state is not self._state:
            self._take_state(pilot.state)

    def _take_state(self, state: PilotState | None) -> None:
        self._state = state
        if state is None:
            return
        if state is _A:
            self._plugged = False
        elif state in VEHICLE:
            self._plugged = True
        short = state is _E
        set_cause(self._causes, FaultCode.PILOT_SHORTED, short, StopKind.IMMEDIATE)
        self._look_at_ventilation()

    def _look_at_ventilation(self) -> None:
        # State D asks for ventilation (IEC 61851-1 Table A.4).
        missing = self._state is _D and not self.hardware.ventilation and self._permitted
        set_cause(self._causes, FaultCode.VENTILATION_UNAVAILABLE, missing, StopKind.SOFT)

    def _look_at_socket(self, now_us: int, inputs: Inputs) -> None:
        # In state F nobody knows whether the vehicle is still there.
        self._proximity.update(now_us, inputs.proximity_mv, self._state in VEHICLE)
        if not self._proximity.present:
            self._unlocking = False
        if self.hardware.lock:
            self._lock.update(now_us, inputs.lock_feedback)

    def _look_at_contactors(self, now_us: int, inputs: Inputs, outputs: Outputs) -> None:
        main, l2l3 = self._main, self._l2l3
        mirrors = (
            outputs.contactor_main,
            inputs.mirror_main_open,
            outputs.contactor_l2l3,
            inputs.mirror_l2l3_open,
        )
        if mirrors == self._mirrors and now_us < main.due_us and now_us < l2l3.due_us:
            return
        self._mirrors = mirrors
        self._mirrors_open = inputs.mirror_main_open
        main.update(now_us, outputs.contactor_main, inputs.mirror_main_open)
        if self._three_phase:
            l2l3.update(now_us, outputs.contactor_l2l3, inputs.mirror_l2l3_open)
            self._mirrors_open = inputs.mirror_main_open and inputs.mirror_l2l3_open
        welded, stuck_open = main.welded or l2l3.welded, main.stuck_open or l2l3.stuck_open
        set_cause(self._causes, FaultCode.CONTACTOR_WELDED, welded, StopKind.IMMEDIATE)
        set_cause(self._causes, FaultCode.CONTACTOR_STUCK_OPEN, stuck_open, StopKind.IMMEDIATE)

    def _begin_test(self) -> None:
        """Test the residual-current monitor, as soon as the contactor is seen open."""
        if self._mirrors_open and not self._residual.testing:
            self._test_wanted = False
            if not self._residual.passed(self._now_us):
                self._residual.start_test(self._now_us, self._inputs.residual_trip)

    def _offerable_ma(self) -> int:
        offer, least_a = self._offer, self.settings.offer_min_ma / 1000
        full_a = min(self.command.limit_a, self.hardware.rating_a, self._proximity.rating_a)
        return offer.offerable_ma(self._temperature.derated_a(full_a, least_a))

    def _due_us(self) -> int:
        """Return when a guard does something although no input moves."""
        return min(
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
        )
