"""The pins of an EVSE: what they show of the plant, and what they drive in it."""

from __future__ import annotations

from twin.clock import Clock
from twin.electrics import proximity
from twin.evse_config import Cable, EvseConfig
from twin.link.pins import Inputs, Outputs
from twin.plant.connector_lock import ConnectorLock
from twin.plant.mains_cycle import Cycle
from twin.plant.pilot_side import PilotSide
from twin.plant.power_path import PowerPath
from twin.plant.protection import Protection
from twin.plant.recording import Recorder
from twin.plant.switchgear import Switchgear
from twin.plant.ticker import NEVER_US, Ticker
from twin.plant.watch import PowerWatch
from twin.process import Controller


class Pins:
    """What a controller gets of its plant at a tick, and what becomes of its outputs.

    `twin.plant.wiring` makes the parts. The two are one object: at each tick one of them would
    have to ask the other for nearly everything.
    """

    clock: Clock
    config: EvseConfig
    controller: Controller
    recorder: Recorder
    inputs: Inputs
    outputs: Outputs
    ticker: Ticker
    pilot: PilotSide
    gear: Switchgear
    path: PowerPath
    protection: Protection
    lock: ConnectorLock
    cable_fault_ohm: float | None
    earth_sense: bool
    _watch: PowerWatch
    _cable: Cable | None
    _proximity_mv: int
    _energy_base: tuple[float, float, float]
    _metered: tuple[float, float, float]
    _first_cycle_us: int
    _stale: bool
    """Something that is digital may have moved since the pins were filled."""
    _cycle: Cycle | None

    def _sample(self, now_us: int) -> tuple[Inputs, int | None]:
        """Fill the pins for a tick; return when they next change by themselves."""
        inputs, path = self.inputs, self.path
        if self._stale:
            self._stale = False
            self._fill_digital()
        due_us = None if self.config.kind == "plain" else self.pilot.read(now_us, inputs)
        cycle = path.cycle(now_us)
        if cycle is not self._cycle:
            self._cycle = cycle
            inputs.cycle_n, inputs.cycle_v2, inputs.cycle_i2, inputs.cycle_vi = cycle
        if now_us < self._first_cycle_us:
            due_us = self._first_cycle_us if due_us is None else min(due_us, self._first_cycle_us)
        metered = path.metered_ws()
        if metered != self._metered:
            self._metered = metered
            self._fill_totals()
        if path.sensors_valid:
            inputs.temperature_contactor_c, inputs.temperature_connector_c = path.temperatures_c()
        return inputs, due_us

    def _fill_totals(self) -> None:
        whole, base, metered = self.path.meter.whole_ws, self._energy_base, self._metered
        self.inputs.total_vi_ws = (
            whole(metered[0] - base[0]),
            whole(metered[1] - base[1]),
            whole(metered[2] - base[2]),
        )

    def _fill_digital(self) -> None:
        """Fill what moves only when something is told to move."""
        inputs, supply, monitor = self.inputs, self.path.supply, self.protection.monitor
        inputs.proximity_mv = self._proximity_mv
        inputs.frequency_mhz = supply.frequency_mhz if supply.alive else 0
        inputs.supply_present = supply.alive
        inputs.residual_trip = monitor.output
        inputs.residual_valid = not monitor.dead
        inputs.residual_ma = monitor.reading_ma
        inputs.mirror_main_open = self.gear.mirror_open("main")
        inputs.mirror_l2l3_open = self.gear.mirror_open("l2l3")
        inputs.lock_feedback = self.lock.home
        inputs.earth_sense = self.earth_sense
        inputs.temperature_valid = self.path.sensors_valid

    def _proximity_ohm(self) -> float | None:
        """Return the resistor at the proximity pin; None: nothing plugged in, or no such pin."""
        if self.config.kind != "socket" or self._cable is None:
            return None
        if self.cable_fault_ohm is not None:
            return self.cable_fault_ohm
        return proximity.resistance_ohm(self._cable.rating_a)

    def _drive(self, new: Outputs) -> None:
        """Take outputs over at the pins."""
        old, self.outputs = self.outputs, new
        record = self.recorder.record
        if (new.pilot_mode, new.pilot_duty_ppm) != (old.pilot_mode, old.pilot_duty_ppm):
            self.pilot.command(new.pilot_mode, new.pilot_duty_ppm)
        if (new.contactor_main, new.contactor_l2l3) != (old.contactor_main, old.contactor_l2l3):
            self.gear.command(new.contactor_main, new.contactor_l2l3)
        if new.residual_test != old.residual_test:
            self.protection.test(new.residual_test)
            self._stale = True
            self._look_ahead()
        if new.lock != old.lock:
            self.lock.drive(new.lock)
        if new.ventilation != old.ventilation:
            record("ventilation", new.ventilation)
        if new.indicator != old.indicator:
            record("indicator", new.indicator)

    def _converter_starts(self) -> None:
        """Start the metering converter anew, with the power: a reset of the controller does not."""
        self._energy_base = self._metered = self.path.metered_ws()
        self._fill_totals()

    # --- looking ahead ---

    def _leaves_us(self, now_us: int) -> int | None:
        """Return when an analogue quantity may leave the controller's band; None: no such time."""
        bands = self.controller.bands()
        due_us = self._watch.due_us(bands, now_us)
        if self.pilot.converter_dead_us is not None:
            oldest_us = bands.get("pilot_age_us", (0, NEVER_US))[1]
            if oldest_us < NEVER_US:
                age_us = max(now_us, self.pilot.newest_us() + int(oldest_us) + 1)
                due_us = age_us if due_us is None else min(due_us, age_us)
        band_ma = bands.get("residual_ma")
        if band_ma is not None and not (
            band_ma[0] <= self.protection.monitor.reading_ma <= band_ma[1]
        ):
            due_us = now_us
        return due_us

    def _look_ahead(self) -> None:
        """Have the controller look when an analogue quantity leaves its band."""
        ticker = self.ticker
        if ticker.running and not ticker.every_tick:
            due_us = self._leaves_us(self.clock.now_us)
            if due_us is not None:
                ticker.want(due_us)
