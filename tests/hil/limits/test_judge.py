"""The verdict on a measured value."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hil.limits import Limit, Outcome, Requirement, Source, judge, judge_never, worst

numbers = st.floats(-1e6, 1e6, allow_nan=False)
positive = st.floats(0, 1e3, allow_nan=False)


def requirement(
    lower: float | None = None, upper: float | None = None, u: float = 0.0, never: bool = False
) -> Requirement:
    limit = Limit("time", "ms", {"twin": u}, lower=lower, upper=upper, never=never)
    return Requirement(Source("IEC 61851-1", "A.6"), "it opens", limit, id="X.Y")


@given(numbers, numbers, numbers, positive)
def test_an_interval_inside_passes_outside_fails_and_across_is_marginal(
    a: float, b: float, x: float, u: float
) -> None:
    lower, upper = min(a, b), max(a, b)
    outcome = judge(requirement(lower, upper, u), x, "twin").outcome
    if lower <= x - u and x + u <= upper:
        assert outcome is Outcome.PASS
    elif x + u < lower or x - u > upper:
        assert outcome is Outcome.FAIL
    else:
        assert outcome is Outcome.MARGINAL


@given(numbers, numbers, positive)
def test_less_uncertainty_never_turns_a_pass_into_anything_else(
    upper: float, x: float, u: float
) -> None:
    if judge(requirement(upper=upper, u=u), x, "twin").outcome is Outcome.PASS:
        assert judge(requirement(upper=upper, u=u / 2), x, "twin").outcome is Outcome.PASS


@given(numbers, numbers, numbers)
def test_the_margin_is_negative_exactly_outside_the_limits(a: float, b: float, x: float) -> None:
    lower, upper = min(a, b), max(a, b)
    verdict = judge(requirement(lower, upper), x, "twin")
    assert verdict.margin is not None
    assert (verdict.margin >= 0) == (lower <= x <= upper)


@given(st.lists(st.integers(-1000, 1000), min_size=1), st.integers(-1000, 1000))
def test_the_maximum_is_judged_where_the_limit_is_an_upper_one(
    values: list[int], upper: int
) -> None:
    assert worst(requirement(upper=upper), values) == max(values)


def test_the_value_nearest_to_a_bound_is_judged_where_there_are_two() -> None:
    assert worst(requirement(8, 30), [12, 20, 28]) == 28


def test_an_event_that_never_came_fails_any_limit_on_its_time() -> None:
    for wanted in (requirement(upper=100), requirement(lower=6)):
        verdict = judge(wanted, math.inf, "twin")
        assert verdict.outcome is Outcome.FAIL
        assert verdict.note == "did not happen while it was awaited"


def test_a_target_that_cannot_measure_is_inconclusive_and_says_so() -> None:
    verdict = judge(requirement(upper=100), 5, "board")
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "board cannot measure time" in verdict.note


def test_a_requirement_that_does_not_apply_is_neither_passed_nor_failed() -> None:
    import msgspec

    wanted = msgspec.structs.replace(requirement(upper=1), not_applicable="no CCID fitted")
    assert judge(wanted, 5, "twin").outcome is Outcome.NOT_APPLICABLE


def test_what_is_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="not a number"):
        judge(requirement(upper=1), math.nan, "twin")


def test_nothing_measured_is_refused() -> None:
    with pytest.raises(ValueError, match="no value was measured"):
        worst(requirement(upper=1), [])


def test_never_passes_when_it_was_watched_for_long_enough() -> None:
    verdict = judge_never(requirement(never=True), None, 10, "twin")
    assert verdict.outcome is Outcome.PASS


def test_never_fails_with_the_instant_at_which_it_happened() -> None:
    verdict = judge_never(requirement(never=True), 3.5, 10, "twin")
    assert verdict.outcome is Outcome.FAIL
    assert verdict.note == "happened after 3.500 s"


def test_never_is_inconclusive_when_nobody_looked_for_long_enough() -> None:
    verdict = judge_never(requirement(never=True), None, 4, "twin")
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "4 s of the 10 s" in verdict.note


def test_never_and_a_bound_are_not_judged_alike() -> None:
    with pytest.raises(ValueError, match="says never"):
        judge(requirement(never=True), 1, "twin")
    with pytest.raises(ValueError, match="not a never"):
        judge_never(requirement(upper=1), None, 10, "twin")


def test_the_relative_margin_is_a_share_of_the_half_band_or_of_the_bound() -> None:
    assert judge(requirement(10, 30), 25, "twin").relative_margin == pytest.approx(0.5)
    assert judge(requirement(upper=100), 60, "twin").relative_margin == pytest.approx(0.4)
    assert judge(requirement(upper=0), 0, "twin").relative_margin is None
