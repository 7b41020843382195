"""Fuzzers of what comes from outside: frames of the link and of OCPP, certificates, a torn memory.

The kept corpus runs first, so that nothing that was found once comes back. A new finding is added
there: `firmware/test/fuzz/corpus/NAME/`.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

FIRMWARE = Path(__file__).parents[2] / "firmware"
FLAGS = (
    "-std=c++17 -g -O1 -Wall -Wextra -Werror -fsanitize=fuzzer,address,undefined "
    "-fno-sanitize-recover=all"
)
TARGETS = {
    "business_frames": ("link/src/*.cpp",),
    "certificate_chains": ("certificates/src/*.cpp",),
    "link_frames": ("link/src/*.cpp",),
    "ocpp_frames": tuple(f"ocpp/src/{name}.cpp" for name in ("frames", "json", "schema*", "text")),
    "store_recovery": ("store/src/*.cpp",),
}

PARTS = ("certificates", "hal", "store", "link", "ocpp")
LINKED = {"certificate_chains": ("-lmbedx509", "-lmbedcrypto")}


@pytest.fixture(scope="module", params=TARGETS)
def target(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzz")
    name = request.param
    program = folder / name
    includes = [f"-I{FIRMWARE}/lib/{part}/include" for part in PARTS]
    sources = [FIRMWARE / f"test/fuzz/{name}.cpp"]
    for pattern in TARGETS[name]:
        sources += (FIRMWARE / "lib").glob(pattern)
    subprocess.run(
        ["clang++", *FLAGS.split(), *includes, *sources, *LINKED.get(name, ()), "-o", program],
        check=True,
    )
    return program


def fuzz(program, seconds, tmp_path):
    corpus = FIRMWARE / "test/fuzz/corpus" / program.name
    assert any(corpus.iterdir())
    grown = tmp_path / "grown"
    grown.mkdir()
    # New inputs go into the first folder, findings beside it.
    options = [f"-max_total_time={seconds}", "-max_len=2048", "-verbosity=0", "-timeout=10"]
    command = [program, *options, f"-artifact_prefix={tmp_path}/", grown, corpus]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]


def test_a_second_of_fuzzing_finds_nothing(target, tmp_path):
    fuzz(target, 1, tmp_path)


@pytest.mark.full
def test_a_minute_of_fuzzing_finds_nothing(target, tmp_path):
    fuzz(target, 60, tmp_path)
