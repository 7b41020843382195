"""Single lines that carry more than the vehicle's current: what a fault adds to each."""

from __future__ import annotations

from dataclasses import dataclass

from twin.electrics.load import NO_CURRENT, NOTHING_BESIDE, Leg
from twin.electrics.supply import Triple

Legs = tuple[Leg, Leg, Leg]
NO_AMPS: Triple = (0.0, 0.0, 0.0)


@dataclass(slots=True)
class LineFaults:
    """What faults in the vehicle draw from single lines beside its charge.

    All of it is in phase with the charge, so that currents add up.

    Attributes:
        short_a: from a line to the neutral, whatever the charger does, A.
        overload_a: by the charger from one line more than from the others, while it charges, A.
        most_line: the line that carries most, 0…2.
    """

    short_a: Triple = NO_AMPS
    overload_a: Triple = NO_AMPS
    most_line: int = 0

    @property
    def there(self) -> bool:
        """A line is faulty."""
        return any(self.short_a) or any(self.overload_a)

    def divide(self, leg: Leg, live: tuple[bool, bool, bool]) -> tuple[Leg, Legs | None]:
        """Return the charger's own leg, and the legs of the lines; None: each carries that one.

        Args:
            leg: the charger's, or what this has returned for it.
            live: lines that have voltage and a circuit.
        """
        own = NO_CURRENT if leg is NOTHING_BESIDE else leg
        overload_a = NO_AMPS if own is NO_CURRENT else self.overload_a
        more_a = [
            short + overload if has_voltage else 0.0
            for short, overload, has_voltage in zip(self.short_a, overload_a, live, strict=True)
        ]
        if not any(more_a):
            return own, None
        own = NOTHING_BESIDE if own is NO_CURRENT else own
        self.most_line = more_a.index(max(more_a))
        first, second, third = (own.raised(more) if more else own for more in more_a)
        return own, (first, second, third)
