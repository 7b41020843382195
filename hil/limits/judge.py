"""The verdict on a measured value: pass, fail, or too near the limit to tell."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from hil.limits.requirement import Requirement, TargetName


class Outcome(Enum):
    """What a measurement says about a requirement."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    MARGINAL = "marginal"
    """The limit lies inside the measurement's uncertainty."""
    INCONCLUSIVE = "inconclusive"
    """Could not be measured."""
    NOT_APPLICABLE = "not applicable"
    """This type of EVSE lacks what the requirement speaks of."""


@dataclass(frozen=True)
class Verdict:
    """An outcome and the numbers behind it."""

    requirement: Requirement
    target: str
    outcome: Outcome
    value: float | None = None
    """The value judged, in the requirement's unit. For a `never`: the seconds after which it
    happened, None where it did not. Infinite where an awaited event never came."""
    uncertainty: float = 0.0
    margin: float | None = None
    """Distance to the nearest bound, in the requirement's unit; negative outside."""
    measurements: int = 0
    """How many values were taken; the worst was judged."""
    note: str = ""

    @property
    def relative_margin(self) -> float | None:
        """The margin as a fraction of the band, or of the bound where there is only one.

        None where it has no meaning: nothing measured, or a bound of zero.
        """
        limit = self.requirement.limit
        if self.margin is None or math.isinf(self.margin):
            return None
        if limit.never:
            span = limit.observe_s
        elif limit.lower is not None and limit.upper is not None:
            span = (limit.upper - limit.lower) / 2
        else:
            span = abs(limit.upper if limit.upper is not None else limit.lower or 0.0)
        return self.margin / span if span else None


def margin_of(requirement: Requirement, value: float) -> float:
    """Return the distance of `value` to the nearest bound, negative outside, in its unit."""
    limit = requirement.limit
    margins = []
    if limit.lower is not None:
        margins.append(value - limit.lower)
    if limit.upper is not None:
        margins.append(limit.upper - value)
    return min(margins)


def worst(requirement: Requirement, values: Iterable[float]) -> float:
    """Return the value with the least margin, the one that is judged.

    Raises:
        ValueError: no value at all; nothing measured is not a verdict.
    """
    taken = list(values)
    if not taken:
        raise ValueError(f"{requirement.id}: no value was measured")
    return min(taken, key=lambda value: margin_of(requirement, value))


def judge(
    requirement: Requirement, value: float, target: TargetName, *, measurements: int = 1
) -> Verdict:
    """Judge a measured value, in the requirement's unit.

    Pass if [value − U, value + U] lies inside the bounds, fail if it lies
    entirely outside, marginal otherwise. An awaited event that never came is
    the value infinity.

    Raises:
        ValueError: the value is not a number, or the requirement is a `never`.
    """
    limit = requirement.limit
    if limit.never:
        raise ValueError(f"{requirement.id} says never: judge it by what was observed")
    if math.isnan(value):
        raise ValueError(f"{requirement.id}: the measured value is not a number")
    if requirement.not_applicable is not None:
        return Verdict(requirement, target, Outcome.NOT_APPLICABLE, note=requirement.not_applicable)
    if not requirement.measurable_on(target):
        return inconclusive(requirement, target, f"{target} cannot measure {limit.quantity}")
    uncertainty = limit.uncertainty[target]
    low, high = value - uncertainty, value + uncertainty
    lower = -math.inf if limit.lower is None else limit.lower
    upper = math.inf if limit.upper is None else limit.upper
    if math.isinf(value):
        # An event that never came misses a lower bound on its time as much as an upper one.
        outcome = Outcome.FAIL
    elif low >= lower and high <= upper:
        outcome = Outcome.PASS
    elif high < lower or low > upper:
        outcome = Outcome.FAIL
    else:
        outcome = Outcome.MARGINAL
    return Verdict(
        requirement,
        target,
        outcome,
        value,
        uncertainty,
        margin_of(requirement, value) if math.isfinite(value) else -math.inf,
        measurements,
        note="" if math.isfinite(value) else "did not happen while it was awaited",
    )


def judge_never(
    requirement: Requirement,
    happened_after_s: float | None,
    observed_s: float,
    target: TargetName,
    *,
    measurements: int = 1,
) -> Verdict:
    """Judge a `never`: pass if it did not happen while observed for at least `observe_s`.

    Args:
        requirement: one whose limit says `never`.
        happened_after_s: seconds into the observation at which it happened; None if it did not.
        observed_s: how long was looked, seconds.
        target: where it was measured.
        measurements: how often it was tried.

    Raises:
        ValueError: the requirement is no `never`.
    """
    limit = requirement.limit
    if not limit.never:
        raise ValueError(f"{requirement.id} is a limit on {limit.quantity}, not a never")
    if requirement.not_applicable is not None:
        return Verdict(requirement, target, Outcome.NOT_APPLICABLE, note=requirement.not_applicable)
    if not requirement.measurable_on(target):
        return inconclusive(requirement, target, f"{target} cannot observe {limit.quantity}")
    if happened_after_s is not None and happened_after_s <= limit.observe_s:
        note = f"happened after {happened_after_s:.3f} s"
        return Verdict(
            requirement,
            target,
            Outcome.FAIL,
            happened_after_s,
            0.0,
            happened_after_s - limit.observe_s,
            measurements,
            note,
        )
    if observed_s < limit.observe_s:
        short = f"observed for {observed_s:g} s of the {limit.observe_s:g} s it takes"
        return inconclusive(requirement, target, short)
    note = f"not within {limit.observe_s:g} s"
    return Verdict(requirement, target, Outcome.PASS, None, 0.0, None, measurements, note)


def inconclusive(requirement: Requirement, target: str, reason: str) -> Verdict:
    """Return the verdict for a requirement that could not be measured, and why."""
    return Verdict(requirement, target, Outcome.INCONCLUSIVE, note=reason)
