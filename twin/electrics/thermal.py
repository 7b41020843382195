"""Temperature at a contact: contact resistance times I² over a first-order enclosure.

tau T' = T_ambient + gain I² - T, solved in closed form on every leg of the current.
"""

from __future__ import annotations

from math import exp, inf, log

from twin.electrics.load import Constant, Leg


class ThermalNode:
    """One sensor's spot.

    Attributes:
        gain: kelvin per A² once settled.
        kelvin_per_watt: from its losses to the ambient.
        tau_s: time constant with its enclosure.
        ambient_c: around it.
        celsius: temperature when the leg under way began.
        forced: it is held there.
    """

    def __init__(
        self, resistance_ohm: float, kelvin_per_watt: float, tau_s: float, ambient_c: float
    ) -> None:
        self.kelvin_per_watt = kelvin_per_watt
        self.resistance_ohm = resistance_ohm
        self.tau_s = tau_s
        self.ambient_c = ambient_c
        self.celsius = ambient_c
        self.forced = False

    def force(self, celsius: float | None) -> None:
        """Hold it at a temperature; None: let it go from there."""
        self.forced = celsius is not None
        if celsius is not None:
            self.celsius = celsius

    @property
    def resistance_ohm(self) -> float:
        """Resistance of the contact that heats it."""
        return self._resistance_ohm

    @resistance_ohm.setter
    def resistance_ohm(self, ohm: float) -> None:
        self._resistance_ohm = ohm
        self.gain = ohm * self.kelvin_per_watt

    def after(self, leg: Leg, span_s: float) -> float:
        """Return the temperature after the current has followed `leg` from its start."""
        if self.forced or span_s <= 0:
            return self.celsius
        if type(leg) is Constant:
            final_c = self.ambient_c + self.gain * leg.amps * leg.amps
            if final_c == self.celsius:
                return final_c
            return final_c + (self.celsius - final_c) * exp(-span_s / self.tau_s)
        decay = exp(-span_s / self.tau_s)
        ambient_c = self.ambient_c
        return (
            ambient_c
            + (self.celsius - ambient_c) * decay
            + self.gain * leg.heat(span_s, self.tau_s)
        )

    def leaves_s(
        self, celsius: float, low_c: float, high_c: float, least_a: float, most_a: float
    ) -> float:
        """Return a time before which the temperature cannot leave a band; inf: never.

        Exact for a steady current, else a lower bound: the current stays
        between `least_a` and `most_a`.
        """
        if self.forced:
            return inf
        hot_c = self.ambient_c + self.gain * most_a * most_a
        leaves = inf
        if hot_c > high_c:
            leaves = self.tau_s * log((hot_c - celsius) / (hot_c - high_c))
        if low_c > -inf:
            cold_c = self.ambient_c + self.gain * least_a * least_a
            if cold_c < low_c:
                leaves = min(leaves, self.tau_s * log((celsius - cold_c) / (low_c - cold_c)))
        return max(0.0, leaves)


def both_after(
    first: ThermalNode, second: ThermalNode, leg: Leg, span_s: float
) -> tuple[float, float]:
    """Return the temperatures of two nodes on one current, as `ThermalNode.after`."""
    # A tick asks for both, and most of the time the current is steady.
    if type(leg) is not Constant or span_s <= 0 or first.forced or second.forced:
        return first.after(leg, span_s), second.after(leg, span_s)
    amps = leg.amps
    final_c, celsius = first.ambient_c + first.gain * amps * amps, first.celsius
    if final_c != celsius:
        final_c += (celsius - final_c) * exp(-span_s / first.tau_s)
    other_c, celsius = second.ambient_c + second.gain * amps * amps, second.celsius
    if other_c != celsius:
        other_c += (celsius - other_c) * exp(-span_s / second.tau_s)
    return final_c, other_c
