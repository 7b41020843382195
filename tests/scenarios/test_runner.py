"""Finding and running scenarios, and what happens with bad input."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hil.limits import Outcome
from hil.report import Run
from scenarios.listener import SUITES
from scenarios.runner import ScenarioError, catalogue, find
from scenarios.wrong import WrongNameError, choose

SUITE = """\
*** Settings ***
Resource    scenarios/resources/electrics.resource

*** Test Cases ***
{body}
"""


def write(tmp_path: Path, body: str) -> Path:
    path = tmp_path / "mine.robot"
    path.write_text(SUITE.format(body=body), encoding="utf-8")
    return path


def test_a_topic_a_suite_and_a_file_are_found(tmp_path: Path) -> None:
    mine = write(tmp_path, "Mine\n    No Operation")
    assert find(["timing", "timing/opening", str(mine)]) == [
        SUITES / "timing",
        SUITES / "timing/opening.robot",
        mine,
    ]


def test_nothing_named_means_everything() -> None:
    assert find([]) == [SUITES]


def test_an_unknown_path_is_answered_with_the_topics() -> None:
    with pytest.raises(ScenarioError, match=r"no scenarios at 'tming'.*timing"):
        find(["tming"])


def test_a_tag_for_a_requirement_that_does_not_exist_is_named_with_its_line(
    tmp_path: Path,
) -> None:
    mine = write(tmp_path, "Mine\n    [Tags]    req:IEC61851.NOTHING\n    No Operation")
    with pytest.raises(ScenarioError, match=r"mine\.robot, line 5: no requirement IEC61851"):
        catalogue([mine])


def test_an_unknown_wrong_evse_is_answered_with_its_neighbours() -> None:
    with pytest.raises(WrongNameError, match="slow-filter"):
        choose("slow-filer")


def test_a_scenario_that_judges_what_it_does_not_announce_is_told_to(
    tmp_path: Path, run_on_twin: Callable[..., Run]
) -> None:
    mine = write(tmp_path, "Mine\n    Nothing Is Plugged In\n    Verify    EN50470.CLASS_A    1")
    run = run_on_twin([mine])
    assert "give it the tag req:EN50470.CLASS_A" in run.scenarios[0].message


def test_a_scenario_that_needs_what_the_target_lacks_is_skipped_and_not_passed(
    tmp_path: Path, run_on_twin: Callable[..., Run]
) -> None:
    body = "Mine\n    [Tags]    needs:time-travel    req:EN50470.CLASS_A\n    Fail"
    run = run_on_twin([write(tmp_path, body)])
    (result,) = run.scenarios
    assert result.skipped
    assert not result.passed
    assert run.entries == []


def test_a_broken_limit_does_not_keep_the_next_one_from_being_judged(
    tmp_path: Path, run_on_twin: Callable[..., Run]
) -> None:
    body = (
        "Mine\n    [Tags]    req:EN50470.CLASS_A    req:EN50470.CLASS_B\n"
        "    Nothing Is Plugged In\n"
        "    Verify    EN50470.CLASS_A    9\n    Verify    EN50470.CLASS_B    0"
    )
    run = run_on_twin([write(tmp_path, body)])
    assert [e.verdict.outcome for e in run.entries] == [Outcome.FAIL, Outcome.PASS]
    assert not run.scenarios[0].passed


def test_reports_are_written_with_a_picture_of_what_failed(
    tmp_path: Path, run_on_twin: Callable[..., Run]
) -> None:
    body = (
        "Mine\n    [Tags]    req:EN50470.CLASS_A\n    Vehicle Is Charging\n"
        "    Verify    EN50470.CLASS_A    9"
    )
    run = run_on_twin([write(tmp_path, body)], reports=True)
    out = tmp_path / "out"
    for name in ("log.html", "report.json", "junit.xml", "coverage.html", "coverage.json"):
        assert (out / name).stat().st_size > 0
    (entry,) = run.entries
    assert entry.plot is not None
    assert entry.plot.read_bytes().startswith(b"\x89PNG")
    assert f"plots/{entry.plot.name}" in (out / "coverage.html").read_text()


def test_the_same_seed_measures_the_same(run_on_twin: Callable[..., Run]) -> None:
    values = []
    for _ in range(2):
        run = run_on_twin([SUITES / "timing/opening.robot"], tolerance="random", at_most=5)
        values.append([entry.verdict.value for entry in run.entries])
    assert values[0] == values[1]
