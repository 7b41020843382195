"""The reference controller and the firmware agree over random courses of events (decision 34).

What they disagree about is shrunk, and printed as a scenario: put it into a file, and run it with
`evseloop scenarios FILE --target twin` and `--target sil`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import find, given, settings

from hil.report import Run
from hil.target import EvseFacts
from hil.targets.sil import SilTarget
from hil.targets.twin import TwinTarget
from scenarios.runner import run_scenarios
from scenarios.wrong import WRONG
from tests.peers.host_program import host_program
from tests.peers.lockstep_course import CHARGE, COURSES, FAULT_VALUES, NOT_TRIED, Course
from tests.peers.lockstep_difference import first_difference
from tests.peers.lockstep_scenario import scenario
from twin.faults import FAULTS

__all__ = ["host_program"]

SAMPLED = 60
WRONG_NAME = "slow-filter"


def compare(course: Course, built: Path) -> None:
    target = SilTarget(built)
    try:
        difference = first_difference(course, TwinTarget(), target)
    finally:
        target.close()
    if difference is not None:
        pytest.fail(scenario(course, difference), pytrace=False)


@settings(max_examples=SAMPLED)
@given(course=COURSES)
def test_contactor_pilot_lock_and_report_agree(host_program: Path, course: Course) -> None:
    compare(course, host_program)


@pytest.mark.full
@settings(max_examples=2_000)
@given(course=COURSES)
def test_they_agree_over_thousands_of_courses(host_program: Path, course: Course) -> None:
    compare(course, host_program)


def test_every_fault_is_in_the_courses_or_named_with_a_reason() -> None:
    assert set(FAULT_VALUES) | set(NOT_TRIED) <= set(FAULTS)
    assert not set(FAULT_VALUES) & set(NOT_TRIED)


def wrong_target() -> TwinTarget:
    return TwinTarget(build=WRONG[WRONG_NAME].build)


def run(text: str, seed: int, target: TwinTarget, folder: Path) -> Run:
    file = folder / "shrunk.robot"
    file.write_text(text)
    return run_scenarios(target, (file,), folder / "out", seed=seed, quiet=True, reports=False)


def passes_on_the_right_one_alone(course: Course, folder: Path) -> None:
    difference = first_difference(course, TwinTarget(), wrong_target())
    assert difference is not None
    text = scenario(course, difference)
    right = run(text, course.seed, TwinTarget(), folder)
    assert [one.message for one in right.scenarios if not one.passed] == []
    (wrong,) = run(text, course.seed, wrong_target(), folder).scenarios
    assert not wrong.passed
    assert "was not seen within" in wrong.message


def test_a_disagreement_is_printed_as_a_scenario_that_runs(tmp_path: Path) -> None:
    course = Course(EvseFacts(), 3, (*CHARGE, ("vehicle pauses", 270), ("limit 0", 47)))
    passes_on_the_right_one_alone(course, tmp_path)


@pytest.mark.full
def test_a_disagreement_is_shrunk_to_what_it_takes(tmp_path: Path) -> None:
    course = find(
        COURSES,
        lambda course: first_difference(course, TwinTarget(), wrong_target()) is not None,
        settings=settings(max_examples=500, database=None),
    )
    assert len(course.acts) <= len(CHARGE) + 1
    passes_on_the_right_one_alone(course, tmp_path)
