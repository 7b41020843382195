"""The firmware's two tasks side by side, under ThreadSanitizer."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.peers.cpp_program import cpp_program

FIRMWARE = Path(__file__).parents[2] / "firmware"
FLAGS = (
    "-std=c++17 -O1 -g -Wall -Wextra -Wconversion -Wshadow -Werror -fsanitize=thread "
    "-DDOCTEST_CONFIG_SUPER_FAST_ASSERTS"
)
LIBRARIES = ("hal", "store", "evse", "charger", "ocpp")
SOURCES = [
    *(source for name in LIBRARIES for source in (FIRMWARE / "lib" / name).glob("src/*.cpp")),
    *(FIRMWARE / "test/ocpp" / f"{name}.cpp" for name in ("rig", "central", "equipment")),
    FIRMWARE / "test/threads/two_tasks.cpp",
]


def test_control_and_business_share_nothing(tmp_path: Path) -> None:
    includes = [
        *(f"-I{FIRMWARE}/lib/{name}/include" for name in LIBRARIES),
        f"-I{FIRMWARE}/test",
        f"-I{FIRMWARE}/test/ocpp",
    ]
    program = cpp_program(tmp_path, SOURCES, includes, FLAGS)
    ran = subprocess.run([program], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
