"""The power that flows, segment by segment: current, voltage, energy and temperature now.

Time falls into segments: stretches with the same voltages, the same closed
poles and one leg of current. Every change first settles the segment that ends
(energies, temperatures), then begins a new one. Nothing happens inside a
segment, and every quantity inside it is in closed form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from twin.clock import Clock
from twin.electrics.load import NO_CURRENT, Leg
from twin.electrics.meter import Meter
from twin.electrics.supply import Supply, Triple
from twin.electrics.thermal import ThermalNode, both_after
from twin.evse_config import EvseConfig
from twin.plant.flow_recording import record_curve, record_flow
from twin.plant.line_faults import Legs, LineFaults
from twin.plant.mains_cycle import Cycle, Segment
from twin.plant.recording import Recorder
from twin.tolerances import EvseParts
from twin.vehicle import Vehicle

CONTACTOR_OHM, CONNECTOR_OHM = 0.001, 0.0006
"""Contact resistances in good order, a pole."""
NONE_LIVE = (False, False, False)


class PowerFlow:
    """What flows between the mains and the plug of one EVSE, and what has.

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
        version: raised whenever something flows, stands or warms differently.
        vehicle: who is behind the main poles.
        start_us: since when the segment under way runs, and its leg.
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
        self.vehicle: Vehicle | None = None
        self._vehicle_lines = 0
        self._cable_ohm = 0.0
        self._cycle_us = self.supply.cycle_us
        self._mains_phase_us = parts.mains_phase_us
        self._mains_since_us = clock.now_us
        self.start_us = clock.now_us
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

    def _settle(self) -> None:
        """End the segment under way, now."""
        now_us, start_us = self.clock.now_us, self.start_us
        if now_us == start_us:
            return
        leg, span_s = self.leg, (now_us - start_us) * 1e-6
        if self._recorder.on:
            record_curve(self._recorder, self)
            record_flow(self._recorder, self)
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
        self.start_us = now_us

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
            self.start_us,
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
        return (self.clock.now_us - self.start_us) * 1e-6

    def leg_of(self, line: int) -> Leg:
        """Return the current of a line that is live."""
        return self.leg if self.uneven is None else self.uneven[line]

    def current_a(self, line: int) -> float:
        """Return the current through a main pole, A."""
        return self.leg_of(line).current(self.elapsed_s()) if self.live[line] else 0.0

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
            self.leg_of(line).integrals(0.0, elapsed_s)[1] for line in range(3) if self.live[line]
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

    def record(self) -> None:
        """Record everything that flows and warms, as of now."""
        record_flow(self._recorder, self)
