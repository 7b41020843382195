"""The record of a run: which scenario judged which requirement, with what outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hil.limits import Outcome, Requirement, Verdict, inconclusive

SIMULATED = ("twin", "sil", "virtual")
"""Targets whose electrics are the twin's: what they claim to measure they can measure."""


@dataclass(frozen=True)
class Entry:
    """One verdict and the scenario that came to it."""

    scenario: str
    verdict: Verdict
    plot: Path | None = None
    """A picture of the signals around the measurement, beside the report."""


@dataclass
class ScenarioResult:
    """One scenario as it ran."""

    name: str
    """Suite path and scenario, e.g. `timing.Opening.The Vehicle Leaves C`."""
    requirements: tuple[str, ...]
    """What it said that it verifies."""
    passed: bool = False
    skipped: bool = False
    message: str = ""
    elapsed_s: float = 0.0


@dataclass(frozen=True)
class Problem:
    """Something that makes a run worthless or wrong although no limit was broken."""

    what: str
    where: str


@dataclass
class Run:
    """Everything that one run of scenarios found on one target."""

    target: str
    tolerance: str
    seed: int
    requirements: Mapping[str, Requirement]
    wrong: str | None = None
    """Name of the deliberately wrong EVSE that was tested; None: the one as it should be."""
    pilot: str = "settled"
    """How every controller got its pilot's plateaus: `settled`, or `raw` from samples."""
    entries: list[Entry] = field(default_factory=list)
    scenarios: list[ScenarioResult] = field(default_factory=list)

    def conditions(self) -> str:
        """Return in words what the target was and how it was set up."""
        raw = ", raw pilot" if self.pilot == "raw" else ""
        return f"{self.target}, tolerance {self.tolerance}{raw}"

    def add(self, scenario: str, verdict: Verdict, plot: Path | None = None) -> None:
        """Keep a verdict."""
        self.entries.append(Entry(scenario, verdict, plot))

    def with_outcome(self, *outcomes: Outcome) -> list[Entry]:
        """Return the entries with one of these outcomes, in the order in which they came."""
        return [entry for entry in self.entries if entry.verdict.outcome in outcomes]

    def judged(self, scenario: str) -> set[str]:
        """Return the ids of the requirements that a scenario has judged."""
        return {e.verdict.requirement.id for e in self.entries if e.scenario == scenario}

    def failed_requirements(self) -> set[str]:
        """Return the ids of the requirements with at least one failed verdict."""
        return {e.verdict.requirement.id for e in self.with_outcome(Outcome.FAIL)}

    def close_scenario(self, result: ScenarioResult) -> None:
        """Keep a scenario's result; what it promised and did not judge becomes inconclusive."""
        self.scenarios.append(result)
        if result.skipped:
            return
        for missing in set(result.requirements) - self.judged(result.name):
            verdict = inconclusive(
                self.requirements[missing], self.target, f"not measured: {result.message}"
            )
            self.add(result.name, verdict)

    def worst_by_requirement(self) -> dict[str, Entry]:
        """Return, by requirement, the entry that decides: the worst outcome, then least margin."""
        decided: dict[str, Entry] = {}
        for entry in self.entries:
            key = entry.verdict.requirement.id
            if key not in decided or _badness(entry) > _badness(decided[key]):
                decided[key] = entry
        return decided

    def problems(self) -> list[Problem]:
        """Return what is wrong with the run itself, apart from limits that were broken.

        A requirement that stayed inconclusive on simulated electrics is one, as they can
        measure everything they claim to; so is a run that measured nothing, and a scenario that
        failed for another reason than a limit.
        """
        found = []
        if not any(e.verdict.outcome is not Outcome.INCONCLUSIVE for e in self.entries):
            found.append(Problem("nothing was measured", f"target {self.target}"))
        if self.target in SIMULATED:
            found += [
                Problem(f"{e.verdict.requirement.id} is inconclusive: {e.verdict.note}", e.scenario)
                for e in self.with_outcome(Outcome.INCONCLUSIVE)
            ]
        broken = {e.scenario for e in self.with_outcome(Outcome.FAIL, Outcome.INCONCLUSIVE)}
        found += [
            Problem(f"failed without a broken limit: {result.message}", result.name)
            for result in self.scenarios
            if not result.passed and not result.skipped and result.name not in broken
        ]
        return found

    def passed(self, *, strict: bool = False) -> bool:
        """Say whether the run passes; `strict` counts a marginal verdict against it."""
        bad: Iterable[Outcome] = (Outcome.FAIL, Outcome.MARGINAL) if strict else (Outcome.FAIL,)
        return not self.with_outcome(*bad) and not self.problems()


_ORDER = (
    Outcome.NOT_APPLICABLE,
    Outcome.PASS,
    Outcome.MARGINAL,
    Outcome.INCONCLUSIVE,
    Outcome.FAIL,
)


def _badness(entry: Entry) -> tuple[int, float]:
    margin = entry.verdict.margin
    return _ORDER.index(entry.verdict.outcome), float("-inf") if margin is None else -margin
