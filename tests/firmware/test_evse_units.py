"""The unit tests of the charging process in C++: every transition, every guard, every fault."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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

    def compiled(source: Path) -> Path:
        made = tmp_path / f"{source.stem}.o"
        subprocess.run(["g++", *FLAGS.split(), *includes, "-c", source, "-o", made], check=True)
        return made

    with ThreadPoolExecutor(max_workers=2) as pool:
        objects = list(pool.map(compiled, SOURCES))
    program = tmp_path / "units"
    subprocess.run(["g++", *FLAGS.split(), *objects, "-o", program], check=True)
    ran = subprocess.run([program], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
