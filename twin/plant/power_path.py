"""From the mains to the plug, in time: supply, current, meter and temperatures.

Time falls into segments: stretches with the same voltages, the same closed
poles and one leg of current. Every change first settles the segment that ends
(energies, temperatures), then begins a new one. Nothing happens inside a
segment, and every quantity inside it is in closed form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil

from twin.clock import Clock
from twin.electrics.contactor import next_zero_us
from twin.electrics.load import NO_CURRENT, Constant, Leg
from twin.electrics.meter import Meter
from twin.electrics.supply import Supply, Triple
from twin.electrics.thermal import ThermalNode, both_after
from twin.evse_config import EvseConfig
from twin.plant.line_faults import Legs, LineFaults
from twin.plant.mains_cycle import NO_CYCLE, Cycle, Segment, cycle_of
from twin.plant.recording import Recorder
from twin.plant.switchgear import LINE_OF
from twin.tolerances import EvseParts
from twin.vehicle import Vehicle

LINES = ("l1", "l2", "l3")
CHARGER_LEAST_V, CHARGER_MOST_V = 80.0, 280.0
"""An on-board charger runs from a line inside this range."""
ARC_LEAST_A = 0.1
"""Below this current parting contacts draw no arc."""
CONTACTOR_OHM, CONNECTOR_OHM = 0.001, 0.0006
"""Contact resistances in good order, a pole."""
NONE_LIVE = (False, False, False)
OPEN_END_US = 1 << 62
"""End of a segment that is under way."""
CURVE_SAMPLES = 16
"""Samples recorded along a current that does not run straight."""


class PowerPath:
    """Mains, meter and contacts of one EVSE.

    Args:
        clock: its time.
        config: facts of the EVSE.
        parts: its components.
        recorder: takes signals.
        conducts: by main pole, whether it conducts.
        changed: told after every change, so that pins and watches follow.

    Attributes:
        supply: the mains; whoever changes it calls `supply_changed`.
        meter: measuring front end.
        contactor_node: temperature at the contactor's terminals.
        connector_node: temperature at the plug's contacts.
        version: raised whenever something flows or stands differently.
        live: lines that carry the vehicle's current.
        leg: that current.
        uneven: the currents by line, where a fault makes them differ; None: each is `leg`.
        open_v: supply without load, by line.
        drop_ohm: voltage that a line loses per ampere.
        sensors_valid: the temperature sensors answer.
        extra_arc_us: fault: arcs burn on for so long after the current zero.
    """

    def __init__(
        self,
        clock: Clock,
        config: EvseConfig,
        parts: EvseParts,
        recorder: Recorder,
        conducts: Mapping[str, bool],
        changed: Callable[[], object],
    ) -> None:
        self.clock = clock
        self.phases = config.phases
        self.supply = Supply(config.voltage_v, config.phases, 50_000, config.line_ohm)
        self.meter = Meter(parts.voltage_gain, parts.current_gain)
        self.contactor_node = ThermalNode(CONTACTOR_OHM, 12.0, 900.0, config.ambient_c)
        self.connector_node = ThermalNode(CONNECTOR_OHM, 15.0, 600.0, config.ambient_c)
        self.version = 0
        self.live: tuple[bool, bool, bool] = NONE_LIVE
        self.leg: Leg = NO_CURRENT
        self.uneven: Legs | None = None
        self.sensors_valid = True
        self.extra_arc_us = 0
        self._recorder = recorder
        self._conducts = conducts
        self._changed = changed
        self._vehicle: Vehicle | None = None
        self._vehicle_lines = 0
        self._cable_ohm = 0.0
        self._cycle_us = self.supply.cycle_us
        self._mains_phase_us = parts.mains_phase_us
        self._mains_since_us = clock.now_us
        self._start_us = clock.now_us
        self.open_v = self.supply.open_v
        self._power_factor = 1.0
        self.drop_ohm = config.line_ohm
        self._loop_ohm = 0.0
        self._line_faults = LineFaults()
        self._lines_faulty = False
        self._past: list[Segment] = []
        self._energy_ws = [0.0, 0.0, 0.0]
        self._metered_ws = [0.0, 0.0, 0.0]
        self._lost_ws = 0.0
        self._refreshing = False
        # Since when currents and voltages have been the same, and what a cycle of them sums to.
        self._flat_us = clock.now_us
        self._flat_v = self.open_v
        self._idle = True
        self._steady_cycle: Cycle | None = None

    # --- what changes ---

    def connect(self, vehicle: Vehicle, lines: int, cable_ohm: float) -> None:
        """Put a vehicle behind the main poles that may use so many lines."""
        self._settle()
        self._vehicle = vehicle
        self._vehicle_lines = lines
        self._cable_ohm = cable_ohm
        self._power_factor = vehicle.model.power_factor
        self.refresh()

    def disconnect(self) -> None:
        """Take the vehicle away; a current that flows ends here."""
        self.draw(NO_CURRENT)
        self._vehicle = None
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

    def _line_leg(self, line: int) -> Leg:
        return self.leg if self.uneven is None else self.uneven[line]

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
        if self._vehicle is not None:
            self._refreshing = True
            self._vehicle.see_supply(sum_v, count, supply.line_ohm, self._loop_ohm)
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

    def _settle(self) -> None:
        """End the segment under way, now."""
        now_us, start_us = self.clock.now_us, self._start_us
        if now_us == start_us:
            return
        leg, span_s = self.leg, (now_us - start_us) * 1e-6
        if self._recorder.on:
            self._record_curve()
        contactor, connector = self.contactor_node, self.connector_node
        most_leg = leg if self.uneven is None else self.uneven[self._line_faults.most_line]
        contactor.celsius, connector.celsius = both_after(contactor, connector, most_leg, span_s)
        if leg is not NO_CURRENT:
            self._count(span_s)
        past = self._past
        horizon_us = now_us - 2 * self._cycle_us
        while past and past[0].end_us < horizon_us:
            past.pop(0)
        past.append(self._segment(now_us))
        self._start_us = now_us

    def _count(self, span_s: float) -> None:
        """Count the energies of the segment that ends."""
        charge, square = self.leg.integrals(0.0, span_s)
        gain, uneven = self.meter.energy_gain, self.uneven
        for line, live in enumerate(self.live):
            if live:
                if uneven is not None:
                    charge, square = uneven[line].integrals(0.0, span_s)
                energy_ws = self._line_ws(line, charge, square)
                self._energy_ws[line] += energy_ws
                self._metered_ws[line] += energy_ws * gain
                self._lost_ws += self._loop_ohm * square

    def _segment(self, end_us: int) -> Segment:
        return Segment(
            self._start_us,
            end_us,
            self.leg,
            self.open_v,
            self.live,
            self.drop_ohm,
            self._power_factor,
            self.uneven,
        )

    def _line_ws(self, line: int, charge: float, square: float) -> float:
        return self._power_factor * (self.open_v[line] * charge - self.drop_ohm * square)

    # --- now ---

    def elapsed_s(self) -> float:
        """Return the time since the segment under way began, s."""
        return (self.clock.now_us - self._start_us) * 1e-6

    def current_a(self, line: int) -> float:
        """Return the current through a main pole, A."""
        return self._line_leg(line).current(self.elapsed_s()) if self.live[line] else 0.0

    def voltage_v(self, line: int) -> float:
        """Return the voltage to neutral ahead of the contactor, V."""
        return self.open_v[line] - self.drop_ohm * self.current_a(line)

    def power_w(self, line: int) -> float:
        """Return the real power through a main pole, W."""
        return self._power_factor * self.voltage_v(line) * self.current_a(line)

    def energy_ws(self) -> Triple:
        """Return the true energy through the meter, by line, Ws."""
        return self._total(self._energy_ws, 1.0)

    def metered_ws(self) -> Triple:
        """Return the energy as the meter has counted it, by line, Ws."""
        if self.leg is NO_CURRENT:
            first, second, third = self._metered_ws
            return first, second, third
        return self._total(self._metered_ws, self.meter.energy_gain)

    def _total(self, settled: list[float], gain: float) -> Triple:
        first, second, third = settled
        if self.leg is NO_CURRENT:
            return first, second, third
        live = self.live
        if self.uneven is not None:
            for line, leg in enumerate(self.uneven):
                if live[line]:
                    charge, square = leg.integrals(0.0, self.elapsed_s())
                    settled = [*settled]
                    settled[line] += gain * self._line_ws(line, charge, square)
            return settled[0], settled[1], settled[2]
        charge, square = self.leg.integrals(0.0, self.elapsed_s())
        open_v = self.open_v
        volts, more_ws = open_v[0], gain * self._line_ws(0, charge, square)
        if live[0]:
            first += more_ws
        if live[1]:
            if open_v[1] != volts:
                volts, more_ws = open_v[1], gain * self._line_ws(1, charge, square)
            second += more_ws
        if live[2]:
            if open_v[2] != volts:
                more_ws = gain * self._line_ws(2, charge, square)
            third += more_ws
        return first, second, third

    def lost_ws(self) -> float:
        """Return the energy lost in contacts and cable behind the meter, Ws."""
        elapsed_s = self.elapsed_s()
        squares = [
            self._line_leg(line).integrals(0.0, elapsed_s)[1]
            for line in range(3)
            if self.live[line]
        ]
        return self._lost_ws + self._loop_ohm * sum(squares)

    def temperatures_c(self) -> tuple[float, float]:
        """Return the temperatures at contactor and connector, degrees Celsius."""
        leg = self.leg if self.uneven is None else self.uneven[self._line_faults.most_line]
        return both_after(self.contactor_node, self.connector_node, leg, self.elapsed_s())

    def bounds_a(self) -> tuple[float, float]:
        """Return bounds of the current of the line that carries most, to the end of its leg."""
        if self.leg is NO_CURRENT or True not in self.live:
            return 0.0, 0.0
        leg = self.leg if self.uneven is None else self.uneven[self._line_faults.most_line]
        return leg.bounds(self.elapsed_s())

    def hottest_c(self, most_a: float) -> float:
        """Return what neither sensor can exceed while the current stays below `most_a`."""
        square = most_a * most_a
        first, second = self.contactor_node, self.connector_node
        return max(
            first.celsius,
            second.celsius,
            first.ambient_c + first.gain * square,
            second.ambient_c + second.gain * square,
        )

    def arc_ends_us(self, pole: str) -> int:
        """Return when the current through a pole that parts now ends: now, or at its zero."""
        now_us, line = self.clock.now_us, LINE_OF[pole]
        if pole == "n" and self.uneven is not None:
            line = self._line_faults.most_line
        balanced = self.uneven is None and sum(self.live) != 1
        if not self.live[line] or (pole == "n" and balanced) or self.current_a(line) < ARC_LEAST_A:
            return now_us
        zero_us = next_zero_us(now_us, self._cycle_us, self._mains_phase_us, line)
        return zero_us + self.extra_arc_us

    # --- mains cycles ---

    def first_cycle_us(self) -> int:
        """Return when the first complete mains cycle since the mains came has ended."""
        if self._mains_since_us == self._mains_phase_us:
            return self._mains_since_us + self._cycle_us
        return self.next_cycle_end_us(self._mains_since_us) + self._cycle_us

    def next_cycle_end_us(self, after_us: int) -> int:
        """Return the first end of a mains cycle after an instant."""
        return after_us - (after_us - self._mains_phase_us) % self._cycle_us + self._cycle_us

    def cycle(self, now_us: int) -> Cycle:
        """Return the sums of the last complete mains cycle, as the meter sees them."""
        if self._steady_cycle is not None:
            return self._steady_cycle
        end_us = now_us - (now_us - self._mains_phase_us) % self._cycle_us
        start_us = end_us - self._cycle_us
        if self.meter.dead or not self.supply.alive or start_us < self._mains_since_us:
            return NO_CYCLE
        flat = self._flat_us <= start_us
        segments = [self._segment(OPEN_END_US)] if flat or self._start_us < end_us else []
        if flat and self.leg is NO_CURRENT:
            segments[0] = segments[0]._replace(start_us=self._flat_us)
        if not flat:
            segments += [
                old for old in self._past if old.end_us > start_us and old.start_us < end_us
            ]
        sums = cycle_of(segments, start_us, end_us, self.meter, self.phases)
        if flat and type(self.leg) is Constant:
            self._steady_cycle = sums
        return sums

    # --- recording ---

    def record(self) -> None:
        """Record everything that flows and warms, as of now."""
        record = self._recorder.record
        for line in range(self.phases):
            record(f"current_{LINES[line]}_a", self.current_a(line))
            record(f"voltage_{LINES[line]}_v", self.voltage_v(line))
        record("energy_wh", sum(self.energy_ws()) / 3600)
        contactor_c, connector_c = self.temperatures_c()
        record("temperature_contactor_c", contactor_c)
        record("temperature_connector_c", connector_c)
        if self._vehicle is not None:
            record("soc_percent", self._vehicle.soc_percent)

    def _record_curve(self) -> None:
        """Record the segment that ends now, bent where its current is."""
        now_us, start_us = self.clock.now_us, self._start_us
        if not self.leg.straight:
            step_us = ceil((now_us - start_us) / CURVE_SAMPLES)
            times = range(start_us + step_us, now_us, step_us)
            for line in range(self.phases):
                if self.live[line]:
                    leg = self._line_leg(line)
                    amps = [(at, leg.current((at - start_us) * 1e-6)) for at in times]
                    self._recorder.record_all(f"current_{LINES[line]}_a", amps)
                    volts = [(at, self.open_v[line] - self.drop_ohm * a) for at, a in amps]
                    self._recorder.record_all(f"voltage_{LINES[line]}_v", volts)
        self.record()
