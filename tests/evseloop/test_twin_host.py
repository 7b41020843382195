"""`evseloop twin --controller host`: a program drives the pins, and chargers play as ever."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from evseloop.__main__ import main
from tests.peers.host_program import host_program
from tests.twin.link.conftest import example

__all__ = ["example", "host_program"]

NOBODY = "ws://127.0.0.1:9"
"""The port of the discard service, at which nobody listens."""


def twin(tmp_path: Path, *arguments: str) -> list[str]:
    return [
        *(sys.executable, "-m", "evseloop", "twin", "--central", NOBODY, "--speed", "30"),
        *("--controller", "host", "--state", str(tmp_path / "state"), *arguments),
    ]


@pytest.mark.parametrize("ocpp", [False, True])
def test_the_program_sees_who_is_plugged_in_and_ctrl_c_ends_it_in_order(
    example: Path, tmp_path: Path, request: pytest.FixtureRequest, ocpp: bool
) -> None:
    # With this seed somebody comes after ten seconds.
    command = twin(tmp_path, "--program", str(example), "--seed", "91")
    if ocpp:
        command += ["--ocpp-program", str(request.getfixturevalue("host_program"))]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        told = []
        for line in process.stdout:
            told.append(line)
            if "Preparing" in line:
                process.send_signal(signal.SIGINT)
    assert process.returncode == 0, told
    assert "plugged in" in "".join(told)
    assert (tmp_path / "state" / "CP1" / "evse1").is_dir()
    assert (tmp_path / "state" / "CP1" / "ocpp" / "fram.bin").is_file() is ocpp


def test_a_program_that_ends_is_told_in_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        twin(tmp_path, "--program", "/bin/false"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        "evseloop twin: false has ended the connection, where a frame was awaited; exit code 1"
    )
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["twin", "--program", "/bin/true"], "--program and --gdb go with --controller host"),
        (["twin", "--controller", "host", "--program", "/nowhere"], "no program /nowhere"),
        (["twin", "--ocpp-program", "/bin/true"], "--ocpp-program goes with --controller host"),
        (
            [
                *("twin", "--controller", "host", "--program", "/bin/true", "--connectors", "3"),
                *("--ocpp-program", "/bin/true"),
            ],
            "has 2 connectors at most, not 3",
        ),
        (["scenarios", "--gdb"], "--program, --ocpp-program and --gdb go with --target sil"),
        (["scenarios", "--target", "sil", "--program", "README.md"], "README.md is no program"),
    ],
)
def test_bad_input_is_told(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert message in capsys.readouterr().err
