"""What the charging process takes of a small chip: flash, RAM, stack, instructions a tick.

The portable libraries are cross-compiled for rv32imc (an ESP32-C3 is one) with -Os, linked with
an ideal charger and vehicle at the pins, and run in qemu with one instruction a step, so that the
instruction counter is exact and the same on every machine:

    python -m bench.firmware

Needs the Debian packages gcc-riscv64-unknown-elf and qemu-system-misc (`.ci/debian-packages
checks`). Instructions are no microseconds: a chip that fetches from flash through a cache waits
now and then. An ESP32-C3 runs at 160 MHz.

The OCPP client is compiled and linked for itself, with the headers of the packages
picolibc-riscv64-unknown-elf (large, so not among those of `checks`) and libcjson-dev. It is not
run, and its figures leave out cJSON, the C library and the platform.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from bench.machine import describe

FIRMWARE = Path(__file__).parents[1] / "firmware"
LIBRARIES = ("evse", "charger", "store", "front_end")
CROSS = "riscv64-unknown-elf-"
TARGET = (
    "-march=rv32imc -mabi=ilp32 -std=c++17 -Os -ffreestanding -fno-exceptions -fno-rtti "
    "-fno-threadsafe-statics -ffunction-sections -fdata-sections "
    "-Wall -Wextra -Wconversion -Wshadow -Werror"
)
RUN_SECONDS = 60

PICOLIBC = Path("/usr/lib/picolibc/riscv64-unknown-elf/include")
CJSON = Path("/usr/include/cjson")

AIMS = {"instructions_a_tick": 2_000, "code_bytes": 120 * 1024, "ram_bytes": 40 * 1024}


class Sizes(NamedTuple):
    """Bytes of a program or an object: code with constants, and memory that is there for good."""

    code: int
    ram: int


def build(folder: Path) -> tuple[Path, Sizes]:
    """Link the libraries with the harness; return the program and what the libraries take of it.

    Raises:
        subprocess.CalledProcessError: it does not compile.
    """
    includes = [f"-I{FIRMWARE}/lib/{name}/include" for name in (*LIBRARIES, "hal")]
    compiler = [f"{CROSS}g++", *TARGET.split(), *includes]
    chip = FIRMWARE / "test/chip"
    harness = folder / "harness.o"
    # Else the compiler makes a call of memcpy of the loop in memcpy.
    alone = "-fno-tree-loop-distribute-patterns"
    subprocess.run([*compiler, alone, "-c", chip / "main.cpp", "-o", harness], check=True)
    sources = [
        path for name in LIBRARIES for path in sorted((FIRMWARE / "lib" / name).glob("src/*.cpp"))
    ]
    program = folder / "chip.elf"
    linking: list[str | Path] = [
        "-nostdlib",
        "-T",
        chip / "chip.ld",
        "-Wl,--gc-sections,--no-warn-rwx-segments",
    ]
    everything: list[str | Path] = [
        *sources,
        harness,
        chip / "start.S",
        *linking,
        "-lgcc",
        "-o",
        program,
    ]
    subprocess.run([*compiler, *everything], check=True)
    whole, own = _sizes(program), _sizes(harness)
    stack = 16 * 1024
    return program, Sizes(whole.code - own.code, whole.ram - own.ram - stack)


def _sizes(path: Path) -> Sizes:
    shown = subprocess.run(
        [f"{CROSS}size", path], capture_output=True, text=True, check=True
    ).stdout
    text, data, bss = map(int, shown.splitlines()[1].split()[:3])
    return Sizes(text + data, data + bss)


def ocpp_client(folder: Path) -> Sizes | None:
    """Return what the OCPP client takes; None: its headers are not here.

    Raises:
        subprocess.CalledProcessError: it does not compile.
    """
    if not PICOLIBC.is_dir() or not CJSON.is_dir():
        return None
    headers = folder / "headers"
    headers.mkdir()
    # Of this machine's headers this one alone: it declares, and fits any of them.
    (headers / "cjson").symlink_to(CJSON)
    includes = [f"-I{FIRMWARE}/lib/{name}/include" for name in ("hal", "store", "ocpp")]
    sources = [
        path
        for name in ("store", "ocpp")
        for path in sorted((FIRMWARE / "lib" / name).glob("src/*.cpp"))
    ]
    program = folder / "ocpp.elf"
    linking = [
        "-nostdlib",
        "-Wl,--gc-sections,--unresolved-symbols=ignore-all,--no-warn-rwx-segments",
    ]
    compiler = [f"{CROSS}g++", *TARGET.split(), "-fno-asynchronous-unwind-tables", *includes]
    system: list[str | Path] = ["-isystem", PICOLIBC, "-isystem", headers]
    everything: list[str | Path] = [
        *sources,
        FIRMWARE / "test/chip/ocpp_size.cpp",
        *linking,
        "-lgcc",
        "-o",
        program,
    ]
    subprocess.run([*compiler, *system, *everything], check=True)
    return _sizes(program)


def run(program: Path) -> dict[str, int]:
    """Run the harness; return what it has printed.

    Raises:
        subprocess.TimeoutExpired: it does not come to an end.
        subprocess.CalledProcessError: qemu fails.
    """
    machine = ["-machine", "virt", "-bios", "none", "-nographic", "-icount", "shift=0"]
    command: list[str] = ["qemu-system-riscv32", *machine, "-kernel", str(program)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        timeout=RUN_SECONDS,
        stdin=subprocess.DEVNULL,
    )
    return {name: int(value) for name, value in map(str.split, done.stdout.splitlines())}


def measure() -> dict[str, int]:
    """Build, run, and return every figure."""
    with tempfile.TemporaryDirectory() as folder:
        program, sizes = build(Path(folder))
        figures = run(program)
        ocpp = ocpp_client(Path(folder))
    if ocpp is not None:
        figures |= {"ocpp_code_bytes": ocpp.code, "ocpp_ram_bytes": ocpp.ram}
    held = sum(value for name, value in figures.items() if name.startswith("ram_"))
    return {
        **figures,
        "code_bytes": sizes.code,
        "ram_bytes": sizes.ram + held + figures["stack"],
    }


def main() -> None:
    """Measure and print."""
    figures = measure()
    print(f"code and constants          {figures['code_bytes']:7,} bytes")
    print(
        f"RAM with its stack          {figures['ram_bytes']:7,} bytes ({figures['stack']:,} stack)"
    )
    for phase in ("idle", "beginning", "charging", "ending"):
        mean, worst = figures[f"{phase}_mean"], figures[f"{phase}_worst"]
        print(f"a tick, {phase:10}          {mean:7,} instructions, worst {worst:,}")
    print(f"a sample of the pilot       {figures['pilot_sample_mean']:7,} instructions")
    print(f"a sample of a line (v, i)   {figures['line_sample_mean']:7,} instructions")
    if "ocpp_code_bytes" in figures:
        print(f"the OCPP client, code       {figures['ocpp_code_bytes']:7,} bytes")
        print(f"the OCPP client, RAM        {figures['ocpp_ram_bytes']:7,} bytes, no stack")
    else:
        print("the OCPP client             not compiled: no picolibc-riscv64-unknown-elf here")
    print(json.dumps({"benchmark": "firmware", **figures, "aims": AIMS, "machine": describe()}))


if __name__ == "__main__":
    main()
