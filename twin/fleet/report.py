"""What a run of a fleet comes to: figures, verdicts, books; as JSON and as JUnit XML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from xml.etree import ElementTree

import msgspec

from twin.fleet.description import Allow
from twin.fleet.fleet import Fleet

MEANINGS = {
    "schema_violations": "frames of the central system that OCPP 1.6 does not allow",
    "refused_calls": "valid calls that it answered with a CALLERROR",
    "unanswered_calls": "calls without an answer that no fault of the fleet's own explains",
    "connection_losses": "sockets that the central system closed or lost",
    "failed_attempts": "connection attempts that came to nothing",
    "lost_messages": "transaction messages given up after the last try",
    "numbers_given_twice": "transactions with a number that another one has",
    "over_limit": "samples with more current than the connector's limit allows",
    "disobeyed": "offers above what the accepted charging profiles allow, 5 s after each change",
    "not_settled": "chargers that had something left to tell at the end",
    "p99_ms": "99th percentile of the time to answer, ms",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One verdict.

    Attributes:
        name: Field of `Allow`.
        meaning: For people.
        found: What was measured.
        allowed: At most; None: not judged.
        examples: Some of what was found.
    """

    name: str
    meaning: str
    found: float
    allowed: float | None
    examples: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """No more than is allowed."""
        return self.allowed is None or self.found <= self.allowed


def checks(fleet: Fleet, allow: Allow) -> list[Check]:
    """Judge a run that has been wound up."""
    findings = fleet.findings
    judged = []
    for name, allowed in msgspec.structs.asdict(allow).items():
        found: float = findings.complaints[name]
        if name == "p99_ms":
            found = findings.percentiles_ms().get("p99", 0.0)
        examples = tuple(findings.examples.get(name, ()))
        judged.append(Check(name, MEANINGS[name], found, allowed, examples))
    return judged


def summary(fleet: Fleet) -> dict[str, Any]:
    """Return the figures of a run."""
    findings = fleet.findings
    answered = sum(map(len, findings.answer_s.values()))
    return {
        "twin_hours": round(fleet.driver.clock.now_us / 3.6e9, 3),
        "sessions": fleet.sessions,
        "energy_wh": fleet.energy_wh,
        "people": asdict(fleet.tally),
        "frames": {"sent": findings.sent, "received": findings.received},
        "calls": dict(sorted(findings.calls.items())),
        "commands": dict(sorted(findings.commands.items())),
        "answered": answered,
        "answer_ms": findings.percentiles_ms(),
        "answer_ms_by_action": {
            action: findings.percentiles_ms(action) for action in sorted(findings.answer_s)
        },
        "limits": asdict(fleet.kept),
    }


def books(fleet: Fleet) -> dict[str, Any]:
    """Return each charger's own books; call it before the chargers are closed."""
    return {
        player.plan.identity: {
            "energy_wh": player.books.energy_wh,
            "statuses": {
                str(number): None if status is None else status.value
                for number in range(len(player.evses) + 1)
                for status in (player.charge_point.status(number),)
            },
            "transactions": player.books.plain(),
        }
        for player in fleet.players
    }


def junit(judged: list[Check], facts: Mapping[str, Any]) -> str:
    """Return the verdicts as JUnit XML, one test case for each."""
    failed = [check for check in judged if not check.passed]
    suite = ElementTree.Element(
        "testsuite",
        name="evseloop fleet",
        tests=str(len(judged)),
        failures=str(len(failed)),
        skipped=str(sum(check.allowed is None for check in judged)),
    )
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in facts.items():
        ElementTree.SubElement(properties, "property", name=name, value=str(value))
    for check in judged:
        case = ElementTree.SubElement(suite, "testcase", classname="fleet", name=check.name)
        if check.allowed is None:
            ElementTree.SubElement(case, "skipped", message=f"not judged; found {check.found:g}")
        elif not check.passed:
            failure = ElementTree.SubElement(case, "failure", message=verdict(check))
            failure.text = _printable("\n".join(check.examples))
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def verdict(check: Check) -> str:
    """Return a verdict in one line."""
    allowed = "any" if check.allowed is None else f"{check.allowed:g}"
    return f"{check.found:g} {check.meaning} (allowed: {allowed})"


def _printable(text: str) -> str:
    """Leave out what XML 1.0 cannot carry: whatever a central system has sent may be in it."""
    return "".join(
        sign
        if sign in "\t\n\r" or "\x20" <= sign <= "\ud7ff" or "\ue000" <= sign <= "\ufffd"
        else "?"
        for sign in text
    )
