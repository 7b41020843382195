"""MicroOcpp behind the seam of the firmware, as far as it can be checked without the library."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

FIRMWARE = Path(__file__).parents[2] / "firmware"
BACKEND = FIRMWARE / "lib/microocpp_backend"
INCLUDES = [f"-I{folder}" for folder in sorted(FIRMWARE.glob("lib/*/include"))]
DECLARATIONS = f"-I{FIRMWARE}/test/declarations"
WARNINGS = ["-std=c++17", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"]
CHECKED = [
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=all",
    "-fno-sanitize=vptr",
    "-DDOCTEST_CONFIG_SUPER_FAST_ASSERTS",
]


def test_its_files_in_fram_survive_a_power_cut_at_any_byte(tmp_path):
    program = tmp_path / "files"
    sources = [
        BACKEND / "src/fram_files.cpp",
        FIRMWARE / "lib/store/src/record.cpp",
        FIRMWARE / "test/microocpp/files_test.cpp",
    ]
    subprocess.run(["g++", *WARNINGS, *CHECKED, *INCLUDES, *sources, "-o", program], check=True)
    subprocess.run([program], check=True)


@pytest.mark.parametrize("source", sorted(BACKEND.glob("src/*.cpp")), ids=lambda path: path.stem)
def test_the_backend_compiles_against_the_documented_declarations(source):
    command = ["g++", *WARNINGS, "-fno-exceptions", "-fno-rtti", "-fsyntax-only"]
    subprocess.run([*command, *INCLUDES, DECLARATIONS, source], check=True)


@pytest.mark.parametrize("name", ["rig.cpp", "session_test.cpp", "update_test.cpp"])
def test_its_sessions_compile_against_the_documented_declarations(name):
    source = FIRMWARE / "test/microocpp" / name
    subprocess.run(["g++", *WARNINGS, "-fsyntax-only", *INCLUDES, DECLARATIONS, source], check=True)


@pytest.mark.parametrize("chip", ["ESP32", "ESP32S3", "ESP32C3"])
def test_the_task_of_the_esp32_takes_it_by_one_flag(chip):
    flags = [f"-DCONFIG_IDF_TARGET_{chip}=1", "-DEVSELOOP_MICROOCPP"]
    command = ["g++", "-std=gnu++17", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", *flags]
    sources = [FIRMWARE / "src/esp32/OcppTask.cpp", FIRMWARE / "src/esp32/main.cpp"]
    subprocess.run([*command, *INCLUDES, DECLARATIONS, *sources], check=True)


@pytest.mark.parametrize("name", ["ocpp_program.cpp", "stack_view.cpp"])
def test_the_host_program_takes_it_by_the_same_flag(name):
    command = ["g++", *WARNINGS, "-fno-exceptions", "-fno-rtti", "-fsyntax-only"]
    source = FIRMWARE / "src/host" / name
    subprocess.run([*command, "-DEVSELOOP_MICROOCPP", *INCLUDES, DECLARATIONS, source], check=True)


def test_nothing_else_knows_of_the_library():
    names_it = re.compile(r"#include [<\"](MicroOcpp|ArduinoJson|microocpp_backend)")
    knowing = {
        str(path.relative_to(FIRMWARE))
        for folder in ("lib", "src")
        for path in (FIRMWARE / folder).rglob("*")
        if path.suffix in (".h", ".cpp")
        and BACKEND not in path.parents
        and names_it.search(path.read_text())
    }
    assert knowing == {"src/ocpp_stack.h"}
