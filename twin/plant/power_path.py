"""From the mains to the plug, in time: what changes the power that flows."""

from __future__ import annotations

from twin.electrics.load import NO_CURRENT, Leg
from twin.electrics.supply import Triple
from twin.plant.cycling_flow import CyclingFlow
from twin.plant.power_flow import NONE_LIVE
from twin.vehicle import Vehicle

CHARGER_LEAST_V, CHARGER_MOST_V = 80.0, 280.0
"""An on-board charger runs from a line inside this range."""


class PowerPath(CyclingFlow):
    """Mains, meter and contacts of one EVSE, as whoever changes something sees them.

    Attributes as those of `twin.plant.power_flow.PowerFlow`.
    """

    def connect(self, vehicle: Vehicle, lines: int, cable_ohm: float) -> None:
        """Put a vehicle behind the main poles that may use so many lines."""
        self._settle()
        self.vehicle = vehicle
        self._vehicle_lines = lines
        self._cable_ohm = cable_ohm
        self._power_factor = vehicle.model.power_factor
        self.refresh()

    def disconnect(self) -> None:
        """Take the vehicle away; a current that flows ends here."""
        self.draw(NO_CURRENT)
        self.vehicle = None
        self._vehicle_lines = 0
        self._power_factor = 1.0
        self.refresh()

    def draw(self, leg: Leg) -> None:
        """Take over the current of the live lines, from now on."""
        if leg is NO_CURRENT and self.leg is NO_CURRENT:
            return
        self._settle()
        self.leg = leg
        if not self._refreshing:
            self._moved()

    def raise_lines(
        self, *, short_a: Triple | None = None, overload_a: Triple | None = None
    ) -> None:
        """Have single lines carry more than the others, from now on; see `LineFaults`."""
        self._settle()
        faults = self._line_faults
        faults.short_a = faults.short_a if short_a is None else short_a
        faults.overload_a = faults.overload_a if overload_a is None else overload_a
        self._lines_faulty = True
        self.refresh()
        self._lines_faulty = faults.there

    def set_contacts(
        self, *, contactor_ohm: float | None = None, connector_ohm: float | None = None
    ) -> None:
        """Change contact resistances, from now on."""
        self.version += 1
        self._settle()
        if contactor_ohm is not None:
            self.contactor_node.resistance_ohm = contactor_ohm
        if connector_ohm is not None:
            self.connector_node.resistance_ohm = connector_ohm
        self.refresh()

    def set_ambient(self, celsius: float) -> None:
        """Change the temperature around the enclosure, from now on."""
        self.version += 1
        self._settle()
        self.contactor_node.ambient_c = self.connector_node.ambient_c = celsius
        self.refresh()

    def force_temperature(self, celsius: float | None) -> None:
        """Hold the contactor's terminals at a temperature; None: let them go from there."""
        self.version += 1
        self._settle()
        self.contactor_node.force(celsius)
        self.refresh()

    def set_meter(
        self,
        *,
        current_gain: float | None = None,
        angle_gain: float | None = None,
        dead: bool | None = None,
    ) -> None:
        """Change what the meter makes of the true values, from now on."""
        self._settle()
        meter = self.meter
        if current_gain is not None:
            meter.current_gain = current_gain
        if angle_gain is not None:
            meter.angle_gain = angle_gain
        if dead is not None:
            meter.dead = dead
        self._idle = False
        self._moved()

    def supply_changed(self) -> None:
        """Let voltages and mains cycles follow the supply."""
        supply, was_alive = self.supply, self.supply.alive
        supply.refresh()
        self._settle()
        if supply.cycle_us != self._cycle_us or (supply.alive and not was_alive):
            self._cycle_us = supply.cycle_us
            self._mains_phase_us = self._mains_since_us = self.clock.now_us
        self.open_v = supply.open_v
        self.refresh()

    def refresh(self) -> None:
        """Work out anew which lines carry current, and tell the vehicle."""
        self._settle()
        conducts, supply = self._conducts, self.supply
        lines = (conducts["l1"], conducts["l2"], conducts["l3"])[: self._vehicle_lines]
        if supply.neutral_open:
            supply.loaded = [index for index, feeds in enumerate(lines) if feeds]
            supply.refresh()
            self.open_v = supply.open_v
        count, sum_v = 0, 0.0
        if True in lines:
            count, sum_v = self._find_live(lines)
        else:
            self.live = NONE_LIVE
        self.drop_ohm = supply.line_ohm * self._power_factor
        contacts = self.contactor_node.resistance_ohm + self.connector_node.resistance_ohm
        self._loop_ohm = (contacts + self._cable_ohm) * (2 if count == 1 else 1)
        if self.vehicle is not None:
            self._refreshing = True
            self.vehicle.see_supply(sum_v, count, supply.line_ohm, self._loop_ohm)
            self._refreshing = False
        self._moved()

    def _find_live(self, lines: tuple[bool, ...]) -> tuple[int, float]:
        """Find the lines that carry current; return how many, and their voltages added up."""
        open_v = self.open_v
        # Without the neutral, two lines at least close a circuit over the star point.
        circuit = (self._conducts["n"] and not self.supply.neutral_open) or sum(lines) > 1
        live = [False, False, False]
        count, sum_v = 0, 0.0
        for line, feeds in enumerate(lines):
            volts = open_v[line]
            if feeds and circuit and CHARGER_LEAST_V <= volts <= CHARGER_MOST_V:
                live[line] = True
                count += 1
                sum_v += volts
        self.live = (live[0], live[1], live[2])
        return count, sum_v

    def _moved(self) -> None:
        """Note that something flows or stands differently from now on, and tell."""
        if self._lines_faulty:
            self.leg, self.uneven = self._line_faults.divide(self.leg, self.live)
        if self.leg is not NO_CURRENT or not self._idle or self.open_v is not self._flat_v:
            self.version += 1
            self._flat_us = self.clock.now_us
            self._flat_v = self.open_v
            self._steady_cycle = None
        self._idle = self.leg is NO_CURRENT
        if self._recorder.on:
            self.record()
        self._changed()
