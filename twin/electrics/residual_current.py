"""Residual current: the monitor in the EVSE (IEC 62955) and the device ahead of it (IEC 61008)."""

from __future__ import annotations

from itertools import pairwise
from math import exp, log

Curve = tuple[tuple[float, float], ...]

MONITOR_CURVE: Curve = ((6.0, 1_000_000.0), (60.0, 120_000.0), (200.0, 40_000.0))
"""Own trip time of a DC monitor, us by mA; inside IEC 62955's 10 s, 0.3 s and 0.1 s end to end."""

DEVICE_CURVE: Curve = ((30.0, 200_000.0), (60.0, 100_000.0), (150.0, 30_000.0))
"""Trip time of a type A device, us by mA; inside IEC 61008's 300, 150 and 40 ms."""


def trip_time_us(curve: Curve, current_ma: float) -> float:
    """Return the trip time on a curve, straight between its points on logarithmic axes.

    Below the first point the first slope goes on; above the last the time stays.
    """
    if current_ma >= curve[-1][0]:
        return curve[-1][1]
    for (low_ma, low_us), (high_ma, high_us) in pairwise(curve):
        if current_ma <= high_ma:
            share = log(current_ma / low_ma) / log(high_ma / low_ma)
            return low_us * exp(share * log(high_us / low_us))
    raise AssertionError("the last point ends the curve")


class Delay:
    """A trip with its own delay curve: the larger the current, the sooner.

    The way to the trip is covered in proportion to time over trip time, so a
    current that changes on the way counts for what it was when it was.

    Attributes:
        threshold_ma: below it nothing happens and what was covered is forgotten.
        slowness: factor on the curve's times.
        current_ma: magnitude now.
    """

    def __init__(self, curve: Curve, threshold_ma: float, slowness: float = 1.0) -> None:
        self.curve = curve
        self.threshold_ma = threshold_ma
        self.slowness = slowness
        self.current_ma = 0.0
        self._covered = 0.0
        self._since_us = 0

    def set_current(self, now_us: int, current_ma: float) -> int | None:
        """Take a new current over; return when it will trip if it stays, or None."""
        if self.current_ma >= self.threshold_ma:
            self._covered += (now_us - self._since_us) / self._time_us()
        self.current_ma = abs(current_ma)
        self._since_us = now_us
        if self.current_ma < self.threshold_ma:
            self._covered = 0.0
            return None
        remaining = max(0.0, 1.0 - self._covered)
        return now_us + max(1, round(remaining * self._time_us()))

    def _time_us(self) -> float:
        return self.slowness * trip_time_us(self.curve, self.current_ma)


class ResidualMonitor:
    """The direct-current monitor with its trip output and its self-test input.

    Attributes:
        test_ma: current that its self-test sends through its own winding.
        release_us: how long the trip output stays after the current has gone.
        leak_ma: direct current to earth now.
        testing: self-test input.
        trip: trip output.
        dead: never trips, measures nothing.
        stuck: trip output on for good.
    """

    def __init__(self, threshold_ma: float = 4.5, slowness: float = 1.0) -> None:
        self.delay = Delay(MONITOR_CURVE, threshold_ma, slowness)
        self.test_ma = 30.0
        self.release_us = 20_000
        self.leak_ma = 0.0
        self.testing = False
        self.trip = False
        self.dead = False
        self.stuck = False

    @property
    def output(self) -> bool:
        """The trip output at the pin."""
        return self.stuck or (self.trip and not self.dead)

    @property
    def reading_ma(self) -> float:
        """The measured direct current at the pin."""
        return 0.0 if self.dead else self.leak_ma + (self.test_ma if self.testing else 0.0)

    def update(self, now_us: int) -> tuple[int, bool] | None:
        """Take leak and test input over; return when the trip output will be what, if it moves."""
        due_us = self.delay.set_current(now_us, self.reading_ma)
        if due_us is not None:
            return None if self.trip else (due_us, True)
        return (now_us + self.release_us, False) if self.trip else None
