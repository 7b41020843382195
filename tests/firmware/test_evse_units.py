"""The unit tests of the charging process in C++: every transition, every guard, every fault."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.peers.cpp_program import cpp_program

FIRMWARE = Path(__file__).parents[2] / "firmware"
# The firmware's own warnings, and what the compiler can find at run time.
FLAGS = (
    "-std=c++17 -O0 -Wall -Wextra -Wconversion -Wshadow -Werror "
    "-fsanitize=address,undefined,bounds-strict -fno-sanitize-recover=all"
)
LIBRARIES = ("hal", "store", "evse", "charger")
SOURCES = [
    *(source for name in LIBRARIES for source in (FIRMWARE / "lib" / name).glob("src/*.cpp")),
    *(FIRMWARE / "test/evse").glob("*.cpp"),
]


def test_the_unit_tests_of_the_charging_process_pass(tmp_path: Path) -> None:
    includes = [f"-I{FIRMWARE}/lib/{name}/include" for name in LIBRARIES]
    program = cpp_program(tmp_path, SOURCES, includes, FLAGS)
    ran = subprocess.run([program], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
