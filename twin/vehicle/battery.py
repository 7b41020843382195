"""A traction battery: open-circuit voltage over charge, internal resistance, taper.

Charge q in coulombs, u(q) the open-circuit voltage, straight between the
points of its table. While power P goes in, dq/dt = I with u I + R I² = P; at the
voltage limit, dq/dt = (U_max - u(q)) / R. Both are solved in closed form.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from math import asinh, exp, inf, log, sqrt

TOLERANCE_S = 1e-9
"""How near `charge_after` comes to the time it was asked for."""


class Battery:
    """A battery at some state of charge.

    Args:
        capacity_ah: usable charge.
        curve: (state of charge 0…1, open-circuit volts), rising in both, from 0 to 1.
        resistance_ohm: internal, with the slow polarisation that a charge of hours sees.
        max_v: terminal voltage that the charger holds at the end.
        cutoff_a: charging ends when the battery takes less than this.

    Raises:
        ValueError: a curve that does not rise from 0 to 1, or a value that is not positive.
    """

    def __init__(
        self,
        capacity_ah: float,
        curve: Sequence[tuple[float, float]],
        resistance_ohm: float,
        max_v: float,
        cutoff_a: float,
    ) -> None:
        for name, value in (
            ("capacity_ah", capacity_ah),
            ("resistance_ohm", resistance_ohm),
            ("max_v", max_v),
            ("cutoff_a", cutoff_a),
        ):
            if value <= 0:
                raise ValueError(f"{name} is {value}: it has to be positive")
        if [curve[0][0], curve[-1][0]] != [0.0, 1.0]:
            raise ValueError("the open-circuit curve has to go from state of charge 0 to 1")
        if any(b[0] <= a[0] or b[1] <= a[1] for a, b in pairwise(curve)):
            raise ValueError("the open-circuit curve has to rise in charge and in voltage")
        self.capacity_c = capacity_ah * 3600.0
        self.resistance_ohm = resistance_ohm
        self.max_v = max_v
        self.cutoff_a = cutoff_a
        self.charges = [share * self.capacity_c for share, _ in curve]
        self.volts = [volts for _, volts in curve]
        self.slopes = [
            (self.volts[i + 1] - self.volts[i]) / (self.charges[i + 1] - self.charges[i])
            for i in range(len(curve) - 1)
        ]
        self._last = len(self.slopes) - 1

    def _piece(self, charge_c: float) -> int:
        piece = bisect_right(self.charges, charge_c) - 1
        if piece < 0:
            return 0
        return min(piece, self._last)

    def open_v(self, charge_c: float) -> float:
        """Return the open-circuit voltage at a charge."""
        piece = self._piece(charge_c)
        return self.volts[piece] + self.slopes[piece] * (charge_c - self.charges[piece])

    def charge_at(self, open_v: float) -> float:
        """Return the charge at an open-circuit voltage; below 0 or above full: the end."""
        if open_v <= self.volts[0]:
            return 0.0
        if open_v >= self.volts[-1]:
            return self.capacity_c
        piece = bisect_right(self.volts, open_v) - 1
        return self.charges[piece] + (open_v - self.volts[piece]) / self.slopes[piece]

    def stored_ws(self, charge_c: float) -> float:
        """Return the energy stored up to a charge: ∫ u dq."""
        total, piece = 0.0, self._piece(charge_c)
        for i in range(piece):
            total += (
                (self.volts[i] + self.volts[i + 1]) / 2 * (self.charges[i + 1] - self.charges[i])
            )
        return total + (self.volts[piece] + self.open_v(charge_c)) / 2 * (
            charge_c - self.charges[piece]
        )

    def current_at_power(self, charge_c: float, power_w: float) -> float:
        """Return the current that a power drives into the battery, A."""
        u = self.open_v(charge_c)
        return 2 * power_w / (u + sqrt(u * u + 4 * self.resistance_ohm * power_w))

    def power_limit_w(self, charge_c: float) -> float:
        """Return the power at which the terminals reach the voltage limit."""
        return self.max_v * max(0.0, self.max_v - self.open_v(charge_c)) / self.resistance_ohm

    def taper_charge(self, power_w: float) -> float:
        """Return the charge at which a power reaches the voltage limit."""
        return self.charge_at(self.max_v - self.resistance_ohm * power_w / self.max_v)

    # --- constant power ---

    def seconds_at_power(self, start_c: float, end_c: float, power_w: float) -> float:
        """Return how long a power takes from one charge to another; inf without power."""
        if power_w <= 0:
            return inf if end_c > start_c else 0.0
        total, piece, charge = 0.0, self._piece(start_c), start_c
        while charge < end_c:
            last = piece + 1 == len(self.slopes)
            stop = end_c if last else min(end_c, self.charges[piece + 1])
            total += self._seconds_in_piece(piece, charge, stop, power_w)
            charge, piece = stop, piece + 1
        return total

    def _seconds_in_piece(self, piece: int, start_c: float, end_c: float, power_w: float) -> float:
        # dt = dq / I = du / k · (u + sqrt(u² + a²)) / 2P with a² = 4 R P.
        k, q0, u0 = self.slopes[piece], self.charges[piece], self.volts[piece]
        a2 = 4 * self.resistance_ohm * power_w
        a = sqrt(a2)
        u, v = u0 + k * (start_c - q0), u0 + k * (end_c - q0)
        area = (
            v * v
            - u * u
            + v * sqrt(v * v + a2)
            - u * sqrt(u * u + a2)
            + a2 * (asinh(v / a) - asinh(u / a))
        )
        return area / (4 * power_w * k)

    def charge_after(self, start_c: float, seconds: float, power_w: float) -> float:
        """Return the charge after a power went in for some time."""
        if power_w <= 0 or seconds <= 0:
            return start_c
        charge, piece = start_c, self._piece(start_c)
        while piece + 1 < len(self.slopes):
            needed = self._seconds_in_piece(piece, charge, self.charges[piece + 1], power_w)
            if needed > seconds:
                break
            seconds -= needed
            piece += 1
            charge = self.charges[piece]
        # Newton on time(q) = seconds; dt/dq = 1/I, and I hardly changes inside a piece.
        k, q0, u0 = self.slopes[piece], self.charges[piece], self.volts[piece]
        end = charge
        missing = seconds
        for _ in range(20):
            u = u0 + k * (end - q0)
            current = 2 * power_w / (u + sqrt(u * u + 4 * self.resistance_ohm * power_w))
            end += missing * current
            missing = seconds - self._seconds_in_piece(piece, charge, end, power_w)
            if abs(missing) < TOLERANCE_S:
                break
        return end

    # --- constant voltage ---

    def taper_piece(self, charge_c: float) -> tuple[float, float, float]:
        """Return how the current decays at the voltage limit from a charge on.

        Returns:
            Current now in A, its time constant in s, and for how many s that law
            holds: to the end of this piece of the curve.
        """
        piece = self._piece(charge_c)
        tau_s = self.resistance_ohm / self.slopes[piece]
        now_a = max(0.0, self.max_v - self.open_v(charge_c)) / self.resistance_ohm
        end_a = (self.max_v - self.volts[piece + 1]) / self.resistance_ohm
        holds_s = inf if end_a <= 0 or piece + 1 == len(self.slopes) else tau_s * log(now_a / end_a)
        return now_a, tau_s, holds_s


def taper_charge_c(start_a: float, tau_s: float, seconds: float) -> float:
    """Return the charge that a decaying current brings in some time."""
    return start_a * tau_s * (1.0 - exp(-seconds / tau_s))
