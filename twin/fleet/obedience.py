"""Whether a connector keeps the limit it was given: measured current against commanded limit."""

from __future__ import annotations

from dataclasses import dataclass

from twin.evse import Evse

LOOK_US = 30_000_000
"""Between two looks at a connector.

A limit counts from the second look after it was set: the pilot's duty changes at most every
5 s (IEC 61851-1 Annex A), a vehicle follows within 5 to 6 s, and a soft stop takes 6 to 7 s.
"""

LEAST_A = 6.0
"""Below it a pilot offers nothing (IEC 61851-1 Table A.7)."""

TOLERANCE = 1.05
TOLERANCE_A = 0.5
"""A current is above its limit beyond limit × 1.05 + 0.5 A: the vehicle's and the meter's share."""


@dataclass(slots=True)
class Kept:
    """What was seen at the connectors of a fleet.

    Attributes:
        looks: At closed contactors.
        limited: Of these, at connectors that were limited below their rating.
        over: Of these, with more current than the limit allows.
        worst_a: The greatest current above its limit.
        orders: Charging profiles that were accepted.
        compared: How often what a pilot offers was compared with them.
    """

    looks: int = 0
    limited: int = 0
    over: int = 0
    worst_a: float = 0.0
    orders: int = 0
    compared: int = 0


class Obedience:
    """Looks at one connector."""

    __slots__ = ("_evse", "_highest_a", "_kept")

    def __init__(self, evse: Evse, kept: Kept) -> None:
        self._evse = evse
        self._kept = kept
        self._highest_a = evse.config.rating_a
        evse.on_report(self._note)

    def _note(self, *_: object) -> None:
        """Remember the highest limit since the last look: a schedule may have short periods."""
        self._highest_a = max(self._highest_a, self._limit_a())

    def _limit_a(self) -> float:
        """Return the limit in force; below 6 A nothing is offered (IEC 61851-1 Table A.7)."""
        command = self._evse.controller.command
        return command.limit_a if command.permitted and command.limit_a >= LEAST_A else 0.0

    def look(self) -> str | None:
        """Look now; return what is wrong, None if nothing is."""
        evse, kept = self._evse, self._kept
        command = evse.controller.command
        limit_a = self._limit_a()
        allowed_a, self._highest_a = max(self._highest_a, limit_a), limit_a
        if evse.faults or not evse.pole_closed():
            return None
        kept.looks += 1
        kept.limited += limit_a < evse.config.rating_a
        if evse.config.kind == "plain" and command.permitted:
            allowed_a = evse.config.rating_a  # a relay: all or nothing
        current_a = max(evse.current_a("l1"), evse.current_a("l2"), evse.current_a("l3"))
        if current_a <= allowed_a * TOLERANCE + TOLERANCE_A:
            return None
        kept.over += 1
        kept.worst_a = max(kept.worst_a, current_a - allowed_a)
        return f"{current_a:.1f} A where {allowed_a:.1f} A are allowed"
