"""`evseloop fleet` against a central system that is not ours: the plain `ocpp` package."""

from __future__ import annotations

import base64
import json
import os
import pty
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import repeat
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.peers.pki import Authority, server_tls
from tests.peers.plain_ocpp_central import plain_ocpp_central
from wire.times import parse_time

BUSY = """\
about: everybody has a visitor at once
hours: 0.3
boot_within_s: 10
chargers:
  - vehicles: {byd-atto-3: 1, renault-zoe-ze50: 1}
    visits:
      - between: ["00:01", "00:04"]
        per_connector: 1.5
        stay_h: [0.1, 0.2]
"""


def fleet(url: str, folder: Path) -> tuple[int, dict[str, Any], str]:
    """Run five chargers for 18 minutes; gives exit code, report and what it said."""
    (folder / "fleet.yaml").write_text(BUSY, encoding="utf-8")
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "evseloop", "fleet", "--central", url, "--chargers", "5"),
            *("--description", str(folder / "fleet.yaml"), "--speed", "120", "--seed", "3"),
            *("--json", str(folder / "fleet.json"), "--junit", str(folder / "fleet.xml")),
        ],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    report = json.loads((folder / "fleet.json").read_text(encoding="utf-8"))
    return ended.returncode, report, ended.stdout + ended.stderr


def test_a_central_system_of_another_make_passes_and_has_the_chargers_books(
    tmp_path: Path,
) -> None:
    with plain_ocpp_central() as central:
        code, report, said = fleet(central.url, tmp_path)
    assert code == 0, said
    assert central.errors == []
    assert len(central.accepted) == 5
    limits = report["summary"]["limits"]
    assert limits["orders"] >= 5
    assert limits["compared"] > 0
    assert report["summary"]["sessions"] == len(central.starts) > 0
    assert central.values > 0
    own = {
        each["transaction_id"]: (
            identity,
            each["id_tag"],
            each["connector"],
            each["meter_start_wh"],
            parse_time(each["started_at"]),
            each["meter_stop_wh"],
            parse_time(each["stopped_at"]),
        )
        for identity, book in report["chargers"].items()
        for each in book["transactions"]
    }
    assert own == {
        number: (
            identity,
            start["id_tag"],
            start["connector_id"],
            start["meter_start"],
            parse_time(start["timestamp"]),
            central.stops[number][1]["meter_stop"],
            parse_time(central.stops[number][1]["timestamp"]),
        )
        for number, (identity, start) in central.starts.items()
    }
    # They run on at the fleet's speed, whatever a central system in wall time tells them later.
    lengths = [stopped - started for _, _, _, _, started, _, stopped in own.values()]
    assert timedelta(minutes=2) < max(lengths) < timedelta(minutes=18)


def test_one_that_gives_every_transaction_the_same_number_fails(tmp_path: Path) -> None:
    """As the examples of many packages do."""
    with plain_ocpp_central(repeat(1)) as central:
        code, report, said = fleet(central.url, tmp_path)
    assert code == 1, said
    wrong = {check["name"] for check in report["checks"] if not check["passed"]}
    assert "numbers_given_twice" in wrong, said
    failed = {
        case.get("name")
        for case in ElementTree.parse(tmp_path / "fleet.xml").getroot().iter("testcase")
        if case.find("failure") is not None
    }
    assert failed == wrong


@pytest.mark.parametrize("believed", [True, False])
def test_over_tls_it_believes_the_authorities_in_ssl_cert_file_alone(
    tmp_path: Path, believed: bool
) -> None:
    key = "00112233445566778899aabbccddeeff"
    (tmp_path / "keys").write_text(f"CP1 {key}\nCP2 {key}\n")
    now = datetime.now(UTC)
    authority = Authority(begin=now - timedelta(days=1), end=now + timedelta(days=1))
    issued = authority.server(begin=now - timedelta(days=1), end=now + timedelta(days=1))
    (tmp_path / "roots.pem").write_text(authority.pem)
    options = ("--chargers", "2", "--hours", "0.02", "--speed", "600")
    files = ("--keys", str(tmp_path / "keys"), "--json", str(tmp_path / "fleet.json"))
    with plain_ocpp_central(tls=server_tls(tmp_path / "tls", issued)) as central:
        ended = subprocess.run(
            [sys.executable, "-m", "evseloop", "fleet", "--central", central.url, *options, *files],
            env=os.environ | ({"SSL_CERT_FILE": str(tmp_path / "roots.pem")} if believed else {}),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    said = ended.stdout + ended.stderr
    assert ended.returncode == (0 if believed else 1), said
    basic = [f"{name}:".encode() + bytes.fromhex(key) for name in ("CP1", "CP2")]
    wanted = {"Basic " + base64.b64encode(each).decode() for each in basic}
    assert central.credentials == (wanted if believed else set())
    assert believed or "certificate verify failed" in said


def test_on_a_terminal_a_table_shows_how_it_gets_on() -> None:
    try:
        ours, its = pty.openpty()
    except OSError as error:
        pytest.skip(f"this machine has no pseudo-terminals: {error}")
    with plain_ocpp_central() as central, os.fdopen(ours, "rb", buffering=0) as terminal:
        options = ("--chargers", "2", "--hours", "0.02", "--speed", "60")
        command = [sys.executable, "-m", "evseloop", "fleet", "--central", central.url, *options]
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
        with subprocess.Popen(command, stderr=its, stdout=subprocess.PIPE, env=environment) as run:
            os.close(its)
            shown = b""
            try:
                while piece := terminal.read(4096):
                    shown += piece
            except OSError:
                pass  # EIO: there is nobody at the other end of the terminal any more
        assert run.returncode == 0, shown
    frames = shown.decode().split("time  ")
    assert len(frames) > 3, "it is drawn again and again"
    rows = [line.strip() for line in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", frames[-1]).splitlines()]
    assert "winding up" in rows[0]
    assert "online      2 of 2" in rows
    assert "not right   nothing" in rows
