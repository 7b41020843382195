"""The unit tests of the OCPP client in C++, and its frames held against the official schemas."""

from __future__ import annotations

import json
import os
import subprocess
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.peers.cpp_program import cpp_program

FIRMWARE = Path(__file__).parents[2] / "firmware"
# The firmware's own warnings, and what the compiler can find at run time.
FLAGS = (
    "-std=c++17 -O0 -Wall -Wextra -Wconversion -Wshadow -Werror "
    "-fsanitize=address,undefined -fno-sanitize-recover=all -fno-sanitize=vptr "
    "-DDOCTEST_CONFIG_SUPER_FAST_ASSERTS"
)
# As on the board.
BOUNDED = "-fno-exceptions -fno-rtti"
LIBRARIES = ("hal", "store", "ocpp")
SOURCES = [source for name in LIBRARIES for source in (FIRMWARE / "lib" / name).glob("src/*.cpp")]
TESTS = list((FIRMWARE / "test/ocpp").glob("*.cpp"))
CALL, CALL_RESULT, CALL_ERROR = 2, 3, 4


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The test program."""
    folder = tmp_path_factory.mktemp("ocpp")
    includes = [f"-I{FIRMWARE}/lib/{name}/include" for name in LIBRARIES]

    def more_flags(source: Path) -> str:
        # Thousands of power cuts are mostly checksums.
        quick = "-O1" if source.name == "record.cpp" else ""
        return f"{BOUNDED} {quick}" if source in SOURCES else quick

    return cpp_program(folder, SOURCES + TESTS, includes, FLAGS, more_flags)


@pytest.mark.parametrize("stride", ["13", pytest.param("1", marks=pytest.mark.full)])
def test_the_unit_tests_of_the_ocpp_client_pass_and_its_frames_keep_the_schemas(
    built: Path, stride: str
) -> None:
    """The power goes at each `stride`th byte that is written: 13 has no factor in common with
    the lengths of the records, so that every part of them is hit.
    """
    frames = built.with_name("frames")
    ran = subprocess.run(
        [built],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "FRAMES": str(frames), "STRIDE": stride},
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert broken_frames(frames.read_text()) == []


def broken_frames(text: str) -> list[str]:
    """Return what is wrong with the frames that the charger sent.

    Each line is a direction (`>` from the charger) and a frame.
    """
    actions: dict[str, str] = {}
    broken: list[str] = []
    for line in text.splitlines():
        if line[0] == "<":
            remember_call(line[1:], actions)
            continue
        why = wrong_with(exactly(line[1:]), actions)
        if why:
            broken.append(f"{why}: {line[1:]}")
    assert actions, "no frame was exchanged at all"
    return broken


def remember_call(text: str, actions: dict[str, str]) -> None:
    """Note the action of a call of the central system; some tests send what is none."""
    try:
        frame = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return
    if isinstance(frame, list) and len(frame) == 4 and frame[0] == CALL:
        actions[frame[1]] = frame[2]


def wrong_with(frame: list[Any], actions: dict[str, str]) -> str:
    """Return what is wrong with a frame, nothing if it is right."""
    match frame:
        case [2, str(unique_id), str(action), dict(payload)] if 0 < len(unique_id) <= 36:
            name = action
        case [3, str(unique_id), dict(payload)] if unique_id in actions:
            name = actions[unique_id] + "Response"
        case [4, str(), str(code), str(description), dict(details)]:
            right = code and len(description) <= 255 and details == {}
            return "" if right else "no CALLERROR"
        case _:
            return "no frame"
    error = next(validator(name).iter_errors(payload), None)
    return "" if error is None else error.message


@cache
def validator(name: str) -> Any:
    text = (files("ocpp") / "v16" / "schemas" / f"{name}.json").read_text("utf-8-sig")
    return jsonschema.Draft4Validator(exactly(text))


def exactly(text: str) -> Any:
    """Read JSON with exact decimals: a schema's `multipleOf: 0.1` has no binary form."""
    return json.loads(text, parse_float=Decimal)
