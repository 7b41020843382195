"""The firmware's host build asks no package registry: PlatformIO's one tool comes from pip."""

from __future__ import annotations

import configparser
import json
import runpy
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from platformio.dependencies import get_core_dependencies

ROOT = Path(__file__).parents[2]
LAY = ROOT / "firmware" / "platforms" / "lay_scons.py"


def test_the_versions_that_pip_installs_fit_each_other() -> None:
    tool_version = runpy.run_path(str(LAY))["tool_version"]
    assert tool_version("4.11.1") == "4.41101.0"
    laid = tool_version(version("scons")).split(".")[:2]
    wanted = get_core_dependencies()["tool-scons"].lstrip("~")
    assert laid == wanted.split(".")[:2]
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert f"SCons=={version('scons')}" in pinned
    assert f"platformio=={version('platformio')}" in pinned


def test_the_tool_is_laid_once_and_starts(tmp_path: Path) -> None:
    lay = runpy.run_path(str(LAY))["lay"]
    folder = lay(tmp_path)
    laid = {path: path.read_bytes() for path in folder.iterdir()}
    assert lay(tmp_path) == folder
    assert {path: path.read_bytes() for path in folder.iterdir()} == laid
    assert json.loads((folder / "package.json").read_bytes())["name"] == "tool-scons"
    started = subprocess.run(
        [sys.executable, folder / "scons.py", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert version("scons") in started.stdout


def test_the_host_environment_names_nothing_to_download() -> None:
    ini = configparser.ConfigParser()
    ini.read(ROOT / "platformio.ini", encoding="utf-8")
    assert ini["platformio"]["default_envs"] == "host"
    host = ini["env:host"]
    assert host["platform"] == "symlink://firmware/platforms/host"
    assert not {"framework", "board", "lib_deps", "platform_packages"} & set(host)
    described = json.loads((ROOT / "firmware/platforms/host/platform.json").read_bytes())
    assert described["packages"] == described["frameworks"] == {}
