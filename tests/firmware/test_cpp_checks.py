"""What cppcheck and clang-tidy say of the firmware: nothing."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIBRARIES = (
    "certificates",
    "charger",
    "evse",
    "front_end",
    "hal",
    "link",
    "microocpp_backend",
    "ocpp",
    "store",
)
INCLUDES = [f"-Ifirmware/lib/{name}/include" for name in LIBRARIES]
INCLUDES.append("-Ifirmware/test/declarations")
FOLDERS = [*(f"firmware/lib/{name}/src" for name in LIBRARIES), "firmware/src"]
SOURCES = [
    str(path.relative_to(ROOT)) for name in FOLDERS for path in sorted((ROOT / name).rglob("*.cpp"))
]
ENABLED = "--enable=warning,performance,portability,style"


@pytest.mark.parametrize("chip", ["ESP32", "ESP32S3", "ESP32C3"])
def test_cppcheck_finds_nothing(chip):
    command = ["cppcheck", "--quiet", "--std=c++17", "--language=c++", ENABLED, "--inline-suppr"]
    suppressed = ["--suppressions-list=firmware/cppcheck.suppressions", "--error-exitcode=1"]
    # The libraries are the same for every chip.
    what = SOURCES if chip == "ESP32" else [name for name in SOURCES if "/esp32/" in name]
    chosen = [f"-DCONFIG_IDF_TARGET_{chip}=1", *INCLUDES, *what]
    done = subprocess.run(
        [*command, *suppressed, *chosen], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.full
def test_clang_tidy_finds_nothing():
    def look(source: str) -> str:
        flags = ["-std=c++17", "-fno-exceptions", "-fno-rtti", *INCLUDES]
        done = subprocess.run(
            ["clang-tidy", "--quiet", source, "--", *flags],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout if done.returncode else ""

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        found = "".join(pool.map(look, SOURCES))
    assert not found, found
