"""The mains ahead of the contactor: one or three phases, what is wrong with them, and the line."""

from __future__ import annotations

from cmath import exp
from collections.abc import Sequence
from math import pi

Triple = tuple[float, float, float]

LINES = ("l1", "l2", "l3")
PHASORS = tuple(exp(-2j * pi * index / 3) for index in range(3))
"""Directions of L1, L2 and L3 from the star point."""


class Supply:
    """A supply as it stands; whoever changes a field calls `refresh`.

    A neutral may be lost in two places. Upstream, in a three-phase installation, the star point
    moves with the loads of the whole building: a single-phase EVSE stays supplied, with a voltage
    that floats anywhere, above 110 % or below 85 %, and nothing but that voltage tells it. At the
    EVSE itself the star point is that of its own load: on a single-phase EVSE no circuit is left,
    so there is neither voltage nor current nor anything to hold a coil with; on a three-phase one
    a balanced load hides it, and a vehicle on one line takes the star point to that line, which
    leaves it nothing and the other two the voltage between lines.

    Attributes:
        nominal_v: phase to neutral.
        phases: 1 or 3.
        frequency_mhz: millihertz.
        line_ohm: resistance of the supply line, per phase with its share of the neutral.
        factor: sag or swell by line, of nominal.
        lost: lines that are gone.
        shift_v: neutral lost upstream: how far the building's load pulls the star point…
        shift_towards: … to which line, 0…2; an EVSE with one phase is on L1.
        neutral_open: the EVSE's own neutral is open.
        loaded: lines, 0…2, between which a load behind the contactor holds the star point then.
        outage: everything is gone.
        tripped: the residual-current device has opened.
        off: somebody has switched the supply off.
        open_v: voltages without load, by line; what `refresh` computes.
        alive: any line has voltage.
    """

    def __init__(
        self,
        nominal_v: float = 230.0,
        phases: int = 3,
        frequency_mhz: int = 50_000,
        line_ohm: float = 0.1,
    ) -> None:
        self.nominal_v = nominal_v
        self.phases = phases
        self.frequency_mhz = frequency_mhz
        self.line_ohm = line_ohm
        self.factor = [1.0, 1.0, 1.0]
        self.lost = [False, False, False]
        self.shift_v = 0.0
        self.shift_towards = 0
        self.neutral_open = False
        self.loaded: Sequence[int] = ()
        self.outage = False
        self.tripped = False
        self.off = False
        self.open_v: Triple = (0.0, 0.0, 0.0)
        self.alive = False
        self.refresh()

    def refresh(self) -> None:
        """Work the voltages out anew."""
        no_circuit = self.neutral_open and self.phases == 1
        if self.outage or self.tripped or self.off or no_circuit:
            self.open_v = (0.0, 0.0, 0.0)
        else:
            star = self._star()
            first, second, third = (self._line_v(index, star) for index in range(3))
            self.open_v = (first, second, third)
        self.alive = max(self.open_v) > 0.0

    def _star(self) -> complex:
        """Return where the star point is, V, seen from its place in good order."""
        star = self.shift_v * PHASORS[self.shift_towards]
        if self.neutral_open and self.loaded:
            star = sum(self._source(index) for index in self.loaded) / len(self.loaded)
        return star

    def _source(self, index: int) -> complex:
        if index >= self.phases or self.lost[index]:
            return 0j
        return self.nominal_v * self.factor[index] * PHASORS[index]

    def _line_v(self, index: int, star: complex) -> float:
        if index >= self.phases or self.lost[index]:
            return 0.0
        return abs(self._source(index) - star) if star else self.nominal_v * self.factor[index]

    @property
    def cycle_us(self) -> int:
        """Length of one mains cycle."""
        return round(1e9 / self.frequency_mhz)
