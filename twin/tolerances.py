"""Component values drawn from their bands: nominal, random by seed, or at the bands' ends.

`worst` puts every component at one end of its band, which end by seed: the
corners of the box. Bands are those that IEC 61851-1 gives to the parts of an
EVSE; a vehicle's resistors stay within ±3 % (its wider accepted extremes are
cases of their own and are not stacked on a generator at its end).
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

Tolerance = Literal["nominal", "random", "worst"]


class Draw:
    """Draws values from bands.

    Args:
        tolerance: nominal, random or worst.
        seed: with `name`, decides every value.
        name: of the part that is drawn, so that parts are independent.
    """

    def __init__(self, tolerance: Tolerance, seed: int, name: str) -> None:
        self.tolerance = tolerance
        self._random = Random(f"{seed}/{name}")

    def value(self, nominal: float, low: float, high: float) -> float:
        """Return one value from a band."""
        if self.tolerance == "nominal":
            return nominal
        if self.tolerance == "worst":
            return low if self._random.random() < 0.5 else high
        return self._random.uniform(low, high)

    def integer(self, nominal: int, low: int, high: int) -> int:
        """Return one whole value from a band."""
        return round(self.value(nominal, low, high))

    def phase_us(self, period_us: int) -> int:
        """Return an instant in 0…period-1, by seed whatever the tolerance."""
        return self._random.randrange(period_us)


Poles = tuple[int, int, int, int]
"""A value for each main pole: N, L1, L2, L3."""


@dataclass(frozen=True, slots=True)
class EvseParts:
    """The components of one EVSE, as drawn.

    Attributes:
        positive_v: generator, 11.4…12.6 (IEC 61851-1 Table A.2).
        negative_v: generator, -12.6…-11.4.
        source_ohm: 970…1030.
        evse_pf: 300…1600.
        pilot_period_us: 981…1020, that is 980…1020 Hz.
        duty_error_ppm: of the generator's timer, ±1000.
        pilot_phase_us: instant of a PWM period's begin.
        tick_phase_us: instant of a control tick.
        mains_phase_us: instant of a mains cycle's begin.
        close_us: contactor, coil on to the armature's arrival.
        release_us: contactor, coil off to the armature's leaving; with the lag of the last pole
            8…30 ms.
        close_lags_us: by pole (N, L1, L2, L3), from the armature's arrival to the first touch:
            poles wear unequally (0…0.5 ms).
        release_lags_us: by pole, from the armature's leaving to the parting.
        bounces_us: by pole, from the first touch to rest.
        voltage_gain: meter, reading over truth.
        current_gain: meter, reading over truth.
        monitor_threshold_ma: residual-current monitor, 3.5…5.5 mA.
        monitor_slowness: factor on its trip times.
        device_threshold_ma: residual-current device, 16…29 mA (15…30: IEC 61008).
        device_slowness: factor on its trip times.
    """

    positive_v: float
    negative_v: float
    source_ohm: float
    evse_pf: float
    pilot_period_us: int
    duty_error_ppm: int
    pilot_phase_us: int
    tick_phase_us: int
    mains_phase_us: int
    close_us: int
    release_us: int
    close_lags_us: Poles
    release_lags_us: Poles
    bounces_us: Poles
    voltage_gain: float
    current_gain: float
    monitor_threshold_ma: float
    monitor_slowness: float
    device_threshold_ma: float
    device_slowness: float


def draw_evse(tolerance: Tolerance, seed: int, class_percent: float) -> EvseParts:
    """Draw the components of an EVSE whose meter may be off by `class_percent`."""
    draw = Draw(tolerance, seed, "evse")
    # Two gains share the meter's class; a tenth is left for its resolution.
    gain = 0.45 * class_percent / 100
    period_us = draw.integer(1000, 981, 1020)
    return EvseParts(
        positive_v=draw.value(12.0, 11.4, 12.6),
        negative_v=draw.value(-12.0, -12.6, -11.4),
        source_ohm=draw.value(1000.0, 970.0, 1030.0),
        evse_pf=draw.value(1000.0, 300.0, 1600.0),
        pilot_period_us=period_us,
        duty_error_ppm=draw.integer(0, -1000, 1000),
        pilot_phase_us=draw.phase_us(period_us),
        tick_phase_us=draw.phase_us(1000),
        mains_phase_us=draw.phase_us(20_000),
        close_us=draw.integer(18_000, 10_000, 30_000),
        release_us=draw.integer(12_000, 8_000, 29_500),
        voltage_gain=draw.value(1.0, 1 - gain, 1 + gain),
        current_gain=draw.value(1.0, 1 - gain, 1 + gain),
        monitor_threshold_ma=draw.value(4.5, 3.5, 5.5),
        monitor_slowness=draw.value(1.0, 0.7, 1.3),
        device_threshold_ma=draw.value(22.0, 16.0, 29.0),
        device_slowness=draw.value(1.0, 0.8, 1.2),
        close_lags_us=_poles(draw, 0, 0, 500),
        release_lags_us=_poles(draw, 0, 0, 500),
        bounces_us=_poles(draw, 1_500, 500, 3_000),
    )


def _poles(draw: Draw, nominal: int, low: int, high: int) -> Poles:
    n, l1, l2, l3 = (draw.integer(nominal, low, high) for _ in range(4))
    return n, l1, l2, l3
