"""A scenario with a central system fails on what was on the wire, and shows it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evseloop.__main__ import main

SUITE = """\
*** Settings ***
Resource            scenarios/resources/ocpp.resource
Suite Setup         Start Central System
Suite Teardown      Stop Central System
Test Teardown       Charger Goes

*** Test Cases ***
The Charger Gets Online
    {tags}
    Charger Is Online
    Plug In At Charger
    ${{count}}=    Transitions Not Allowed
    Verify    OCPP16.STATUS_SEQUENCE    ${{count}}
"""


def run(folder: Path, tags: str, *arguments: str) -> tuple[int, str]:
    suite = folder / "online.robot"
    suite.write_text(SUITE.format(tags=f"[Tags]    req:OCPP16.STATUS_SEQUENCE    {tags}"))
    code = main(["scenarios", str(suite), "--output", str(folder / "out"), *arguments])
    return code, (folder / "out" / "log.html").read_text()


def test_a_broken_rule_fails_the_scenario_and_its_wire_is_in_the_log_and_in_a_file(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, log = run(tmp_path, "req:OCPP16.WIRE_SCHEMA", "--wrong", "long-info")
    assert code == 1
    assert "fail: OCPP16.WIRE_SCHEMA" in capfd.readouterr().out
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    (verdict,) = [v for v in report["verdicts"] if v["outcome"] == "fail"]
    assert verdict["requirement"] == "OCPP16.WIRE_SCHEMA"
    assert "the charger sent a StatusNotification: info" in verdict["note"]
    assert "wire/online-The-Charger-Gets-Online.jsonl" in log
    lines = (tmp_path / "out/wire/online-The-Charger-Gets-Online.jsonl").read_text().splitlines()
    actions = [row["frame"][2] for row in map(json.loads, lines) if row.get("frame", [0])[0] == 2]
    assert actions[0] == "BootNotification"
    assert "StatusNotification" in actions


def test_a_rule_that_the_scenario_does_not_name_fails_it_as_well(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, _ = run(tmp_path, "", "--wrong", "answers-unasked")
    assert code == 1
    printed = " ".join(capfd.readouterr().out.split())
    assert "OCPP16.WIRE_ANSWERS: after 0.0" in printed
    assert "the charger answered of-the-last-connection, which nobody asked" in printed


def test_a_scenario_that_passes_leaves_no_record_of_its_wire(tmp_path: Path) -> None:
    code, _ = run(tmp_path, "req:OCPP16.WIRE_FRAMES")
    assert code == 0
    assert not (tmp_path / "out" / "wire").exists()
