r"""The control pilot circuit, by Kirchhoff (IEC 61851-1 Annex A).

                source R        cable            diode
    generator ---/\/\/\---+---------+--- wire ---->|----+---------+
      +-12 V               |         |                 |         |
                      C (lumped)  short            R2 || R3   short
                           |      "before"             |      "behind"
    EVSE earth ------------+---------+---- PE ---------+---------+

All resistances in ohm, capacitances in picofarad, times in microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import inf, log
from typing import Any, Literal

LEAST_OHM = 1e-3
"""A short is never better than this; keeps conductances finite."""

DiodeState = Literal["good", "shorted", "open"]


@dataclass(slots=True)
class PilotCircuit:
    """Component values of the control pilot circuit and whatever is wrong with it.

    Attributes:
        positive_v: generator, open circuit; 11.4…12.6 (IEC 61851-1 Table A.2).
        negative_v: generator, open circuit; -12.6…-11.4.
        source_ohm: 970…1030.
        evse_pf: 300…1600.
        cable_pf: at most 1500; only while plugged.
        vehicle_pf: at most 2400; only while plugged and the wire is whole.
        branch_ohm: resistance behind the vehicle's diode; None: no vehicle.
        diode_v: drop of the vehicle's diode, 0.55…0.85.
        diode: good, shorted or open (missing).
        short_before_ohm: from the pilot wire to the EVSE's earth, ahead of the diode.
        short_behind_ohm: from behind the diode to the vehicle's earth.
        wire_open: the wire between plug and vehicle is broken.
        earth_open: the protective earth between EVSE and vehicle is broken.
        glitch_ohm: a second short ahead of the diode, of a disturbance that passes.
    """

    positive_v: float = 12.0
    negative_v: float = -12.0
    source_ohm: float = 1000.0
    evse_pf: float = 1000.0
    cable_pf: float = 0.0
    vehicle_pf: float = 0.0
    branch_ohm: float | None = None
    diode_v: float = 0.7
    diode: DiodeState = "good"
    short_before_ohm: float | None = None
    short_behind_ohm: float | None = None
    wire_open: bool = False
    earth_open: bool = False
    glitch_ohm: float | None = None

    def reaches_vehicle(self) -> bool:
        """Return whether the vehicle sees the pilot: wire and earth are whole."""
        return self.branch_ohm is not None and not self.wire_open and not self.earth_open

    def _unloaded(self, generator_v: float) -> tuple[float, float]:
        """Return Thevenin voltage and conductance at the plug with the diode's branch cut off."""
        conductance = 1.0 / self.source_ohm
        current = generator_v * conductance
        if self.short_before_ohm is not None:
            conductance += 1.0 / max(self.short_before_ohm, LEAST_OHM)
        if self.glitch_ohm is not None:
            conductance += 1.0 / max(self.glitch_ohm, LEAST_OHM)
        return current / conductance, conductance

    def _branch_conductance(self) -> float:
        """Return the conductance behind the diode; 0: nothing there or no way back."""
        if self.branch_ohm is None or self.wire_open or self.earth_open or self.diode == "open":
            return 0.0
        conductance = 1.0 / max(self.branch_ohm, LEAST_OHM)
        if self.short_behind_ohm is not None:
            conductance += 1.0 / max(self.short_behind_ohm, LEAST_OHM)
        return conductance

    def _diode_v(self) -> float:
        """Return the voltage above which the branch conducts; -inf: always."""
        return -inf if self.diode == "shorted" else self.diode_v

    def voltage_v(self, generator_v: float) -> float:
        """Return the settled voltage at the plug for a generator voltage."""
        open_v, conductance = self._unloaded(generator_v)
        branch = self._branch_conductance()
        if not branch or open_v <= self._diode_v():
            return open_v
        drop_v = 0.0 if self.diode == "shorted" else self.diode_v
        return (open_v * conductance + drop_v * branch) / (conductance + branch)

    def plateaus_v(self) -> tuple[float, float]:
        """Return the settled voltages at the plug for +12 V and for -12 V."""
        return self.voltage_v(self.positive_v), self.voltage_v(self.negative_v)

    def edge_us(self, generator_v: float, from_v: float, to_v: float) -> float:
        """Return how long the plug's voltage takes from one level to another.

        The generator has just switched to `generator_v`. Below the diode's
        drop only the source charges the capacitance, above it the branch too:
        two exponentials, joined. Infinite where the level is never reached.
        """
        threshold_v = self._diode_v()
        rising = to_v > from_v
        low_v, high_v = min(from_v, to_v), max(from_v, to_v)
        total = 0.0
        if low_v < threshold_v:
            total += self._exponential_us(generator_v, low_v, min(high_v, threshold_v), rising, 0.0)
        if high_v > threshold_v:
            branch = self._branch_conductance()
            total += self._exponential_us(
                generator_v, max(low_v, threshold_v), high_v, rising, branch
            )
        return total

    def _exponential_us(
        self, generator_v: float, low_v: float, high_v: float, rising: bool, branch: float
    ) -> float:
        open_v, conductance = self._unloaded(generator_v)
        drop_v = 0.0 if self.diode == "shorted" else self.diode_v
        final_v = (open_v * conductance + drop_v * branch) / (conductance + branch)
        start_v, end_v = (low_v, high_v) if rising else (high_v, low_v)
        reached = final_v > end_v if rising else final_v < end_v
        if not reached:
            return inf
        capacitance_pf = self.evse_pf + self.cable_pf
        if self.reaches_vehicle():
            capacitance_pf += self.vehicle_pf
        tau_us = capacitance_pf * 1e-6 / (conductance + branch)
        return tau_us * log((final_v - start_v) / (final_v - end_v))

    def relaxation(self, generator_v: float) -> Relaxation:
        """Return where the plug's voltage goes at a generator voltage, and how fast."""
        open_v, conductance = self._unloaded(generator_v)
        branch = self._branch_conductance()
        drop_v = 0.0 if self.diode == "shorted" else self.diode_v
        capacitance_pf = self.evse_pf + self.cable_pf
        if self.reaches_vehicle():
            capacitance_pf += self.vehicle_pf
        # A wire without any capacitance settles at once; a picosecond will do for that.
        charge = max(capacitance_pf * 1e-6, 1e-9)
        return Relaxation(
            threshold_v=self._diode_v(),
            below_v=open_v,
            below_us=charge / conductance,
            above_v=(open_v * conductance + drop_v * branch) / (conductance + branch),
            above_us=charge / (conductance + branch),
        )

    def solution(self) -> tuple[float, float, Edges]:
        """Return both plateaus and the edges at the plug; worked out once for equal circuits."""
        return _solution(
            self.positive_v,
            self.negative_v,
            self.source_ohm,
            self.evse_pf,
            self.cable_pf,
            self.vehicle_pf,
            self.branch_ohm,
            self.diode_v,
            self.diode,
            self.short_before_ohm,
            self.short_behind_ohm,
            self.wire_open,
            self.earth_open,
            self.glitch_ohm,
        )

    def edges(self) -> Edges:
        """Return the edges of the PWM at the plug."""
        high_v, low_v = self.plateaus_v()
        tenth_v = 0.1 * (high_v - low_v)
        if tenth_v <= 0:
            return Edges(0.0, 0.0, inf, inf)
        rise_us = self.edge_us(self.positive_v, low_v + tenth_v, high_v - tenth_v)
        fall_us = self.edge_us(self.negative_v, high_v - tenth_v, low_v + tenth_v)
        if low_v < 0 < high_v:
            up_us = self.edge_us(self.positive_v, low_v, 0.0)
            down_us = self.edge_us(self.negative_v, high_v, 0.0)
        else:
            up_us = down_us = inf
        return Edges(rise_us, fall_us, up_us, down_us)


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Where the voltage at the plug goes while the generator holds its own, and how fast.

    Attributes:
        threshold_v: the vehicle's branch conducts above it; -inf: always.
        below_v: aim of the exponential below the threshold.
        below_us: its time constant.
        above_v: aim above the threshold.
        above_us: its time constant.
    """

    threshold_v: float
    below_v: float
    below_us: float
    above_v: float
    above_us: float

    def aim(self, above: bool) -> tuple[float, float]:
        """Return aim and time constant on one side of the threshold."""
        return (self.above_v, self.above_us) if above else (self.below_v, self.below_us)

    def settled_v(self) -> float:
        """Return where the voltage comes to rest."""
        return self.above_v if self.below_v > self.threshold_v else self.below_v


@dataclass(frozen=True, slots=True)
class Edges:
    """The edges of a PWM at the plug.

    Attributes:
        rise_us: from 10 % to 90 % of the swing; below 10 in state B, 7 in C (Table A.2).
        fall_us: from 90 % to 10 %; below 13.
        up_us: from the generator's edge to 0 V, rising; infinite where 0 V is not crossed.
        down_us: the same, falling.
    """

    rise_us: float
    fall_us: float
    up_us: float
    down_us: float

    def duty_percent(self, duty: float, period_us: float) -> float | None:
        """Return the duty that an instrument at the plug measures at 0 V; None: no crossing.

        Args:
            duty: of the generator, 0…1.
            period_us: of the generator.
        """
        high_us = duty * period_us - self.up_us + self.down_us
        if not 0 < high_us < period_us:
            return None
        return 100.0 * high_us / period_us


@lru_cache(maxsize=1024)
def _solution(*values: Any) -> tuple[float, float, Edges]:
    circuit = PilotCircuit(*values)
    high_v, low_v = circuit.plateaus_v()
    return high_v, low_v, circuit.edges()


class PilotGenerator:
    """The clockwork of the ±12 V generator, and the converter that samples its plateaus.

    The timer takes a change over at the end of a period. The converter
    delivers, at the end of each period, the upper plateau as it was just
    before the falling edge and the lower one as it was just before the rising
    edge: the best settled points, so that what the capacitance eats of a short
    plateau is not in the reading.
    """

    SAMPLE_US = 10
    """Distance of the converter's samples: 100 kS/s."""
    SETTLE_US = 30
    """Samples this near after an edge are not counted among a plateau's."""

    def __init__(self, period_us: int = 1000, phase_us: int = 0) -> None:
        self.period_us = period_us
        self.phase_us = phase_us

    def boundary_us(self, time_us: int) -> int:
        """Return the first period boundary at or after `time_us`."""
        late = (time_us - self.phase_us) % self.period_us
        return time_us if late == 0 else time_us + self.period_us - late

    def last_boundary_us(self, time_us: int) -> int:
        """Return the last period boundary at or before `time_us`."""
        return time_us - (time_us - self.phase_us) % self.period_us

    def counts(self, duty_ppm: int) -> tuple[int, int]:
        """Return how many samples stand behind each plateau of one period; at least 1."""
        high_us = self.period_us * duty_ppm // 1_000_000
        low_us = self.period_us - high_us
        return (
            max(1, (high_us - self.SETTLE_US) // self.SAMPLE_US),
            max(1, (low_us - self.SETTLE_US) // self.SAMPLE_US),
        )
