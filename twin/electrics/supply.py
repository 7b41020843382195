"""The mains ahead of the contactor: one or three phases, what is wrong with them, and the line."""

from __future__ import annotations

from math import hypot, sqrt

Triple = tuple[float, float, float]

LINES = ("l1", "l2", "l3")


class Supply:
    """A supply as it stands; whoever changes a field calls `refresh`.

    Attributes:
        nominal_v: phase to neutral.
        phases: 1 or 3.
        frequency_mhz: millihertz.
        line_ohm: resistance of the supply line, per phase with its share of the neutral.
        factor: sag or swell by line, of nominal.
        lost: lines that are gone.
        shift_v: with the neutral lost, how far the building's load pulls the star point to L1.
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
        self.outage = False
        self.tripped = False
        self.off = False
        self.open_v: Triple = (0.0, 0.0, 0.0)
        self.alive = False
        self.refresh()

    def refresh(self) -> None:
        """Work the voltages out anew."""
        if self.outage or self.tripped or self.off:
            self.open_v = (0.0, 0.0, 0.0)
        else:
            first, second, third = (self._line_v(index) for index in range(3))
            self.open_v = (first, second, third)
        self.alive = max(self.open_v) > 0.0

    def _line_v(self, index: int) -> float:
        if index >= self.phases or self.lost[index]:
            return 0.0
        volts = self.nominal_v * self.factor[index]
        if not self.shift_v:
            return volts
        # The star point moves along L1: vector difference at 0, -120 and +120 degrees.
        along = volts if index == 0 else -volts / 2
        across = 0.0 if index == 0 else volts * sqrt(3) / 2
        return hypot(along - self.shift_v, across)

    @property
    def cycle_us(self) -> int:
        """Length of one mains cycle."""
        return round(1e9 / self.frequency_mhz)
