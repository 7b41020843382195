"""The end of a run on the terminal: what was verified, by what margin, and what was not."""

from __future__ import annotations

import math

from rich.console import Console
from rich.table import Table

from hil.limits import Outcome, Verdict
from hil.report.junit import describe
from hil.report.record import Run

_STYLE = {
    Outcome.PASS: "green",
    Outcome.MARGINAL: "yellow",
    Outcome.FAIL: "bold red",
    Outcome.INCONCLUSIVE: "magenta",
    Outcome.NOT_APPLICABLE: "dim",
}


def _value(verdict: Verdict) -> str:
    if verdict.outcome is Outcome.INCONCLUSIVE:
        return ""
    if verdict.value is None:
        return verdict.note
    if math.isinf(verdict.value):
        return "did not happen"
    return f"{verdict.value:.4g} {verdict.requirement.limit.unit}"


def _limit(verdict: Verdict) -> str:
    limit = verdict.requirement.limit
    if limit.never:
        return "never"
    if limit.lower is not None and limit.upper is not None:
        return f"{limit.lower:g} … {limit.upper:g}"
    return f"≤ {limit.upper:g}" if limit.upper is not None else f"≥ {limit.lower:g}"


def _margin(verdict: Verdict) -> str:
    if verdict.margin is None or math.isinf(verdict.margin):
        return ""
    relative = verdict.relative_margin
    share = "" if relative is None else f"  {relative:4.0%}"
    return f"{verdict.margin:.4g}{share}"


def show(run: Run, console: Console) -> None:
    """Print the table of requirements, then whatever is wrong, then one line that sums up."""
    table = Table(title=f"Requirements on {run.conditions()}", expand=False)
    for head, justify in (
        ("requirement", "left"),
        ("limit", "right"),
        ("worst measured", "right"),
        ("margin", "right"),
        ("verdict", "left"),
    ):
        table.add_column(head, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    decided = run.worst_by_requirement()
    for key in run.requirements:
        if key in decided:
            verdict = decided[key].verdict
            table.add_row(
                key,
                _limit(verdict),
                _value(verdict),
                _margin(verdict),
                verdict.outcome.value,
                style=_STYLE[verdict.outcome],
            )
    console.print(table)
    for entry in run.with_outcome(Outcome.FAIL, Outcome.MARGINAL):
        verdict = entry.verdict
        console.print(
            f"{verdict.outcome.value}: {verdict.requirement.id}: {describe(verdict)}"
            f"\n    {entry.scenario}",
            style=_STYLE[verdict.outcome],
            highlight=False,
        )
    for problem in run.problems():
        console.print(f"error: {problem.what}\n    {problem.where}", style="red", highlight=False)
    outcomes = [entry.verdict.outcome for entry in decided.values()]
    counts = ", ".join(
        f"{outcomes.count(outcome)} {outcome.value}" for outcome in Outcome if outcome in outcomes
    )
    ran = [result for result in run.scenarios if not result.skipped]
    console.print(
        f"{len(ran)} scenarios, {len(decided)} requirements: {counts or 'nothing measured'}",
        highlight=False,
    )
