"""`report.json`: the whole run for machines."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from hil.limits import Outcome
from hil.report.record import Entry, Run


def _number(value: float | None) -> float | None:
    # JSON has no infinity; the note beside it says that the event never came.
    return value if value is not None and math.isfinite(value) else None


def _entry(entry: Entry, folder: Path) -> dict[str, Any]:
    verdict = entry.verdict
    limit = verdict.requirement.limit
    return {
        "requirement": verdict.requirement.id,
        "scenario": entry.scenario,
        "target": verdict.target,
        "outcome": verdict.outcome.value,
        "quantity": limit.quantity,
        "unit": limit.unit,
        "value": _number(verdict.value),
        "uncertainty": verdict.uncertainty,
        "lower": limit.lower,
        "upper": limit.upper,
        "never": limit.never,
        "margin": _number(verdict.margin),
        "measurements": verdict.measurements,
        "note": verdict.note,
        "plot": str(entry.plot.relative_to(folder)) if entry.plot else None,
    }


def as_dict(run: Run, folder: Path) -> dict[str, Any]:
    """Return the run as plain data; plots are named relative to `folder`."""
    return {
        "target": run.target,
        "tolerance": run.tolerance,
        "pilot": run.pilot,
        "seed": run.seed,
        "wrong": run.wrong,
        "passed": run.passed(),
        "counts": {outcome.value: len(run.with_outcome(outcome)) for outcome in Outcome},
        "problems": [{"what": p.what, "where": p.where} for p in run.problems()],
        "scenarios": [
            {
                "name": s.name,
                "passed": s.passed,
                "skipped": s.skipped,
                "message": s.message,
                "elapsed_s": round(s.elapsed_s, 3),
                "requirements": sorted(s.requirements),
            }
            for s in run.scenarios
        ],
        "requirements": {
            key: {
                "standard": requirement.source.standard,
                "clause": requirement.source.clause,
                "text": requirement.text,
            }
            for key, requirement in run.requirements.items()
        },
        "verdicts": [_entry(entry, folder) for entry in run.entries],
    }


def write(run: Run, path: Path) -> None:
    """Write `report.json`."""
    path.write_text(json.dumps(as_dict(run, path.parent), indent=1) + "\n", encoding="utf-8")
