"""`evseloop fleet` as CI runs it: against our real central system, and with bad input."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from evseloop.__main__ import main
from tests.peers.output import said
from wire.times import parse_time

OPEN = {
    "OCPP_UNKNOWN_CHARGERS": "accept",
    "OCPP_UNKNOWN_TAGS": "accept",
    "OCPP_MIN_SECURITY_PROFILE": "0",
}


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "evseloop", "fleet", *options]


def fleet(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*options),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.fixture
def external_central(start_central: Callable[..., Any], tmp_path: Path) -> Any:
    """Return a central system at its secure defaults whose time is set from outside."""
    return start_central("--clock", "external", "--control-socket", str(tmp_path / "control"))


def test_twenty_chargers_for_an_hour_and_the_books_are_equal(
    external_central: Any, tmp_path: Path
) -> None:
    central = external_central
    ended = fleet(
        *("--chargers", "20", "--central", central.ocpp, "--rest", central.http),
        *("--profile", "motorcycle-swap-yard", "--hours", "1", "--seed", "5", "--speed", "max"),
        *("--clock-socket", str(tmp_path / "control"), "--from", "2026-06-01T08:00:00Z"),
        *("--json", str(tmp_path / "out.json"), "--junit", str(tmp_path / "out.xml")),
        *("--keys", str(tmp_path / "keys")),
        EVSELOOP_REST_EMAIL=central.admin_email,
        EVSELOOP_REST_PASSWORD=central.admin_password,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    report = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert all(check["passed"] for check in report["checks"])
    assert report["summary"]["people"]["remote_starts"] > 3
    assert report["summary"]["sessions"] >= 15
    assert f"{report['summary']['sessions']} sessions" in ended.stdout
    assert "nobody came" not in ended.stdout
    suite = ElementTree.parse(tmp_path / "out.xml").getroot()
    assert suite.get("failures") == "0"
    assert int(suite.get("tests", "0")) == len(report["checks"])

    with central.admin() as admin:
        sessions = admin.get("/api/sessions", params={"limit": 1000}).json()
        held = {each["charge_point_id"]: each for each in admin.get("/api/chargers").json()}
    assert {
        session["id"]: (
            session["charge_point_id"],
            session["connector_id"],
            session["id_tag"],
            session["meter_start_wh"],
            session["meter_stop_wh"],
            parse_time(session["start_time"]),
            parse_time(session["stop_time"]),
        )
        for session in sessions
    } == {
        each["transaction_id"]: (
            identity,
            each["connector"],
            each["id_tag"],
            each["meter_start_wh"],
            each["meter_stop_wh"],
            parse_time(each["started_at"]),
            parse_time(each["stopped_at"]),
        )
        for identity, book in report["chargers"].items()
        for each in book["transactions"]
    }
    assert sum(session["energy_wh"] for session in sessions) == report["summary"]["energy_wh"]
    for identity, book in report["chargers"].items():
        assert book["statuses"] == {
            str(each["connector_id"]): each["status"] for each in held[identity]["connectors"]
        }

    keys = (tmp_path / "keys").read_text(encoding="utf-8").splitlines()
    assert len(keys) == 20
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0
    assert not any(line.split()[1] in ended.stdout + ended.stderr for line in keys)
    again = fleet(
        *("--chargers", "3", "--central", central.ocpp, "--keys", str(tmp_path / "keys")),
        *("--hours", "0.02", "--speed", "max", "--clock-socket", str(tmp_path / "control")),
        *("--from", "2026-06-02T00:00:00Z"),
    )
    assert again.returncode == 0, again.stdout + again.stderr


def test_paced_against_a_central_system_that_knows_nothing_of_the_fleet(
    start_central: Callable[..., Any], tmp_path: Path
) -> None:
    central = start_central(**OPEN)
    ended = fleet(
        *("--chargers", "5", "--central", central.ocpp, "--speed", "600", "--hours", "0.5"),
        *("--profile", "highway", "--json", str(tmp_path / "out.json")),
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "each charger takes the central system's time at boot" in ended.stdout
    report = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert report["fleet"]["remote_starts"] == "none: drivers use tags only"
    assert report["summary"]["calls"]["BootNotification"] == 5


def test_what_is_not_allowed_is_exit_code_1_and_a_failure_in_the_report(
    start_central: Callable[..., Any], tmp_path: Path
) -> None:
    central = start_central()  # it knows none of the chargers
    ended = fleet(
        *("--chargers", "2", "--central", central.ocpp, "--speed", "3000", "--hours", "0.05"),
        *("--junit", str(tmp_path / "out.xml")),
    )
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "FAIL 2 chargers that had something left to tell at the end" in ended.stdout
    failures = {
        case.get("name")
        for case in ElementTree.parse(tmp_path / "out.xml").getroot().iter("testcase")
        if case.find("failure") is not None
    }
    assert failures == {"not_settled", "failed_attempts"}


def test_interrupted_it_winds_up_and_reports(start_central: Callable[..., Any]) -> None:
    central = start_central(**OPEN)
    with subprocess.Popen(
        command(
            *("--chargers", "3", "--central", central.ocpp, "--speed", "60", "--hours", "24"),
        ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        told = said(process, process.stderr, "online: 3 of 3")
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, out + told + errors
    assert "0 sessions" in out
    assert "nobody came to charge" in out


def test_the_schema_is_printed_and_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fleet", "--schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert "chargers" in json.dumps(schema)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--central", "http://x"], "--central http://x: it has to begin with ws:// or wss://"),
        (["--profile", "office"], "no profile 'office': there are chaos, highway"),
        (["--description", "nowhere.yaml"], "nowhere.yaml: not readable: No such file"),
        (["--speed", "fast"], "--speed fast: a factor above 0, such as 60, or max"),
        (["--speed", "max"], "--speed max needs --clock-socket"),
        (["--from", "noon"], "--from noon: not a time such as 2026-01-01T00:00:00Z"),
        (["--json", "nowhere/out.json"], "there is no folder nowhere"),
        (["--rest", "http://127.0.0.1:1"], "--rest needs an administrator's login in"),
        (["--keys", "nowhere"], "--keys nowhere: there is no key in it"),
        (["--chargers", "0"], "--chargers"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    options: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fleet", *options]) == 2
    said = capsys.readouterr().err
    assert complaint in said
    assert said.count("\n") == 1


def test_registers_that_cannot_be_read_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "FLEET00000.registers.json").write_text("{", encoding="utf-8")
    assert main(["fleet", "--state", str(tmp_path), "--chargers", "1"]) == 2
    assert "FLEET00000.registers.json is not readable" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("CP1 00\n", "line 1: 'ID KEY' with a key of 32 to 40 hexadecimal digits"),
        ("CP1 " + "00" * 16 + "\n", "20 chargers, but only 1 identities"),
    ],
)
def test_keys_that_do_not_do_are_named(
    tmp_path: Path, text: str, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "keys").write_text(text, encoding="utf-8")
    assert main(["fleet", "--keys", str(tmp_path / "keys")]) == 2
    assert complaint in capsys.readouterr().err
