"""JUnit XML: one test case per verdict, for the test pages of a CI system."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from hil.limits import Outcome, Verdict
from hil.report.record import Run


def describe(verdict: Verdict) -> str:
    """Return a verdict in one line: value, uncertainty, limits, margin."""
    limit = verdict.requirement.limit
    if limit.never:
        return f"{limit.quantity}: {verdict.note}"
    bounds = f"{_bound(limit.lower, '≥')} {_bound(limit.upper, '≤')}".strip()
    if verdict.value is None:
        return f"{limit.quantity} {bounds} {limit.unit}: {verdict.note}"
    line = (
        f"{limit.quantity}: {verdict.value:.6g} {limit.unit} ± {verdict.uncertainty:g} "
        f"(limit {bounds} {limit.unit}, margin {verdict.margin:.4g})"
    )
    return f"{line}; {verdict.note}" if verdict.note else line


def _bound(value: float | None, sign: str) -> str:
    return "" if value is None else f"{sign} {value:g}"


def write(run: Run, path: Path) -> None:
    """Write the JUnit file."""
    suite = ET.Element(
        "testsuite",
        name=f"evseloop {run.target} {run.tolerance}",
        tests=str(len(run.entries)),
        failures=str(len(run.with_outcome(Outcome.FAIL))),
        errors=str(len(run.with_outcome(Outcome.INCONCLUSIVE))),
        skipped=str(len(run.with_outcome(Outcome.NOT_APPLICABLE))),
    )
    elapsed = {result.name: result.elapsed_s for result in run.scenarios}
    for entry in run.entries:
        verdict = entry.verdict
        case = ET.SubElement(
            suite,
            "testcase",
            classname=entry.scenario,
            name=verdict.requirement.id,
            time=f"{elapsed.pop(entry.scenario, 0.0):.3f}",
        )
        text = describe(verdict)
        tag = {
            Outcome.FAIL: "failure",
            Outcome.INCONCLUSIVE: "error",
            Outcome.NOT_APPLICABLE: "skipped",
        }.get(verdict.outcome)
        if tag:
            ET.SubElement(case, tag, message=text)
        else:
            ET.SubElement(case, "system-out").text = f"{verdict.outcome.value}: {text}"
    for problem in run.problems():
        case = ET.SubElement(suite, "testcase", classname=problem.where, name="run")
        ET.SubElement(case, "error", message=problem.what)
    ET.indent(suite)
    ET.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)
