"""`evseloop twin` as a process of its own."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

TRANSACTION_MESSAGES = {"StartTransaction", "StopTransaction", "MeterValues"}
WALL_LIMIT_S = 60
LOST_WH = 34
"""What 11 s at 11 kW are: 10 s between two saves, 1 s until it is on the disk."""


async def _start(central: Any, state: Path, *options: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "evseloop", "twin", "--central", central.url),
        *("--state", str(state), "--speed", "1500", *options),
        stdout=subprocess.PIPE,
    )


def _after(central: Any, action: str, count: int) -> asyncio.Event:
    """An event for the `count`-th call of an action from now on."""
    event = asyncio.Event()
    left = count

    def look(called: str, _: Any) -> None:
        nonlocal left
        left -= called == action
        if left == 0:
            event.set()

    central.on_call = look
    return event


async def test_it_charges_until_it_is_interrupted_and_ends_cleanly(
    central: Any, tmp_path: Path
) -> None:
    done = _after(central, "StopTransaction", 1)
    process = await _start(central, tmp_path, "--id", "CP 1", "--vehicle", "bmw-i3-120")
    async with asyncio.timeout(WALL_LIMIT_S):
        await done.wait()
        process.send_signal(signal.SIGINT)
        output, _ = await process.communicate()
    assert process.returncode == 0
    lines = output.decode().splitlines()
    assert any("CP 1/1" in line and "plugged in" in line for line in lines)
    assert central.identity == "CP 1"
    (start, *_), (stop, *_) = central.of("StartTransaction"), central.of("StopTransaction")
    assert stop["meterStop"] > start["meterStart"]


async def test_a_charger_that_samples_its_pilot_charges_as_well(
    central: Any, tmp_path: Path
) -> None:
    done = _after(central, "MeterValues", 1)
    process = await _start(central, tmp_path, "--pilot", "raw")
    async with asyncio.timeout(WALL_LIMIT_S):
        await done.wait()
        process.send_signal(signal.SIGINT)
        await process.communicate()
    assert process.returncode == 0
    assert central.of("StartTransaction")


@pytest.mark.parametrize(
    ("action", "count"), [("StartTransaction", 1), ("MeterValues", 2), ("StopTransaction", 1)]
)
async def test_killed_and_started_again_it_tells_every_session_whole(
    central: Any, tmp_path: Path, action: str, count: int
) -> None:
    async with asyncio.timeout(WALL_LIMIT_S):
        reached = _after(central, action, count)
        process = await _start(central, tmp_path)
        await reached.wait()
        process.kill()
        await process.wait()
        stopped = _after(central, "StopTransaction", 1)
        process = await _start(central, tmp_path)
        await stopped.wait()
        process.send_signal(signal.SIGTERM)
        await process.communicate()
    distinct: list[tuple[str, Any]] = []
    for call in central.calls:
        if call[0] in TRANSACTION_MESSAGES and call not in distinct:
            distinct.append(call)
    number, running = 99, False
    for name, payload in distinct:
        if name == "StartTransaction":
            assert not running, "the session before was ended first"
            number, running = number + 1, True
        else:
            assert running
            assert payload["transactionId"] == number
            running = name == "MeterValues"
    assert number >= 100
    registers = [
        payload.get("meterStart", payload.get("meterStop"))
        for name, payload in distinct
        if name != "MeterValues"
    ]
    for sooner, later in pairwise(registers):
        assert later >= sooner - LOST_WH, "the register goes back by 10 s of power at most"


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--central", "http://127.0.0.1:9000"], "begin with ws://"),
        (["--vehicle", "byd-atto-33"], "did you mean byd-atto-3"),
        (["--key", "short"], "--key: 32 to 40 hexadecimal digits"),
        (["--speed", "0"], "factor above 0"),
        (["--phases", "2"], "phases is 2"),
        (["--rating", "100"], "6 to 80 A"),
        (["--id", ""], "needs an identity"),
        (["--id-tag", "x" * 21], "1 to 20 characters"),
        (["--kind", "wireless"], "wireless"),
        (["--kind", "plain", "--vehicle", "byd-atto-3"], "does not fit"),
        (["--controller", "board"], "board"),
        (["--controller", "host", "--program", "/nowhere"], "no program /nowhere"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    options: list[str], complaint: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from evseloop.__main__ import main

    assert main(["twin", "--state", str(tmp_path), *options]) == 2
    error = capsys.readouterr().err
    assert complaint in error
    assert error.count("\n") == 1
    assert "Traceback" not in error


def test_a_memory_that_is_in_use_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from evseloop.__main__ import main

    (tmp_path / "CP1.db").write_bytes(b"not a database " * 100)
    assert main(["twin", "--state", str(tmp_path), "--speed", "1000"]) == 2
    assert "CP1.db" in capsys.readouterr().err
