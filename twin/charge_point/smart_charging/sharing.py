"""Sharing a limit of the whole charge point among its connectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LEAST_OFFER_A = 6.0
"""Below it a control pilot can offer nothing (IEC 61851-1 Table A.7)."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a connector could take.

    Attributes:
        most_a: Its own limit, A per phase.
        weight: How much of what is shared one ampere takes.
        least_a: Less is no use to it, A per phase.
    """

    most_a: float
    weight: float = 1.0
    least_a: float = LEAST_OFFER_A


def share(cap: float, claims: Sequence[Claim]) -> list[float]:
    """Return the current of each claim, A per phase, so that together they keep a cap.

    Every connector gets the same current, or all that it can take if that is less; one
    that cannot have what it needs at least gets nothing, the last ones first. So
    claims come in the order of precedence. A connector alone has no need to share: it
    gets what there is, be it of use or not.
    """
    if len(claims) == 1:
        return [min(claims[0].most_a, cap / claims[0].weight)]
    admitted: list[int] = []
    left = cap
    for index, claim in enumerate(claims):
        needs = _least(claim) * claim.weight
        if claim.most_a >= LEAST_OFFER_A and needs <= left:
            admitted.append(index)
            left -= needs
    among = [claims[index] for index in admitted]
    level = _level(cap, among)
    granted = [0.0] * len(claims)
    for index in admitted:
        granted[index] = _at(level, claims[index])
    return granted


def _least(claim: Claim) -> float:
    return min(max(claim.least_a, LEAST_OFFER_A), claim.most_a)


def _at(level_a: float, claim: Claim) -> float:
    return min(max(level_a, _least(claim)), claim.most_a)


def _level(cap: float, claims: Sequence[Claim]) -> float:
    """Return the current that everybody gets at most, so that the cap is just used."""

    def taken(level_a: float) -> float:
        return sum(_at(level_a, claim) * claim.weight for claim in claims)

    level_a = 0.0
    for next_a in sorted({a for claim in claims for a in (_least(claim), claim.most_a)}):
        here, there = taken(level_a), taken(next_a)
        if there > cap:
            # Between two of these levels what is taken rises in a straight line.
            return level_a + (cap - here) * (next_a - level_a) / (there - here)
        level_a = next_a
    return level_a
