"""An on-board charger: what it draws from the line and what of it reaches the battery.

Its losses are a constant, a linear and a quadratic part of the battery power:
P_line = P_idle + (1 + k1) P + k2 P².
"""

from __future__ import annotations

from copy import copy
from math import exp, inf, log, sqrt


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

    The battery current decays by one exponential y = exp(-t / tau); the line
    current follows it over losses and line drop, bent a little. It is held as
    the polynomial of fourth degree in y through five points, which meets that
    bend to a ten-millionth, and everything else is in closed form.

    Args:
        charger: the power stage.
        inlet: the line side.
        max_v: the battery's voltage limit.
        battery_a: battery current at the start.
        tau_s: its time constant.
        ends_s: how long it holds.
    """

    __slots__ = ("_c", "_d", "_raised_a", "_start_w", "charger", "ends_s", "inlet", "tau_s")
    straight = False

    def __init__(
        self,
        charger: OnboardCharger,
        inlet: Inlet,
        max_v: float,
        battery_a: float,
        tau_s: float,
        ends_s: float,
    ) -> None:
        self.charger = charger
        self.inlet = inlet
        self.tau_s = tau_s
        self.ends_s = ends_s
        self._start_w = start_w = max_v * battery_a
        points = [inlet.current_a(charger.line_w(0.25 * k * start_w)) for k in range(5)]
        self._c = _through(points)
        self._d: tuple[float, ...] | None = None
        self._raised_a = 0.0

    def _squares(self) -> tuple[float, ...]:
        """Return I² as coefficients of powers of y."""
        if self._d is None:
            c = self._c
            d = [0.0] * 9
            for i in range(5):
                for j in range(5):
                    d[i + j] += c[i] * c[j]
            self._d = tuple(d)
        return self._d

    def current(self, t_s: float) -> float:
        """Return the line current, A."""
        y = exp(-t_s / self.tau_s)
        c0, c1, c2, c3, c4 = self._c
        return c0 + y * (c1 + y * (c2 + y * (c3 + y * c4)))

    def integrals(self, from_s: float, to_s: float) -> tuple[float, float]:
        """Return ∫I dt and ∫I² dt."""
        span_s, tau_s = to_s - from_s, self.tau_s
        y, z = exp(-from_s / tau_s), exp(-to_s / tau_s)
        c, d = self._c, self._squares()
        first, second = c[0] * span_s, d[0] * span_s
        y_power = z_power = 1.0
        for m in range(1, 9):
            y_power *= y
            z_power *= z
            share = tau_s / m * (y_power - z_power)
            if m < 5:
                first += c[m] * share
            second += d[m] * share
        return first, second

    def reaches(self, current_a: float, after_s: float) -> float:
        """Return when the current has fallen to a value."""
        own_a = current_a - self._raised_a
        battery_w = self.charger.battery_w(self.inlet.power_w(own_a))
        if battery_w <= 0:
            return inf
        t_s = self.tau_s * log(self._start_w / battery_w)
        return t_s if after_s <= t_s <= self.ends_s + 1e-6 else inf

    def heat(self, t_s: float, tau_s: float) -> float:
        """Return what a first-order lag makes of I²."""
        rest, y = exp(-t_s / tau_s), exp(-t_s / self.tau_s)
        total, power = 0.0, 1.0
        for m, coefficient in enumerate(self._squares()):
            apart = 1.0 - m * tau_s / self.tau_s
            # Two lags that are alike make t exp(-t) of each other.
            alike = abs(apart) < ALIKE
            total += coefficient * (t_s / tau_s * rest if alike else (power - rest) / apart)
            power *= y
        return total

    def bounds(self, t_s: float) -> tuple[float, float]:
        """Return 0 and the current: from now on it falls."""
        return 0.0, self.current(t_s)

    def raised(self, amps: float) -> Taper:
        """Return this leg with so much more current at every time."""
        other = copy(self)
        other._c = (self._c[0] + amps, *self._c[1:])
        other._d = None
        other._raised_a = self._raised_a + amps
        return other


ALIKE = 1e-7


def _through(points: list[float]) -> tuple[float, float, float, float, float]:
    """Return the polynomial through five values at 0, 1/4, 1/2, 3/4 and 1."""
    f0, f1, f2, f3, f4 = points
    return (
        f0,
        (-25 * f0 + 48 * f1 - 36 * f2 + 16 * f3 - 3 * f4) / 3,
        (70 * f0 - 208 * f1 + 228 * f2 - 112 * f3 + 22 * f4) / 3,
        (-80 * f0 + 288 * f1 - 384 * f2 + 224 * f3 - 48 * f4) / 3,
        (32 * f0 - 128 * f1 + 192 * f2 - 128 * f3 + 32 * f4) / 3,
    )
