"""What the charging process takes of a small chip: flash, RAM, stack, instructions a tick.

The portable libraries are cross-compiled for rv32imc (an ESP32-C3 is one) with -Os, linked with
an ideal charger and vehicle at the pins, and run in qemu with one instruction a step, so that the
instruction counter is exact and the same on every machine:

    python -m bench.firmware

Needs the Debian packages gcc-riscv64-unknown-elf and qemu-system-misc (`.ci/debian-packages
checks`). Instructions are no microseconds: a chip that fetches from flash through a cache waits
now and then. An ESP32-C3 runs at 160 MHz.

One EVSE and the OCPP client for two connectors are linked into one image besides, with the headers
of the package picolibc-riscv64-unknown-elf (large, so not among those of `checks`). It is not run.
Counted is what the linker keeps of the portable libraries and of libgcc; the C library, the
platform and the stacks of tasks are left out.
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

AIMS = {"instructions_a_tick": 2_000, "code_bytes": 120 * 1024, "ram_bytes": 40 * 1024}


class Whole(NamedTuple):
    """Bytes of the whole image: code with constants, of that libgcc's; memory for good."""

    code: int
    arithmetic: int
    ram: int


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


def whole_image(folder: Path) -> Whole | None:
    """Link one EVSE with the OCPP client; return what they take. None: no headers of picolibc.

    Raises:
        subprocess.CalledProcessError: it does not compile.
    """
    if not PICOLIBC.is_dir():
        return None
    libraries = (*LIBRARIES, "ocpp")
    includes = [f"-I{FIRMWARE}/lib/{name}/include" for name in (*libraries, "hal")]
    sources = [
        path for name in libraries for path in sorted((FIRMWARE / "lib" / name).glob("src/*.cpp"))
    ]
    program = folder / "whole.elf"
    compiler = [f"{CROSS}g++", *TARGET.split(), "-fno-asynchronous-unwind-tables", *includes]
    everything: list[str | Path] = [
        "-isystem",
        PICOLIBC,
        *sources,
        FIRMWARE / "test/chip/whole.cpp",
        "-nostdlib",
        "-Wl,--gc-sections,--unresolved-symbols=ignore-all,--no-warn-rwx-segments",
        "-lgcc",
        "-o",
        program,
    ]
    subprocess.run([*compiler, *everything], check=True)
    sizes = _sizes(program)
    return Whole(sizes.code, _arithmetic(program), sizes.ram)


def _arithmetic(program: Path) -> int:
    """Bytes of what comes from libgcc; a chip may have it in its ROM, as an ESP32-C3 does."""
    shown = subprocess.run(
        [f"{CROSS}nm", "--print-size", "--defined-only", program],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    sized = [line.split() for line in shown.splitlines() if len(line.split()) == 4]
    return sum(int(size, 16) for _, size, _, name in sized if name.startswith("__"))


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
        whole = whole_image(Path(folder))
    held = sum(value for name, value in figures.items() if name.startswith("ram_"))
    figures |= {"code_bytes": sizes.code, "ram_bytes": sizes.ram + held + figures["stack"]}
    if whole is not None:
        figures |= {f"whole_{name}_bytes": value for name, value in whole._asdict().items()}
    return figures


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
    if "whole_code_bytes" in figures:
        print(f"with the OCPP client, code  {figures['whole_code_bytes']:7,} bytes")
        print(f"  of that libgcc            {figures['whole_arithmetic_bytes']:7,} bytes")
        print(f"with the OCPP client, RAM   {figures['whole_ram_bytes']:7,} bytes, no stack")
    else:
        print("with the OCPP client        not compiled: no picolibc-riscv64-unknown-elf here")
    print(json.dumps({"benchmark": "firmware", **figures, "aims": AIMS, "machine": describe()}))


if __name__ == "__main__":
    main()
