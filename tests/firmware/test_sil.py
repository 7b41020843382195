"""The firmware, built for this machine, passes every scenario of the electrics over the link.

It shares no line with the reference controller, whose tests are beside those of the scenarios.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from hil.limits import Outcome
from hil.report import Run
from hil.targets.sil import SilTarget
from scenarios.listener import SUITES
from scenarios.runner import run_scenarios
from tests.peers.host_program import host_program

__all__ = ["host_program"]

SAMPLED = 2
"""Repetitions of a measurement at the default tier."""

MANY = 20
"""Where components or pilot are neither the plainest nor the most unlike: as many as on a board."""

BANDS_OF_COMPONENTS = {
    "IEC61851.PILOT_POSITIVE",
    "IEC61851.PILOT_NEGATIVE",
    "IEC61851.PILOT_STATE_F",
    "IEC61851.PILOT_SOURCE_RESISTANCE",
    "IEC61851.CAPACITANCE",
    "EVSELOOP.COIL_RELEASE",
}
"""Limits that are the band of one component, at whose ends `worst` puts it."""

QUANTA = {"EVSELOOP.OVER_VOLTAGE"}
"""A meter at the end of its band is off by 0.8 of the 1 point that is left to it, and the link
tells a voltage to 0.25."""


@pytest.fixture
def program(host_program: Path) -> Path:
    return host_program


def run_on_sil(
    program: Path, output: Path, tolerance: str, pilot: str, at_most: int | None = SAMPLED
) -> Run:
    target = SilTarget(program, tolerance, None, pilot)
    try:
        return run_scenarios(
            target,
            (SUITES,),
            output,
            only=lambda scenario: "central" not in scenario.needs,
            at_most=at_most,
            tolerance=tolerance,
            pilot=pilot,
            quiet=True,
            reports=False,
        )
    finally:
        target.close()


def judge(run: Run, tolerance: str) -> None:
    failed = [(e.verdict.requirement.id, e.verdict.value) for e in run.with_outcome(Outcome.FAIL)]
    assert failed == []
    assert [scenario.message for scenario in run.scenarios if not scenario.passed] == []
    assert run.problems() == []
    marginal = {e.verdict.requirement.id for e in run.with_outcome(Outcome.MARGINAL)}
    assert marginal <= (BANDS_OF_COMPONENTS | QUANTA if tolerance == "worst" else set())


@pytest.mark.parametrize(
    ("tolerance", "pilot"), [("nominal", "settled"), ("worst", "settled"), ("random", "raw")]
)
def test_it_passes_every_scenario_of_the_electrics(
    program: Path, tmp_path: Path, tolerance: str, pilot: str
) -> None:
    judge(run_on_sil(program, tmp_path, tolerance, pilot), tolerance)


@pytest.mark.full
@pytest.mark.parametrize(
    ("tolerance", "pilot", "at_most"),
    [
        ("nominal", "settled", None),
        ("nominal", "raw", MANY),
        ("random", "settled", MANY),
        ("random", "raw", None),
        ("worst", "settled", MANY),
        ("worst", "raw", MANY),
    ],
)
def test_it_passes_at_many_repetitions_with_any_components_and_pilot(
    program: Path, tmp_path: Path, tolerance: str, pilot: str, at_most: int | None
) -> None:
    judge(run_on_sil(program, tmp_path, tolerance, pilot, at_most), tolerance)


def run_with_a_central_system(program: Path, output: Path, *names: str) -> Run:
    target = SilTarget(program, business=program)
    able = {capability.value for capability in target.capabilities}
    try:
        return run_scenarios(
            target,
            (SUITES / "ocpp",),
            output,
            only=lambda scenario: (
                scenario.needs <= able
                and (not names or any(scenario.name.endswith(name) for name in names))
            ),
            quiet=True,
            reports=False,
        )
    finally:
        target.close()


def test_with_its_ocpp_client_it_plays_a_session_through_a_central_system(
    program: Path, tmp_path: Path
) -> None:
    run = run_with_a_central_system(program, tmp_path, "The App Starts And Stops The Charge")
    assert len(run.scenarios) == 1
    judge(run, "nominal")


@pytest.mark.full
def test_with_its_ocpp_client_it_passes_every_scenario_that_it_is_capable_of(
    program: Path, tmp_path: Path
) -> None:
    run = run_with_a_central_system(program, tmp_path)
    assert len(run.scenarios) >= 22
    judge(run, "nominal")
