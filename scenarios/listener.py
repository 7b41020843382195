"""Ties Robot Framework's run to the record: what each scenario promises, needs and finds."""

from __future__ import annotations

from pathlib import Path

from robot import result, running

from hil.report.record import ScenarioResult
from scenarios.session import Session

SUITES = Path(__file__).parent / "suites"


def tagged(tags: object, prefix: str) -> frozenset[str]:
    """Return the values of all tags `prefix:value`; requirement ids come in capitals."""
    return frozenset(
        str(tag).removeprefix(prefix)
        for tag in tags  # type: ignore[attr-defined]
        if str(tag).startswith(prefix)
    )


def scenario_name(test: running.TestCase) -> str:
    """Return a scenario's name: file within the suites (or its stem), and its title."""
    source = Path(str(test.source))
    if source.is_relative_to(SUITES):
        where = source.relative_to(SUITES).with_suffix("").as_posix()
    else:
        where = source.stem
    return f"{where}: {test.name}"


class Listener:
    """A Robot Framework listener (API version 3) that fills a session's record."""

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self, session: Session) -> None:
        self._session = session

    def start_test(self, data: running.TestCase, result: result.TestCase) -> None:
        """Take note of the scenario; skip it if the target lacks something it needs."""
        session = self._session
        session.start_scenario(scenario_name(data), tagged(result.tags, "req:"))
        able = {capability.value for capability in session.target.capabilities}
        lacking = tagged(result.tags, "needs:") - able
        if lacking:
            message = f"target {session.target.name} lacks: {', '.join(sorted(lacking))}"
            data.setup.config(name="Skip", args=[message])

    def end_test(self, data: running.TestCase, result: result.TestCase) -> None:
        """Keep the scenario's result."""
        del data
        session = self._session
        session.run.close_scenario(
            ScenarioResult(
                name=session.scenario,
                requirements=tuple(sorted(tagged(result.tags, "req:"))),
                passed=result.passed,
                skipped=result.skipped,
                message=result.message,
                elapsed_s=result.elapsed_time.total_seconds(),
            )
        )
