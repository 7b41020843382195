"""The current through the main poles as a function of time, in legs with closed-form integrals.

All loaded lines carry the vehicle's current (a fault may raise that of one), so its
integral and the integral of its square give every energy, loss and temperature: with
line voltage V = V0 - z I, energy through the meter is pf (V0 ∫I dt - z ∫I² dt).
"""

from __future__ import annotations

from math import exp, inf
from typing import Protocol


class Leg(Protocol):
    """A stretch of time over which the current follows one law; times in s from its start.

    Attributes:
        straight: the current runs straight from end to end.
    """

    straight: bool

    def current(self, t_s: float) -> float:
        """Return the current of one line, A root mean square."""
        ...

    def integrals(self, from_s: float, to_s: float) -> tuple[float, float]:
        """Return ∫I dt in A s and ∫I² dt in A² s over a span."""
        ...

    def reaches(self, current_a: float, after_s: float) -> float:
        """Return the first time at or after `after_s` at which it is `current_a`; inf: never."""
        ...

    def heat(self, t_s: float, tau_s: float) -> float:
        """Return what a first-order lag of `tau_s`, at 0 at the start, makes of I² by `t_s`, A²."""
        ...

    def bounds(self, t_s: float) -> tuple[float, float]:
        """Return bounds of the current from `t_s` to the leg's end."""
        ...

    def raised(self, amps: float) -> Leg:
        """Return this leg with so much more current at every time."""
        ...


class Constant:
    """A steady current."""

    __slots__ = ("amps",)
    straight = True

    def __init__(self, amps: float) -> None:
        self.amps = amps

    def current(self, t_s: float) -> float:  # noqa: ARG002 - the same at every time
        """Return the current, A."""
        return self.amps

    def integrals(self, from_s: float, to_s: float) -> tuple[float, float]:
        """Return ∫I dt and ∫I² dt."""
        charge = self.amps * (to_s - from_s)
        return charge, self.amps * charge

    def reaches(self, current_a: float, after_s: float) -> float:
        """Return `after_s` if it is that current, else inf."""
        return after_s if current_a == self.amps else inf

    def heat(self, t_s: float, tau_s: float) -> float:
        """Return what a first-order lag makes of I²."""
        return self.amps * self.amps * (1.0 - exp(-t_s / tau_s))

    def bounds(self, t_s: float) -> tuple[float, float]:  # noqa: ARG002 - the same at every time
        """Return the current twice."""
        return self.amps, self.amps

    def raised(self, amps: float) -> Constant:
        """Return this leg with so much more current."""
        return Constant(self.amps + amps)


class Ramp:
    """A current that changes by so many amps a second, for so many seconds."""

    __slots__ = ("amps", "ends_s", "slope")
    straight = True

    def __init__(self, amps: float, slope: float, ends_s: float) -> None:
        self.amps = amps
        self.slope = slope
        self.ends_s = ends_s

    def current(self, t_s: float) -> float:
        """Return the current, A."""
        return self.amps + self.slope * t_s

    def integrals(self, from_s: float, to_s: float) -> tuple[float, float]:
        """Return ∫I dt and ∫I² dt."""
        span_s, s = to_s - from_s, self.slope
        a = self.amps + s * from_s
        return (
            span_s * (a + s * span_s / 2),
            span_s * (a * a + span_s * (a * s + s * s * span_s / 3)),
        )

    def reaches(self, current_a: float, after_s: float) -> float:
        """Return when it is that current, if still to come."""
        t_s = (current_a - self.amps) / self.slope
        return t_s if after_s <= t_s <= self.ends_s else inf

    def heat(self, t_s: float, tau_s: float) -> float:
        """Return what a first-order lag makes of I²."""
        # tau h' + h = a + b t + c t² has the solution p + q t + c t² and a rest that decays.
        a, b, c = self.amps * self.amps, 2 * self.amps * self.slope, self.slope * self.slope
        q = b - 2 * tau_s * c
        p = a - tau_s * q
        return p + t_s * (q + c * t_s) - p * exp(-t_s / tau_s)

    def bounds(self, t_s: float) -> tuple[float, float]:
        """Return the current and that at the end, the lower one first."""
        present_a, last_a = self.amps + self.slope * t_s, self.amps + self.slope * self.ends_s
        return (present_a, last_a) if self.slope > 0 else (last_a, present_a)

    def raised(self, amps: float) -> Ramp:
        """Return this leg with so much more current at every time."""
        return Ramp(self.amps + amps, self.slope, self.ends_s)


NO_CURRENT = Constant(0.0)
"""Nothing flows."""
NOTHING_BESIDE = Constant(0.0)
"""The vehicle's charger draws nothing, but a fault beside it does."""
