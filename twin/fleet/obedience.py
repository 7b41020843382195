"""Whether a connector keeps the limit it was given: measured current against commanded limit."""

from __future__ import annotations

from dataclasses import dataclass

from twin.evse import Evse

LOOK_US = 30_000_000
"""Between two looks at a connector.

A limit counts from the second look after it was set: the pilot's duty changes at most every
5 s (IEC 61851-1 Annex A), a vehicle follows within 5 to 6 s, and a soft stop takes 6 to 7 s.
"""

TOLERANCE = 1.05
TOLERANCE_A = 0.5
"""A current is above its limit beyond limit × 1.05 + 0.5 A: the vehicle's and the meter's share."""


@dataclass(slots=True)
class Kept:
    """What was seen at the connectors of a fleet, as counts of looks at closed contactors.

    Attributes:
        looks: All of them.
        limited: At connectors that were limited below their rating.
        over: With more current than the limit allows.
        worst_a: The greatest current above its limit.
    """

    looks: int = 0
    limited: int = 0
    over: int = 0
    worst_a: float = 0.0


class Obedience:
    """Looks at one connector."""

    __slots__ = ("_before_a", "_evse", "_kept")

    def __init__(self, evse: Evse, kept: Kept) -> None:
        self._evse = evse
        self._kept = kept
        self._before_a = evse.config.rating_a

    def look(self) -> str | None:
        """Look now; return what is wrong, None if nothing is."""
        evse, kept = self._evse, self._kept
        command = evse.controller.command
        limit_a = command.limit_a if command.permitted else 0.0
        before_a, self._before_a = self._before_a, limit_a
        if evse.faults or not evse.pole_closed():
            return None
        kept.looks += 1
        kept.limited += limit_a < evse.config.rating_a
        # Below 6 A nothing is offered (IEC 61851-1 Annex A): the contactor ought to be open.
        allowed_a = max(limit if limit >= 6 else 0.0 for limit in (before_a, limit_a))
        if evse.config.kind == "plain" and command.permitted:
            allowed_a = evse.config.rating_a  # a relay: all or nothing
        current_a = max(evse.current_a("l1"), evse.current_a("l2"), evse.current_a("l3"))
        if current_a <= allowed_a * TOLERANCE + TOLERANCE_A:
            return None
        kept.over += 1
        kept.worst_a = max(kept.worst_a, current_a - allowed_a)
        return f"{current_a:.1f} A where {allowed_a:.1f} A are allowed"
