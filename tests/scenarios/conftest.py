"""Runs scenarios in this process, as `evseloop scenarios` does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from hil.report import Run
from hil.targets.build import Build
from hil.targets.twin import TwinTarget
from scenarios.listener import SUITES
from scenarios.runner import ScenarioInfo, run_scenarios

SAMPLED = 12
"""Repetitions of a measurement at the default tier."""


@pytest.fixture
def run_on_twin(tmp_path: Path) -> Callable[..., Run]:
    """Return a function that runs scenarios on the twin and returns the record."""

    def run(
        paths: Sequence[Path] = (SUITES,),
        build: Build | None = None,
        tolerance: str = "nominal",
        only: Callable[[ScenarioInfo], bool] = lambda _: True,
        at_most: int | None = SAMPLED,
        reports: bool = False,
    ) -> Run:
        return run_scenarios(
            TwinTarget(tolerance, build),
            paths,
            tmp_path / "out",
            only=only,
            at_most=at_most,
            tolerance=tolerance,
            quiet=True,
            reports=reports,
        )

    return run
