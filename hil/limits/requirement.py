"""What a requirement is: a limit on one measurable quantity, and where it comes from."""

from __future__ import annotations

from typing import Literal

import msgspec

TargetName = Literal["twin", "sil", "virtual", "board"]
TARGETS: tuple[TargetName, ...] = ("twin", "sil", "virtual", "board")
"""Every kind of target, from all-simulated to all-real."""


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document that sets a limit."""

    standard: str
    clause: str


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The range a quantity has to stay in, and how well a target can measure it.

    A limit either has a `lower` or an `upper` bound (or both), inclusive, in
    `unit`; or it says `never`: the event must not happen within `observe_s`
    seconds.
    """

    quantity: str
    unit: str
    uncertainty: dict[TargetName, float]
    """Expanded uncertainty U (k = 2) by target, in `unit`. A target that is not named
    cannot measure this quantity."""
    lower: float | None = None
    upper: float | None = None
    never: bool = False
    observe_s: float = 10.0
    repetitions: dict[TargetName, int] = {}
    """How often a target measures before the worst value is judged; 1 where not named."""


class Requirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One requirement on an EVSE, a vehicle or a meter."""

    source: Source
    text: str
    limit: Limit
    id: str = ""
    not_applicable: str | None = None
    """Why no EVSE within reach can be held to it; None where it applies."""

    def measurable_on(self, target: str) -> bool:
        """Say whether `target` can measure the quantity at all."""
        return target in self.limit.uncertainty

    def repetitions_on(self, target: TargetName) -> int:
        """Return how many measurements `target` takes before the worst is judged."""
        return self.limit.repetitions.get(target, 1)
