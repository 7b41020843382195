"""A rig that cannot fail is worthless: every requirement catches something that is wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hil.report import Run
from scenarios.runner import catalogue, requirements
from scenarios.wrong import WRONG

REQUIREMENTS = requirements()
APPLICABLE = {key for key, wanted in REQUIREMENTS.items() if wanted.not_applicable is None}
ELECTRICS = [name for name, entry in WRONG.items() if not entry.requirement.startswith("OCPP16")]
SESSIONS = [name for name in WRONG if name not in ELECTRICS]


def test_every_requirement_has_a_scenario() -> None:
    verified = {key for scenario in catalogue() for key in scenario.requirements}
    assert sorted(APPLICABLE - verified) == []


def test_every_requirement_has_a_wrong_evse_that_fails_it() -> None:
    assert sorted(APPLICABLE - {entry.requirement for entry in WRONG.values()}) == []


def test_every_scenario_verifies_something() -> None:
    assert [scenario.name for scenario in catalogue() if not scenario.requirements] == []


def test_what_does_not_apply_has_neither_scenario_nor_wrong_evse_but_a_reason() -> None:
    verified = {key for scenario in catalogue() for key in scenario.requirements}
    for key in REQUIREMENTS.keys() - APPLICABLE:
        assert key not in verified
        assert REQUIREMENTS[key].not_applicable


def test_wrong_evses_name_requirements_that_exist_and_say_why_more_than_one_fails() -> None:
    for entry in WRONG.values():
        assert entry.fails <= REQUIREMENTS.keys(), entry.name
        assert entry.requirement not in entry.also, entry.name
        assert all(entry.also.values()), entry.name


@pytest.mark.parametrize("name", ELECTRICS)
def test_it_fails_on_its_requirement_and_on_nothing_else_there(
    name: str, run_on_twin: Callable[..., Run]
) -> None:
    entry = WRONG[name]
    run = run_on_twin(build=entry.build, only=lambda s: entry.requirement in s.requirements)
    failed = run.failed_requirements()
    assert entry.requirement in failed, [e.verdict for e in run.entries]
    assert sorted(failed - entry.fails) == []


@pytest.mark.parametrize("name", SESSIONS)
def test_it_fails_on_its_requirement_in_a_session_with_a_central_system(
    name: str, run_on_twin: Callable[..., Run]
) -> None:
    entry = WRONG[name]
    # One scenario will do: each takes a central system of its own.
    scenario = next(s for s in catalogue() if entry.requirement in s.requirements)
    run = run_on_twin(build=entry.build, only=lambda s: s.name == scenario.name)
    failed = run.failed_requirements()
    assert entry.requirement in failed, [e.verdict for e in run.entries]
    assert sorted(failed - entry.fails) == []


@pytest.mark.full
@pytest.mark.parametrize("name", ELECTRICS)
def test_over_all_electrics_it_fails_on_exactly_what_it_says(
    name: str, run_on_twin: Callable[..., Run]
) -> None:
    entry = WRONG[name]
    run = run_on_twin(build=entry.build, only=lambda s: "central" not in s.needs)
    assert sorted(run.failed_requirements()) == sorted(entry.fails)
    assert [problem.what for problem in run.problems()] == []
