"""What the keywords of one run share: target, record, and the number of repetitions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hil.limits import Requirement, Verdict
from hil.report import Run
from hil.target import Target
from scenarios.situation import Situation


@dataclass
class Session:
    """One run as the keywords see it.

    Attributes:
        run: where verdicts go.
        target: what is under test.
        output: folder of the report.
        seed: all randomness of the run is drawn from it.
        at_most: upper bound on repetitions, for quick runs; None: as the requirement says.
        traced: the scenario's signals are the target's, and can be drawn; those of a charger with
            a central system are not recorded.
    """

    run: Run
    target: Target
    output: Path
    seed: int = 1
    at_most: int | None = None
    scenario: str = ""
    tags: frozenset[str] = frozenset()
    pictures: bool = True
    situation: Situation = field(default_factory=Situation)
    measurement: int = 0
    traced: bool = True

    def requirement(self, key: str) -> Requirement:
        """Return a requirement by its id.

        Raises:
            ValueError: there is no such requirement, or the scenario does not say by a tag
                `req:ID` that it verifies it.
        """
        if key not in self.run.requirements:
            raise ValueError(f"there is no requirement {key} in requirements.yaml")
        if key not in self.tags:
            raise ValueError(f"this scenario judges {key}: give it the tag req:{key}")
        return self.run.requirements[key]

    def repetitions(self, requirement: Requirement) -> int:
        """Return how often to measure for a requirement in this run."""
        wanted = requirement.repetitions_on(self.target.name)
        return wanted if self.at_most is None else min(wanted, self.at_most)

    def seeds(self, count: int) -> Iterator[int]:
        """Yield a seed for each repetition, the same ones in every run with the same seed."""
        yield from range(self.seed * 100_000, self.seed * 100_000 + count)

    def judged(self, verdict: Verdict, plot: Path | None = None) -> None:
        """Keep a verdict of the present scenario."""
        self.run.add(self.scenario, verdict, plot)

    def start_scenario(self, name: str, tags: frozenset[str]) -> None:
        """Forget the last scenario and begin another."""
        self.scenario, self.tags = name, tags
        self.situation = Situation()
        self.traced = True

    def plot_path(self, what: str) -> Path:
        """Return a new file for a picture, beside the report."""
        self.measurement += 1
        folder = self.output / "plots"
        folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^A-Za-z0-9]+", "-", f"{self.scenario}-{what}-{self.measurement}").strip(
            "-"
        )
        return folder / f"{name}.png"


_current: list[Session] = []


def open_session(session: Session) -> None:
    """Make a session the one that keywords use."""
    _current.append(session)


def close_session() -> None:
    """End the present session."""
    _current.pop()


def current() -> Session:
    """Return the session of the running scenarios.

    Raises:
        RuntimeError: no run is under way; scenarios are started by `evseloop scenarios`.
    """
    if not _current:
        raise RuntimeError("no run is under way: start scenarios with `evseloop scenarios`")
    return _current[-1]
