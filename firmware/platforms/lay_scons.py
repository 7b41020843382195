"""Lay SCons, as pip has installed it, where PlatformIO looks for its one own tool.

PlatformIO would download `tool-scons` from its registry. It is SCons with a
package description, and SCons is on PyPI: version 4.11.1 there is 4.41101.0 here.

Run by `make` before `pio run`; a second run changes nothing.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

from platformio.dependencies import get_core_dependencies
from platformio.project.config import ProjectConfig

START = '''"""Starts the SCons that pip has installed."""

import SCons.Script

SCons.Script.main()
'''


def tool_version(scons: str) -> str:
    """Return PlatformIO's number of a version of SCons: 4.11.1 is 4.41101.0."""
    major, minor, patch = (int(part) for part in scons.split("."))
    return f"{major}.{major}{minor:02}{patch:02}.0"


def lay(packages: Path) -> Path:
    """Write the package `tool-scons` into PlatformIO's folder of packages; return its folder."""
    number = tool_version(version("scons"))
    wanted = get_core_dependencies()["tool-scons"].lstrip("~")
    if number.split(".")[:2] != wanted.split(".")[:2]:
        raise SystemExit(
            f"this PlatformIO wants tool-scons {wanted}, and SCons {version('scons')} is {number}: "
            "install the versions of constraints.txt"
        )
    folder = packages / "tool-scons"
    folder.mkdir(parents=True, exist_ok=True)
    described = {"name": "tool-scons", "version": number, "system": "*"}
    spec = {
        "owner": "platformio",
        "id": None,
        "name": "tool-scons",
        "requirements": None,
        "uri": None,
    }
    installed = {"type": "tool", "name": "tool-scons", "version": number, "spec": spec}
    (folder / "package.json").write_text(json.dumps(described, indent=2), encoding="utf-8")
    (folder / ".piopm").write_text(json.dumps(installed), encoding="utf-8")
    (folder / "scons.py").write_text(START, encoding="utf-8")
    return folder


if __name__ == "__main__":
    print(lay(Path(ProjectConfig.get_instance().get("platformio", "packages_dir"))))
