"""From a verdict to the log: kept in the record, shown with a picture, failing the scenario."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path

from robot.api import logger
from robot.api.exceptions import ContinuableFailure

from hil.limits import Outcome, Verdict
from hil.report.junit import describe
from scenarios.session import current

_COLOUR = {
    Outcome.PASS: "#2a7d2e",
    Outcome.MARGINAL: "#a97400",
    Outcome.FAIL: "#b3261e",
    Outcome.INCONCLUSIVE: "#6a3fa0",
    Outcome.NOT_APPLICABLE: "#666",
}


def conclude(verdict: Verdict, draw: Callable[[Path], None] | None = None) -> None:
    """Keep a verdict and say it in the log; `draw` makes the picture of a failed measurement.

    Raises:
        ContinuableFailure: the limit is broken, or it could not be measured. The scenario
            goes on, so that the other requirements are still judged.
    """
    session = current()
    plot: Path | None = None
    if verdict.outcome is Outcome.FAIL and session.pictures and session.traced and draw is not None:
        plot = session.plot_path(verdict.requirement.id)
        draw(plot)
    session.judged(verdict, plot)
    line = f"{verdict.requirement.id}: {verdict.outcome.value}: {describe(verdict)}"
    logger.info(f'<b style="color:{_COLOUR[verdict.outcome]}">{html.escape(line)}</b>', html=True)
    if plot is not None:
        show_picture(plot)
    if verdict.outcome in (Outcome.FAIL, Outcome.INCONCLUSIVE):
        raise ContinuableFailure(line)
    if verdict.outcome is Outcome.MARGINAL:
        logger.warn(line)


def show_picture(path: Path) -> None:
    """Put a picture from the report's folder into Robot's log."""
    logger.info(f'<img src="plots/{path.name}" style="max-width:100%">', html=True)
