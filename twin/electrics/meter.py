"""The meter's measuring front end: gain errors and resolution (EN 50470-3)."""

from __future__ import annotations

CLASS_PERCENT: dict[str, float] = {"A": 2.0, "B": 1.0, "C": 0.5}
"""Permitted error by accuracy class, per cent (EN 50470-3 clause 8)."""

SAMPLES_PER_SECOND = 10_000
"""Converter rate per channel: 200 samples in a 50 Hz cycle."""


class Meter:
    """What the converter makes of the true values.

    Attributes:
        voltage_gain: reading over truth.
        current_gain: reading over truth.
        angle_gain: what the phase error does to power.
        resolution_ws: least step of the energy integral.
        dead: delivers nothing.
    """

    def __init__(
        self,
        voltage_gain: float = 1.0,
        current_gain: float = 1.0,
        angle_gain: float = 1.0,
        resolution_ws: float = 0.0036,
    ) -> None:
        self.voltage_gain = voltage_gain
        self.current_gain = current_gain
        self.angle_gain = angle_gain
        self.resolution_ws = resolution_ws
        self.dead = False

    @property
    def power_gain(self) -> float:
        """Reading over truth for power and energy."""
        return self.voltage_gain * self.current_gain * self.angle_gain

    @property
    def energy_gain(self) -> float:
        """Counted over true energy; 0: nothing is counted."""
        return 0.0 if self.dead else self.power_gain

    def whole_ws(self, counted_ws: float) -> float:
        """Return an energy rounded down to the meter's resolution."""
        return counted_ws // self.resolution_ws * self.resolution_ws
