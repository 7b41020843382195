"""The reports of a run."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from hil.limits import Limit, Requirement, Source, inconclusive, judge, judge_never
from hil.report import Run, ScenarioResult, coverage, json_report, junit, summary


def requirement(key: str, **limit: object) -> Requirement:
    return Requirement(
        Source("IEC 61851-1", "A.6"),
        f"{key} <holds>",
        Limit("time to open", "ms", {"twin": 1.0, "sil": 1.0}, **limit),  # type: ignore[arg-type]
        id=key,
    )


FAST = requirement("X.FAST", upper=100)
SLOW = requirement("X.SLOW", lower=6)
NEVER = requirement("X.NEVER", never=True)
OTHER = requirement("X.OTHER", upper=1)


@pytest.fixture
def run() -> Run:
    wanted = {r.id: r for r in (FAST, SLOW, NEVER, OTHER)}
    run = Run("twin", "nominal", 7, wanted)
    run.add("opening: one", judge(FAST, 60, "twin", measurements=200))
    run.add("opening: one", judge(SLOW, 2, "twin"))
    run.close_scenario(ScenarioResult("opening: one", ("X.FAST", "X.SLOW"), message="too fast"))
    run.add("opening: two", judge(FAST, 100, "twin"))
    run.add("opening: two", judge_never(NEVER, None, 10, "twin"))
    run.close_scenario(ScenarioResult("opening: two", ("X.FAST", "X.NEVER"), passed=True))
    return run


def test_the_json_report_holds_every_verdict_with_value_and_margin(
    run: Run, tmp_path: Path
) -> None:
    json_report.write(run, tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["passed"] is False
    assert report["seed"] == 7
    first = report["verdicts"][0]
    assert (first["requirement"], first["value"], first["margin"]) == ("X.FAST", 60, 40)
    assert first["measurements"] == 200
    assert report["counts"]["marginal"] == 1


def test_an_event_that_never_came_is_valid_json(tmp_path: Path) -> None:
    run = Run("twin", "nominal", 1, {FAST.id: FAST})
    run.add("s", judge(FAST, math.inf, "twin"))
    json_report.write(run, tmp_path / "report.json")
    verdict = json.loads((tmp_path / "report.json").read_text())["verdicts"][0]
    assert verdict["value"] is None
    assert "did not happen" in verdict["note"]


def test_junit_counts_failures_and_names_the_numbers(run: Run, tmp_path: Path) -> None:
    junit.write(run, tmp_path / "junit.xml")
    suite = ET.parse(tmp_path / "junit.xml").getroot()
    assert suite.get("failures") == "1"
    (failure,) = suite.iter("failure")
    assert failure.get("message") == ("time to open: 2 ms ± 1 (limit ≥ 6 ms, margin -4)")


def test_the_coverage_matrix_has_a_row_for_every_requirement_and_names_gaps(
    run: Run, tmp_path: Path
) -> None:
    coverage.write(run, tmp_path / "c.json", tmp_path / "c.html")
    rows = {row["requirement"]: row for row in json.loads((tmp_path / "c.json").read_text())}
    assert rows["X.FAST"]["scenarios"] == {"opening: one": "pass", "opening: two": "marginal"}
    assert rows["X.OTHER"]["scenarios"] == {}
    page = (tmp_path / "c.html").read_text()
    assert "no scenario in this run" in page
    assert "X.FAST &lt;holds&gt;" in page


def test_the_worst_verdict_decides_for_a_requirement(run: Run) -> None:
    assert run.worst_by_requirement()["X.FAST"].verdict.outcome.value == "marginal"


def test_the_summary_shows_margins_failures_and_counts(run: Run) -> None:
    console = Console(width=140, file=io.StringIO())
    summary.show(run, console)
    text = console.file.getvalue()
    assert "fail: X.SLOW" in text
    assert "2 scenarios, 3 requirements: 1 pass, 1 fail, 1 marginal" in text


@pytest.mark.parametrize("target", ["twin", "sil"])
def test_a_promise_that_was_not_kept_is_an_error_on_the_electrics_of_the_twin(target) -> None:
    run = Run(target, "nominal", 1, {FAST.id: FAST, SLOW.id: SLOW})
    run.add("s", judge(FAST, 5, target))
    run.close_scenario(ScenarioResult("s", ("X.FAST", "X.SLOW"), passed=True))
    assert [p.what for p in run.problems()] == ["X.SLOW is inconclusive: not measured: "]
    assert not run.passed()


def test_a_run_that_measured_nothing_is_an_error() -> None:
    run = Run("board", "nominal", 1, {FAST.id: FAST})
    run.add("s", inconclusive(FAST, "board", "no meter"))
    assert [p.what for p in run.problems()] == ["nothing was measured"]


def test_a_scenario_that_breaks_without_a_limit_is_an_error() -> None:
    run = Run("board", "nominal", 1, {FAST.id: FAST})
    run.add("s", judge(requirement("X.FAST", upper=1), 0, "twin"))
    run.close_scenario(ScenarioResult("t", (), message="KeyError"))
    assert [p.what for p in run.problems()] == ["failed without a broken limit: KeyError"]


def test_marginal_passes_unless_strict() -> None:
    run = Run("twin", "nominal", 1, {FAST.id: FAST})
    run.add("s", judge(FAST, 100, "twin"))
    run.close_scenario(ScenarioResult("s", ("X.FAST",), passed=True))
    assert run.passed()
    assert not run.passed(strict=True)
