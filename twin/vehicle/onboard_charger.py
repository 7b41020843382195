"""An on-board charger: what it draws from the line and what of it reaches the battery.

Its losses are a constant, a linear and a quadratic part of the battery power:
P_line = P_idle + (1 + k1) P + k2 P².
"""

from __future__ import annotations

from math import ceil, exp, inf, log, sqrt

from twin.electrics.load import GAUSS_5


class OnboardCharger:
    """The power stage of an on-board charger.

    Args:
        rated_w: line power at full current.
        efficiency: at `rated_w`, 0…1.
        idle_w: losses without any output (fans, pumps, 12 V system).
        power_factor: of the line current.

    Raises:
        ValueError: an efficiency that leaves nothing for the losses at rated power.
    """

    def __init__(
        self, rated_w: float, efficiency: float, idle_w: float, power_factor: float
    ) -> None:
        output_w = efficiency * rated_w
        rest_w = rated_w - output_w - idle_w
        if not 0 < efficiency < 1 or rest_w < 0:
            raise ValueError(
                f"efficiency {efficiency} of {rated_w} W leaves nothing for {idle_w} W of idle loss"
            )
        if not 0 < power_factor <= 1:
            raise ValueError(f"power_factor is {power_factor}: it has to be in 0…1")
        self.idle_w = idle_w
        self.power_factor = power_factor
        # Of what is lost beyond idling at rated power, half is linear and half quadratic.
        self.linear = 1.0 + rest_w / 2 / output_w
        self.quadratic = rest_w / 2 / (output_w * output_w)

    def battery_w(self, line_w: float) -> float:
        """Return the battery power at a line power; 0 below the idle loss."""
        if line_w <= self.idle_w:
            return 0.0
        spare = line_w - self.idle_w
        if not self.quadratic:
            return spare / self.linear
        return 2 * spare / (self.linear + sqrt(self.linear**2 + 4 * self.quadratic * spare))

    def line_w(self, battery_w: float) -> float:
        """Return the line power at a battery power."""
        return self.idle_w + battery_w * (self.linear + self.quadratic * battery_w)


class Inlet:
    """The line side of the loaded phases together: P = a I - b I².

    Attributes:
        a: power factor times the sum of the loaded lines' open voltages, V.
        b: number of lines times (power factor times line resistance + cable loop), ohm.
    """

    __slots__ = ("a", "b")

    def __init__(self, a: float, b: float) -> None:
        self.a = a
        self.b = b

    def power_w(self, current_a: float) -> float:
        """Return the power at the inlet."""
        return (self.a - self.b * current_a) * current_a

    def current_a(self, power_w: float) -> float:
        """Return the current of one line that brings a power; inf: the line cannot bring it."""
        if not self.a:
            return inf
        under = self.a * self.a - 4 * self.b * power_w
        return 2 * power_w / (self.a + sqrt(under)) if under >= 0 else inf


class Taper:
    """Line current while the battery sits at its voltage limit: a leg, see `twin.electrics.load`.

    The battery current decays by one exponential; line current follows over
    losses and line drop. Integrals by five-point panels no longer than the
    time constant: relative error below 1e-9.
    """

    __slots__ = ("_integrals", "_span", "battery_a", "charger", "inlet", "max_v", "tau_s")

    def __init__(
        self, charger: OnboardCharger, inlet: Inlet, max_v: float, battery_a: float, tau_s: float
    ) -> None:
        self.charger = charger
        self.inlet = inlet
        self.max_v = max_v
        self.battery_a = battery_a
        self.tau_s = tau_s
        self._span = (0.0, 0.0)
        self._integrals = (0.0, 0.0)

    def current(self, t_s: float) -> float:
        """Return the line current, A."""
        battery_w = self.max_v * self.battery_a * exp(-t_s / self.tau_s)
        return self.inlet.current_a(self.charger.line_w(battery_w))

    def integrals(self, from_s: float, to_s: float) -> tuple[float, float]:
        """Return ∫I dt and ∫I² dt."""
        span_s = to_s - from_s
        if span_s <= 0:
            return 0.0, 0.0
        # Meter and battery ask for the same span, one after the other.
        if self._span == (from_s, to_s):
            return self._integrals
        panels = ceil(span_s / self.tau_s)
        width = span_s / panels
        first = second = 0.0
        for panel in range(panels):
            for node, weight in GAUSS_5:
                current = self.current(from_s + (panel + node) * width)
                first += weight * current
                second += weight * current * current
        self._span = (from_s, to_s)
        self._integrals = (first * width, second * width)
        return self._integrals

    def reaches(self, current_a: float, after_s: float) -> float:
        """Return when the current has fallen to a value."""
        battery_w = self.charger.battery_w(self.inlet.power_w(current_a))
        if battery_w <= 0:
            return inf
        t_s = self.tau_s * log(self.max_v * self.battery_a / battery_w)
        return t_s if t_s >= after_s else inf

    def square(self) -> None:
        """Return None: not a polynomial of time."""
        return

    def bounds(self, t_s: float) -> tuple[float, float]:
        """Return 0 and the current: from now on it falls."""
        return 0.0, self.current(t_s)
