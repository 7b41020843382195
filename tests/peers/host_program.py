"""The firmware, built for this machine as `make firmware` does, in a folder of its own."""

from __future__ import annotations

import fcntl
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

FIRMWARE = Path(__file__).parents[2] / "firmware"
LIBRARIES = ("hal", "store", "link", "evse", "charger", "ocpp", "certificates")
LINKED = ("-lcjson", "-lmbedx509", "-lmbedcrypto")
FLAGS = "-std=c++17 -O2 -Wall -Wextra -Wconversion -Wshadow -Werror -fno-exceptions -fno-rtti"


def includes() -> list[str]:
    return [f"-I{FIRMWARE}/lib/{name}/include" for name in LIBRARIES]


def sources() -> list[Path]:
    found = sorted(FIRMWARE.glob("src/host/*.cpp"))
    for name in LIBRARIES:
        found += sorted((FIRMWARE / "lib" / name).glob("src/*.cpp"))
    return found


def build(folder: Path, flags: str = FLAGS) -> Path:
    """Compile and link the host program, without a warning."""

    def compiled(source: Path) -> Path:
        made = folder / f"{source.parts[-3]}-{source.stem}.o"
        subprocess.run(["g++", *flags.split(), *includes(), "-c", source, "-o", made], check=True)
        return made

    with ThreadPoolExecutor(max_workers=2) as pool:
        objects = list(pool.map(compiled, sources()))
    program = folder / "program"
    linked = [flag for flag in flags.split() if flag.startswith("-fsanitize")]
    subprocess.run(["g++", *linked, *objects, *LINKED, "-o", program], check=True)
    return program


@pytest.fixture(scope="session")
def host_program(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Return the host program; processes of one test run share what the first has built.

    `HOST_PROGRAM` in the environment names one that is built already, with sanitizers perhaps.
    """
    given = os.environ.get("HOST_PROGRAM")
    if given:
        return Path(given)
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "host-program"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        program = folder / "program"
        return program if program.exists() else build(folder)
