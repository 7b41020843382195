"""Runs scenarios on a target and writes their reports."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TextIO

from robot.api import SuiteVisitor, TestSuite
from robot.errors import DataError
from robot.run import run as run_robot

from hil.limits import Requirement, load_requirements
from hil.report import Run, coverage, json_report, junit
from hil.target import Target
from scenarios.listener import SUITES, Listener, scenario_name, tagged
from scenarios.session import Session, close_session, open_session

REQUIREMENTS = Path(__file__).parent / "requirements.yaml"


class ScenarioError(ValueError):
    """Scenarios that cannot be run: what, where, and how to mend it."""


def requirements() -> dict[str, Requirement]:
    """Return the requirements of this project by id."""
    return load_requirements(REQUIREMENTS)


def find(paths: Iterable[str]) -> list[Path]:
    """Return the suites for paths as people type them: a topic, a suite of ours, or a file.

    Raises:
        ScenarioError: nothing is there.
    """
    found = []
    for path in paths:
        candidates = [SUITES / path, SUITES / f"{path}.robot", Path(path)]
        existing = [candidate for candidate in candidates if candidate.exists()]
        if not existing:
            topics = ", ".join(sorted(p.name for p in SUITES.iterdir() if p.is_dir()))
            raise ScenarioError(f"no scenarios at '{path}'; a path, or one of: {topics}")
        if existing[0].is_file() and existing[0].suffix != ".robot":
            raise ScenarioError(f"'{path}' is no suite: the name of one ends in .robot")
        found.append(existing[0])
    return found or [SUITES]


@dataclass(frozen=True)
class ScenarioInfo:
    """A scenario as its file declares it."""

    name: str
    source: Path
    requirements: frozenset[str]
    needs: frozenset[str]


def catalogue(paths: Sequence[Path] = (SUITES,)) -> tuple[ScenarioInfo, ...]:
    """Return every scenario under some paths with what it verifies and needs.

    Raises:
        ScenarioError: a file is not a suite, or a tag names a requirement that does not exist.
    """
    return _read(tuple(paths))


@lru_cache(maxsize=32)
def _read(paths: tuple[Path, ...]) -> tuple[ScenarioInfo, ...]:
    try:
        suite = TestSuite.from_file_system(*paths)
    except DataError as error:
        raise ScenarioError(f"not readable as scenarios: {error}") from error
    known = requirements()
    infos = []
    for test in suite.all_tests:
        claimed = tagged(test.tags, "req:")
        for unknown in claimed - known.keys():
            raise ScenarioError(
                f"{test.source}, line {test.lineno}: no requirement {unknown}; mend the tag, or "
                f"add it to {REQUIREMENTS.name}"
            )
        infos.append(
            ScenarioInfo(
                scenario_name(test), Path(str(test.source)), claimed, tagged(test.tags, "needs:")
            )
        )
    return tuple(infos)


class _Only(SuiteVisitor):  # type: ignore[misc]
    """Leaves only the scenarios of these names in a suite."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def start_suite(self, suite: TestSuite) -> None:
        suite.tests = [test for test in suite.tests if scenario_name(test) in self._names]

    def end_suite(self, suite: TestSuite) -> None:
        suite.suites = [inner for inner in suite.suites if inner.test_count]


def run_scenarios(
    target: Target,
    paths: Sequence[Path],
    output: Path,
    *,
    seed: int = 1,
    at_most: int | None = None,
    tolerance: str = "nominal",
    pilot: str = "settled",
    wrong: str | None = None,
    only: Callable[[ScenarioInfo], bool] = lambda _: True,
    quiet: bool = False,
    reports: bool = True,
    console: TextIO | None = None,
) -> Run:
    """Run scenarios and return the record; the reports are in `output` afterwards.

    Args:
        target: what is under test.
        paths: suites or folders of suites.
        output: folder for log and reports, made if need be.
        seed: all randomness is drawn from it.
        at_most: upper bound on repetitions of a measurement; None: as the requirements say.
        tolerance: for the record.
        pilot: for the record.
        wrong: name of the deliberately wrong EVSE, for the record.
        only: which of the scenarios there are to run.
        quiet: nothing on the terminal.
        reports: write Robot's log and our reports; False leaves only the record.
        console: where progress goes; standard output if None.

    Raises:
        ScenarioError: the suites are not readable, or nothing matches.
    """
    wanted = [scenario for scenario in catalogue(paths) if only(scenario)]
    if not wanted:
        raise ScenarioError(f"no scenario to run in {', '.join(map(str, paths))}")
    output.mkdir(parents=True, exist_ok=True)
    run = Run(target.name, tolerance, seed, requirements(), wrong, pilot)
    session = Session(run, target, output, seed=seed, at_most=at_most, pictures=reports)
    errors = io.StringIO()
    open_session(session)
    try:
        code = run_robot(
            *sorted({str(scenario.source) for scenario in wanted}),
            name="evseloop",
            listener=[Listener(session)],
            outputdir=str(output),
            output="output.xml" if reports else "NONE",
            log="log.html" if reports else "NONE",
            report="NONE",
            prerunmodifier=[_Only(frozenset(scenario.name for scenario in wanted))],
            console="none" if quiet else "dotted",
            consolecolors="off",
            stdout=console or sys.stdout,
            stderr=errors,
        )
    finally:
        close_session()
    if code >= 251:  # Robot's own codes: 252 bad input, 253 interrupted, 255 unexpected
        if code == 253:
            raise KeyboardInterrupt
        raise ScenarioError(" ".join(errors.getvalue().split()))
    if reports:
        json_report.write(run, output / "report.json")
        junit.write(run, output / "junit.xml")
        coverage.write(run, output / "coverage.json", output / "coverage.html")
    return run
