"""How the parts of an EVSE are put together: who tells whom, what the pins show and drive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from twin.clock import Clock
from twin.electrics import proximity
from twin.electrics.load import NO_CURRENT, Leg
from twin.electrics.meter import CLASS_PERCENT
from twin.evse_config import Cable, EvseConfig
from twin.link.pins import Inputs, Outputs
from twin.plant.connector_lock import ConnectorLock
from twin.plant.mains_cycle import Cycle
from twin.plant.pilot_side import PilotSide
from twin.plant.pins import Pins
from twin.plant.power_path import PowerPath
from twin.plant.protection import Protection
from twin.plant.recording import Recorder
from twin.plant.switchgear import Switchgear
from twin.plant.ticker import Ticker
from twin.plant.watch import PowerWatch
from twin.process import Controller, GrantedController, Memory, Report
from twin.tolerances import EvseParts, draw_evse
from twin.trace import Trace
from twin.vehicle import Vehicle

Button = Literal["start", "stop"]
ReportCallback = Callable[[int, Report], object]


class Wiring(Pins):
    """The parts of one EVSE, wired; `twin.evse.Evse` is its face.

    Attributes:
        vehicle: who is plugged in.
        inputs: the pins as of the last tick.
        outputs: the pins as the controller drives them now.
        parts: the components it was built from.
        ticker: the controller's ticks.
        pilot: control pilot.
        gear: contactors.
        path: supply, current, meter, temperatures.
        protection: residual current.
        lock: connector lock.
        branch_fault: fault: resistors R2 and R3 in place of the vehicle's own; None: its own.
        cable_fault_ohm: fault: proximity resistor in place of the cable's own.
        earth_sense: protective earth of the supply is there.
    """

    def __init__(
        self,
        clock: Clock,
        config: EvseConfig,
        controller: Controller,
        trace: Trace | None,
        every_tick: bool,
        name: str,
        memory: Memory | None,
    ) -> None:
        self.clock = clock
        self.config = config
        self.controller = controller
        self.vehicle: Vehicle | None = None
        self.inputs = Inputs()
        self.outputs = Outputs()
        self.parts = parts = draw_evse(
            config.tolerance, config.seed, CLASS_PERCENT[config.meter_class]
        )
        self.recorder = recorder = Recorder(clock, trace, name)
        self.ticker = self._ticker(every_tick)
        if memory is not None:
            self.ticker.memory = memory
        self.pilot = _pilot_side(clock, config, parts, recorder, self.ticker.want)
        self.gear = Switchgear(
            clock, config, parts, recorder, self._arc_ends_us, self._gear_changed
        )
        self.path = PowerPath(clock, config, parts, recorder, self.gear.conducts, self.leak_changed)
        self.protection = Protection(clock, parts, recorder, self.pins_changed, self._device_trips)
        self.lock = ConnectorLock(clock, recorder, self.pins_changed)
        self.branch_fault: tuple[float, float] | None = None
        self.cable_fault_ohm: float | None = None
        self.earth_sense = True
        self._watch = PowerWatch(self.path)
        self._cable: Cable | None = None
        self._proximity_mv = proximity.voltage_mv(None)
        self._energy_base = (0.0, 0.0, 0.0)
        self._first_cycle_us = self.path.first_cycle_us()
        self._stale = True
        self._cycle: Cycle | None = None
        self._metered = (0.0, 0.0, 0.0)
        self._on_report: list[ReportCallback] = []
        self._samplers: list[ReportCallback] = []
        self._told_revision = -1
        self._record_pins()
        self.ticker.boot(config.boot_delay_us)

    def _ticker(self, every_tick: bool) -> Ticker:
        """Return what gives the controller its time: in this process, or over the link."""
        seat = (
            self.clock,
            self.controller,
            self.parts.tick_phase_us,
            self.config.exec_us,
            every_tick,
            self._sample,
            self._drive,
            self._stepped,
            self._booting,
        )
        if not isinstance(self.controller, GrantedController):
            return Ticker(*seat)
        # Only here: who runs no firmware loads nothing of the link.
        from twin.plant.granting import GrantTicker

        return GrantTicker(*seat, foresee=self._leaves_us)

    def _stepped(self, now_us: int) -> int | None:
        """Tell whoever wants to know; return when an analogue quantity may leave its band."""
        controller = self.controller
        told = controller.revision
        if told != self._told_revision:
            self._told_revision = told
            if self.recorder.on:
                self.recorder.record("controller_phase", controller.report().phase)
            if self._on_report:
                report = controller.report()
                for callback in tuple(self._on_report):
                    callback(now_us, report)
        if self._samplers:
            samplers, self._samplers = self._samplers, []
            report = controller.report()
            for sampler in samplers:
                sampler(now_us, report)
        return None if self.ticker.every_tick else self._leaves_us(now_us)

    def _booting(self) -> None:
        self._stale = True
        self._told_revision = -1

    # --- told by the parts ---

    def branch_changed(self) -> None:
        """Take over the vehicle's pilot resistors as they are now (part of `Port`)."""
        vehicle = self.vehicle
        if vehicle is not None:
            self.recorder.record("s2", vehicle.s2_closed)
            self.pilot.circuit.branch_ohm = vehicle.branch_ohm(self.branch_fault)
            self.pilot.refresh()

    def draw(self, leg: Leg) -> None:
        """Take over the vehicle's current (part of `Port`)."""
        self.path.draw(leg)

    def proximity_changed(self) -> None:
        """Let the proximity pin follow what is plugged in."""
        if self.config.kind == "socket":
            self._proximity_mv = proximity.voltage_mv(self._proximity_ohm())
            self.recorder.record("proximity_mv", self._proximity_mv)
            self.pins_changed()

    def pins_changed(self) -> None:
        """Have the controller look at its next tick: a pin may have moved."""
        self._stale = True
        self.ticker.want(self.clock.now_us)

    def supply_changed(self) -> None:
        """Let everything follow a change of the supply."""
        self.path.supply_changed()
        self._first_cycle_us = self.path.first_cycle_us()
        alive = self.path.supply.alive
        self.recorder.record("supply_present", alive)
        self.gear.powered = alive
        self.gear.coils_changed()
        self.pins_changed()

    def leak_changed(self) -> None:
        """Let contacts, residual-current devices and controller follow what flows now."""
        if self.gear.unwatched and self.path.leg is not NO_CURRENT:
            self.gear.watched()
        if self.protection.leaky:
            reaches = self.vehicle is not None and self.gear.conducts["l1"]
            earthed = self.earth_sense and not self.pilot.circuit.earth_open
            self.protection.live(self.path.voltage_v(0) if reaches and earthed else 0.0)
            self._stale = True
        self._look_ahead()

    def _gear_changed(self, mirrors: bool) -> None:
        if mirrors:
            if self.recorder.on:
                for name in ("main", "l2l3"):
                    self.recorder.record(f"mirror_{name}_open", self.gear.mirror_open(name))
            self.pins_changed()
        self.path.refresh()

    def _arc_ends_us(self, pole: str) -> int:
        return self.path.arc_ends_us(pole)

    def _device_trips(self) -> None:
        self.path.supply.tripped = True
        self.supply_changed()

    def _record_pins(self) -> None:
        """Record how everything stands at the beginning."""
        if not self.recorder.on:
            return
        record = self.recorder.record
        for pole in self.gear.conducts:
            record(f"pole_{pole}", 0)
            record(f"contact_{pole}", 0)
        for contactor in ("main", "l2l3"):
            record(f"coil_{contactor}", 0)
            record(f"mirror_{contactor}_open", 1)
        for name in ("plugged", "s2", "residual_trip", "residual_test", "lock", "lock_feedback"):
            record(name, 0)
        for name in ("ventilation", "indicator", "residual_dc_ma", "residual_ac_ma", "faults"):
            record(name, 0)
        record("proximity_mv", proximity.voltage_mv(None))
        record("supply_present", self.path.supply.alive)
        record("earth_sense", 1)
        self.path.record()


def _pilot_side(
    clock: Clock,
    config: EvseConfig,
    parts: EvseParts,
    recorder: Recorder,
    want_tick: Callable[[int], object],
) -> PilotSide:
    if config.pilot == "settled":
        return PilotSide(clock, parts, recorder, want_tick)
    # Only here: nothing else of a plant needs numpy, which takes a tenth of a second to load.
    from twin.plant.raw_pilot import RawPilotSide

    return RawPilotSide(clock, parts, recorder, want_tick, config.converter, config.seed)
