"""The command line: what it prints, and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from evseloop.__main__ import main


def evseloop(*arguments: str) -> int:
    return main(["scenarios", *arguments])


def test_a_run_that_passes_ends_with_its_margins_and_where_the_report_is(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert evseloop("vehicles", "--target", "twin", "--output", str(tmp_path)) == 0
    printed = capfd.readouterr().out
    assert "IEC61851.EV_FOLLOWS_DUTY" in printed
    assert "margin" in printed
    assert f"report: {tmp_path}/log.html" in printed
    assert json.loads((tmp_path / "report.json").read_text())["passed"] is True


def test_a_wrong_evse_ends_with_exit_code_one_and_the_limit_it_broke(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    arguments = ("vehicles", "--wrong", "ramps-at-20-a-per-s", "--output", str(tmp_path))
    assert evseloop(*arguments) == 1
    assert "fail: EVSELOOP.EV_RAMP" in capfd.readouterr().out
    assert list((tmp_path / "plots").glob("*EV-RAMP*.png"))


def test_with_a_raw_pilot_every_controller_samples_it_and_the_report_says_so(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    suite = tmp_path / "raw.robot"
    suite.write_text(
        "*** Settings ***\nResource    scenarios/resources/electrics.resource\n"
        "*** Test Cases ***\nThe Pilot Is Shorted\n"
        "    [Tags]    req:IEC61851.OPEN_ON_SHORTED_PILOT_C\n"
        "    Vehicle Is Charging    byd-atto-3\n"
        "    Contactor Should Open Within    IEC61851.OPEN_ON_SHORTED_PILOT_C\n"
        "    ...    after=fault pilot_short\n"
    )
    values = {}
    for pilot in ("settled", "raw"):
        output = tmp_path / pilot
        assert evseloop(str(suite), "--pilot", pilot, "--output", str(output)) == 0
        report = json.loads((output / "report.json").read_text())
        assert report["pilot"] == pilot
        values[pilot] = report["verdicts"][0]["value"]
    assert "raw pilot" in capfd.readouterr().out
    # A window of ten periods has to be over, and half of it to show the change, before it counts.
    assert 0.003 < values["raw"] - values["settled"] < 0.02


def test_a_wrong_charge_point_fails_as_well_without_a_picture_of_its_signals(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    arguments = ("ocpp/sessions", "--wrong", "resets-under-load", "--output", str(tmp_path))
    assert evseloop(*arguments) == 1
    assert "fail: OCPP16.RESET_WITHOUT_LOAD" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), "no scenarios at 'nowhere'; a path, or one of: charging"),
        (("timing", "--wrong", "slow-filer"), "did you mean slow-filter"),
        (("timing", "--target", "moon"), "moon"),
        (("timing", "--tolerance", "cosy"), "cosy"),
        (("timing", "--pilot", "cooked"), "cooked"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_two(
    arguments: tuple[str, ...], said: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert evseloop(*arguments, "--output", str(tmp_path / "out")) == 2
    error = capfd.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_an_output_that_cannot_be_written_is_bad_input(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")
    assert evseloop("vehicles", "--output", str(taken)) == 2
    assert "cannot write the report" in capfd.readouterr().err


def test_the_wrong_evses_are_listed_with_what_they_fail(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert evseloop("--wrong", "list") == 0
    assert "slow-filter: it filters the pilot for 150 ms" in capfd.readouterr().out


def test_limits_and_reports_import_without_the_extras() -> None:
    blocked = ("robot", "robotlibcore", "matplotlib", "asammdf", "httpx", "serial")
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({blocked!r}));"
        "import hil.limits, hil.report, hil.report.summary, hil.report.coverage, hil.report.junit"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
