"""How many branches of the charging process its unit tests go through."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

FIRMWARE = Path(__file__).parents[2] / "firmware"
LIBRARIES = ("hal", "store", "evse", "charger")
INCLUDES = [f"-I{FIRMWARE}/lib/{name}/include" for name in LIBRARIES]
AT_LEAST = 0.95


def compiled(source: Path, made: Path, *flags: str) -> Path:
    command = ["g++", "-std=c++17", "-O0", *flags, *INCLUDES, "-c"]
    subprocess.run([*command, source, "-o", made], check=True)
    return made


def branches(folder: Path) -> dict[str, int]:
    """Return how often each branch was taken, by where it is."""
    command = ["gcov", "--json-format", "--stdout", "--branch-probabilities", "evse.gcda"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=True)
    taken = {}
    for file in json.loads(done.stdout)["files"]:
        name = Path(file["file"])
        if not name.is_relative_to(FIRMWARE / "lib/evse"):
            continue
        for line in file["lines"]:
            for number, branch in enumerate(line["branches"]):
                where = f"{name.relative_to(FIRMWARE)}:{line['line_number']} ({number})"
                taken[where] = branch["count"]
    return taken


def test_the_unit_tests_go_through_95_percent_of_the_branches(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = tmp_path / "evse.cpp"
    sources = sorted((FIRMWARE / "lib/evse/src").glob("*.cpp"))
    whole.write_text("".join(f'#include "{source}"\n' for source in sources))
    # First, so that of a function in a header the linker takes the one that counts.
    objects = [compiled(whole, tmp_path / "evse.o", "--coverage", "-fno-exceptions")]
    tests = [*(FIRMWARE / "test/evse").glob("*.cpp")]
    for name in ("store", "charger"):
        tests += (FIRMWARE / "lib" / name).glob("src/*.cpp")
    fast = "-DDOCTEST_CONFIG_SUPER_FAST_ASSERTS"
    objects += [compiled(source, tmp_path / f"{source.stem}.o", fast) for source in sorted(tests)]
    subprocess.run(["g++", "--coverage", *objects, "-o", tmp_path / "units"], check=True)
    # What only happens at random somewhere in a thousand courses of events does not count.
    aimed = [tmp_path / "units", "--source-file-exclude=*laws_test.cpp"]
    ran = subprocess.run(aimed, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    taken = branches(tmp_path)
    missed = [where for where, times in taken.items() if times == 0]
    share = 1 - len(missed) / len(taken)
    with capsys.disabled():
        sys.stdout.write(f"\nbranches of firmware/lib/evse: {share:.1%} of {len(taken)}\n")
    assert share >= AT_LEAST, "\n".join(missed)
