"""The end of a scenario with a central system: its wire is judged, and shown where it failed."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from robot.api import logger
from robot.api.exceptions import ContinuableFailure
from robot.libraries.BuiltIn import BuiltIn

from hil.limits import judge
from hil.wire import diagram, rules
from hil.wire.broken import Broken
from hil.wire.recording import Recording
from scenarios.conclude import conclude
from scenarios.session import current

PREFIX = "OCPP16."
"""What the ids of requirements have before the name of a rule."""


def conclude_wire(recording: Recording, connectors: int) -> None:
    """Judge a recording by every rule; for a scenario's teardown.

    Raises:
        ContinuableFailure: A rule is broken; the message has a line for each.
    """
    found = rules.judge(recording, connectors)
    lines = [line for name, breaks in found.items() if (line := _judged(PREFIX + name, breaks))]
    failed = BuiltIn().get_variable_value("${TEST STATUS}") == "FAIL"
    if lines or failed:
        _show(recording, [each for breaks in found.values() for each in breaks])
    if lines:
        raise ContinuableFailure("\n".join(lines))


def _judged(requirement: str, breaks: list[Broken]) -> str | None:
    """Judge one rule; return the line that fails the scenario, if it is broken."""
    session = current()
    told = str(breaks[0]) if breaks else ""
    if requirement not in session.tags:
        # It fails as well where the scenario has other things in mind.
        return f"{requirement}: {told}" if breaks else None
    wanted = session.requirement(requirement)
    verdict = judge(wanted, len(breaks), session.target.name)
    try:
        conclude(replace(verdict, note=told))
    except ContinuableFailure as failure:
        return str(failure)
    return None


def _show(recording: Recording, breaks: list[Broken]) -> None:
    """Put a recording into Robot's log, and beside the report as JSON Lines."""
    session = current()
    logger.info(diagram.draw(recording, breaks), html=True)
    if not session.pictures:
        return
    folder = session.output / "wire"
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^A-Za-z0-9]+", "-", session.scenario).strip("-")
    path = folder / f"{name}.jsonl"
    recording.write(path)
    logger.info(
        f'the wire as a file: <a href="wire/{path.name}">{html.escape(path.name)}</a>', html=True
    )
