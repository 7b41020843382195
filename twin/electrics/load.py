"""The current through the main poles as a function of time, in legs with closed-form integrals.

All loaded lines carry the same current, so its integral and the integral of
its square give every energy, loss and temperature: with line voltage
V = V0 - z I, energy through the meter is pf (V0 ∫I dt - z ∫I² dt).
"""

from __future__ import annotations

from math import inf
from typing import Protocol

GAUSS_5 = (
    (0.04691007703066802, 0.11846344252809454),
    (0.23076534494715845, 0.23931433524968324),
    (0.5, 0.28444444444444444),
    (0.7692346550528415, 0.23931433524968324),
    (0.9530899229693319, 0.11846344252809454),
)
"""Nodes and weights of the five-point Gauss-Legendre rule on 0…1."""


MOST_A = 400.0
"""No ramp goes beyond this: five times what a pilot can offer (IEC 61851-1: 80 A)."""


class Leg(Protocol):
    """A stretch of time over which the current follows one law; times in s from its start."""

    def current(self, t_s: float) -> float:
        """Return the current of one line, A root mean square."""
        ...

    def integrals(self, from_s: float, to_s: float) -> tuple[float, float]:
        """Return ∫I dt in A s and ∫I² dt in A² s over a span."""
        ...

    def reaches(self, current_a: float, after_s: float) -> float:
        """Return the first time at or after `after_s` at which it is `current_a`; inf: never."""
        ...

    def square(self) -> tuple[float, float, float] | None:
        """Return I² as coefficients of 1, t, t²; None: not a polynomial."""
        ...

    def bounds(self, t_s: float) -> tuple[float, float]:
        """Return bounds of the current from `t_s` to the leg's end."""
        ...


class Constant:
    """A steady current."""

    __slots__ = ("amps",)

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

    def square(self) -> tuple[float, float, float]:
        """Return I² as coefficients of 1, t, t²."""
        return self.amps * self.amps, 0.0, 0.0

    def bounds(self, t_s: float) -> tuple[float, float]:  # noqa: ARG002 - the same at every time
        """Return the current twice."""
        return self.amps, self.amps


class Ramp:
    """A current that changes by so many amps a second."""

    __slots__ = ("amps", "slope")

    def __init__(self, amps: float, slope: float) -> None:
        self.amps = amps
        self.slope = slope

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
        return t_s if t_s >= after_s else inf

    def square(self) -> tuple[float, float, float]:
        """Return I² as coefficients of 1, t, t²."""
        return self.amps * self.amps, 2 * self.amps * self.slope, self.slope * self.slope

    def bounds(self, t_s: float) -> tuple[float, float]:
        """Return the current and how far a ramp may go."""
        present_a = self.amps + self.slope * t_s
        return (present_a, MOST_A) if self.slope > 0 else (0.0, present_a)


NO_CURRENT = Constant(0.0)
"""Nothing flows."""
