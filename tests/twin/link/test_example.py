"""The example of a controller in C: it charges, and the suites of faults find out what it lacks."""

from __future__ import annotations

from pathlib import Path

from hil.limits import Outcome
from hil.report import Run
from hil.targets.sil import SilTarget
from scenarios.listener import SUITES
from scenarios.runner import run_scenarios
from tests.twin.link.conftest import EXAMPLE


def _run(program: Path, output: Path, suite: str) -> Run:
    target = SilTarget(program)
    try:
        return run_scenarios(target, [SUITES / suite], output, at_most=2, quiet=True, reports=False)
    finally:
        target.close()


def test_it_passes_the_whole_suite_of_charging(example: Path, tmp_path: Path) -> None:
    run = _run(example, tmp_path, "charging")
    assert [each.message for each in run.scenarios if not each.passed] == []
    assert run.problems() == []


def test_the_suites_of_faults_find_out_what_it_lacks(example: Path, tmp_path: Path) -> None:
    run = _run(example, tmp_path, "faults/residual_current.robot")
    assert run.with_outcome(Outcome.FAIL)
    assert not run.passed()


def test_it_is_as_short_as_the_page_promises() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 100
    assert max(map(len, lines)) <= 100
