"""The portable half of the ESP32's front end: its unit tests in C++, and the twin as a witness."""

from __future__ import annotations

import subprocess
from pathlib import Path
from random import Random

import pytest

from twin.control.pilot_sampler import PilotSampler

FIRMWARE = Path(__file__).parents[2] / "firmware"
FLAGS = "-std=c++17 -O0 -Wall -Wextra -Wconversion -Wshadow -Werror -fsanitize=address,undefined"
INCLUDES = [f"-I{FIRMWARE}/lib/{name}/include" for name in ("front_end", "hal")]
SOURCES = sorted((FIRMWARE / "lib/front_end/src").glob("*.cpp"))
TESTS = FIRMWARE / "test/front_end"


def build(program: Path, *sources: Path) -> Path:
    command = ["g++", *FLAGS.split(), "-fno-sanitize-recover=all", *INCLUDES]
    subprocess.run([*command, *map(str, sources), "-o", str(program)], check=True)
    return program


def test_the_unit_tests_of_the_front_end_pass(tmp_path):
    program = build(tmp_path / "units", *SOURCES, TESTS / "main.cpp", *TESTS.glob("*_test.cpp"))
    ran = subprocess.run([program], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


@pytest.fixture(scope="module")
def sampler_pipe(tmp_path_factory):
    folder = tmp_path_factory.mktemp("front_end")
    return build(
        folder / "sampler",
        FIRMWARE / "lib/front_end/src/pilot_sampler.cpp",
        TESTS / "sampler_pipe.cpp",
    )


def stretch(draw: Random, sample_ns: int) -> list[int]:
    """Draw a pilot: PWM of some duty with edges and noise, or steady, or nothing but noise."""
    high, low = draw.randint(2048, 4095), draw.randint(0, 2047)
    duty = draw.choice([0.0, 0.05, 0.1, 0.5, 0.89, 0.96, 1.0, draw.random()])
    noise, tau_ns = draw.choice([0, 3, 15]), draw.choice([1, 1000, 6000])
    level, codes = 2048.0, []
    first_ns = draw.randrange(1_000_000)
    for n in range(draw.randint(1, 3000)):
        aim = high if (first_ns + n * sample_ns) % 1_000_000 < duty * 1_000_000 else low
        level = aim + (level - aim) * 2.718 ** (-sample_ns / tau_ns)
        codes.append(min(4095, max(0, round(draw.gauss(level, noise)))))
    return codes


@pytest.mark.parametrize("sample_ns", [5_000, 12_000, 13_714, 20_000])
def test_the_sampler_reads_what_the_twins_sampler_reads(sampler_pipe, sample_ns):
    draw = Random(sample_ns)
    codes = [code for _ in range(40) for code in stretch(draw, sample_ns)]
    twin = PilotSampler(sample_ns)
    expected = []
    for code in codes:
        if twin.feed([code], 0):
            high_mv, low_mv = (twin.high_mv if twin.n_high else 0, twin.low_mv if twin.n_low else 0)
            expected.append(f"{high_mv} {low_mv} {twin.n_high} {twin.n_low}")
    raw = b"".join(code.to_bytes(2, "little") for code in codes)
    got = subprocess.run([sampler_pipe, str(sample_ns)], input=raw, capture_output=True, check=True)
    assert len(expected) > 20
    assert got.stdout.decode().splitlines() == expected
