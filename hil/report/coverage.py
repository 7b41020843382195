"""The coverage matrix: requirement × scenario × target, as JSON and as a page."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

from hil.limits import TARGETS, Outcome
from hil.report.junit import describe
from hil.report.record import Run


def matrix(run: Run) -> list[dict[str, Any]]:
    """Return one row per requirement: which targets can measure it, and what this run found.

    A requirement without a scenario in this run has an empty `scenarios`.
    """
    rows = []
    for key, requirement in run.requirements.items():
        found = {
            entry.scenario: entry.verdict.outcome.value
            for entry in run.entries
            if entry.verdict.requirement.id == key
        }
        rows.append(
            {
                "requirement": key,
                "standard": requirement.source.standard,
                "clause": requirement.source.clause,
                "text": requirement.text,
                "not_applicable": requirement.not_applicable,
                "targets": [t for t in TARGETS if requirement.measurable_on(t)],
                "target": run.target,
                "scenarios": found,
            }
        )
    return rows


def write(run: Run, json_path: Path, html_path: Path) -> None:
    """Write the matrix as JSON and as a page of its own."""
    rows = matrix(run)
    json_path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    html_path.write_text(_page(run, rows), encoding="utf-8")


_STYLE = """
body { font: 14px/1.4 system-ui, sans-serif; margin: 2em; color: #222; }
table { border-collapse: collapse; } td, th { border: 1px solid #ccc; padding: 3px 8px;
  text-align: left; vertical-align: top; } th { background: #f3f3f3; position: sticky; top: 0; }
.pass { background: #d9f2dc; } .fail { background: #f7c6c5; } .marginal { background: #fdf0c4; }
.inconclusive { background: #e4d7f5; } .none { color: #888; } .small { color: #666; }
code { white-space: nowrap; }
"""


def _page(run: Run, rows: list[dict[str, Any]]) -> str:
    detail = {
        (e.verdict.requirement.id, e.scenario): (describe(e.verdict), e.plot) for e in run.entries
    }
    body = []
    for row in rows:
        key = row["requirement"]
        cells = [
            f"<td><code>{key}</code></td>",
            (
                f"<td>{html.escape(row['standard'])}<br><span class=small>"
                f"{html.escape(row['clause'])}</span></td>"
            ),
            f"<td>{html.escape(row['text'])}</td>",
        ]
        for target in TARGETS:
            if target != run.target:
                able = "can measure" if target in row["targets"] else "cannot"
                cells.append(f"<td class=none>{able}</td>")
            elif not row["scenarios"]:
                why = row["not_applicable"] or "no scenario in this run"
                cells.append(f"<td class=none>{html.escape(why)}</td>")
            else:
                cells.append(_results(key, row["scenarios"], detail))
        body.append(f"<tr>{''.join(cells)}</tr>")
    counts = ", ".join(f"{len(run.with_outcome(o))} {o.value}" for o in Outcome)
    wrong = f", wrong EVSE <code>{html.escape(run.wrong)}</code>" if run.wrong else ""
    heads = "".join(f"<th>{name}" for name in ("requirement", "source", "text", *TARGETS))
    return (
        f"<!doctype html><meta charset=utf-8><title>Coverage</title><style>{_STYLE}</style>"
        f"<h1>Requirements and scenarios</h1><p>Target {run.conditions()}, "
        f"seed {run.seed}{wrong}: {counts}.</p>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(body)}</tbody></table>\n"
    )


def _results(
    key: str,
    scenarios: dict[str, str],
    detail: dict[tuple[str, str], tuple[str, Path | None]],
) -> str:
    lines = []
    worst = Outcome.PASS.value
    for scenario, outcome in scenarios.items():
        text, plot = detail[key, scenario]
        picture = f' <a href="plots/{plot.name}">plot</a>' if plot else ""
        lines.append(
            f"<b>{outcome}</b> {html.escape(scenario)}{picture}"
            f"<br><span class=small>{html.escape(text)}</span>"
        )
        if outcome != Outcome.PASS.value and worst != Outcome.FAIL.value:
            worst = outcome
    return f'<td class="{worst.replace(" ", "-")}">{"<br>".join(lines)}</td>'
