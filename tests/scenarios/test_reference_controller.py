"""The reference controller passes every scenario, whatever its components are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hil.limits import Outcome
from hil.report import Run
from scenarios.runner import catalogue

BANDS_OF_COMPONENTS = {
    "IEC61851.PILOT_POSITIVE",
    "IEC61851.PILOT_NEGATIVE",
    "IEC61851.PILOT_STATE_F",
    "IEC61851.PILOT_SOURCE_RESISTANCE",
    "IEC61851.CAPACITANCE",
    "EVSELOOP.COIL_RELEASE",
}
"""Limits that are the band of one component, at whose ends `worst` puts it."""


@pytest.mark.parametrize("tolerance", ["nominal", "random", "worst"])
def test_it_passes_every_scenario_of_the_electrics(
    tolerance: str, run_on_twin: Callable[..., Run]
) -> None:
    run = run_on_twin(tolerance=tolerance, only=lambda s: "central" not in s.needs)
    failed = [(e.verdict.requirement.id, e.verdict.value) for e in run.with_outcome(Outcome.FAIL)]
    assert failed == []
    assert run.problems() == []
    marginal = {e.verdict.requirement.id for e in run.with_outcome(Outcome.MARGINAL)}
    assert marginal <= (BANDS_OF_COMPONENTS if tolerance == "worst" else set())


def test_there_are_sixty_different_scenarios_and_more() -> None:
    scenarios = catalogue()
    assert len({scenario.name for scenario in scenarios}) == len(scenarios) >= 60


def test_it_passes_the_sessions_with_a_central_system(run_on_twin: Callable[..., Run]) -> None:
    run = run_on_twin(only=lambda s: "central" in s.needs)
    failed = [(e.verdict.requirement.id, e.verdict.value) for e in run.with_outcome(Outcome.FAIL)]
    assert failed == []
    assert run.problems() == []


@pytest.mark.full
@pytest.mark.parametrize("tolerance", ["nominal", "random", "worst"])
def test_it_passes_at_full_repetitions(tolerance: str, run_on_twin: Callable[..., Run]) -> None:
    run = run_on_twin(tolerance=tolerance, only=lambda s: "central" not in s.needs, at_most=None)
    assert run.passed()
