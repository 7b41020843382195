"""Writes the keyword reference into `docs/keywords/`: `python -m scenarios.reference`."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from robot.libdoc import libdoc

LIBRARIES = (
    "situations.Situations",
    "timing.Timing",
    "verdicts.Verdicts",
    "pilot.Pilot",
    "detection.Detection",
    "protection.Protection",
    "metering.Metering",
    "vehicles.Vehicles",
    "ocpp.Ocpp",
)
"""Every keyword library, as module and class within `scenarios.libraries`."""

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "keywords"

_MACHINE = re.compile(r" \(Python [0-9.]+ on \w+\)")
_VOLATILE = re.compile(r'"generated":\s*"[^"]*"|"lineno":\s*\d+')


def page(library: str) -> str:
    """Return the reference page of one library, the same on every machine."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        libdoc(f"scenarios.libraries.{library}", str(path), quiet=True)
        html = path.read_text(encoding="utf-8")
    return _MACHINE.sub("", html.replace(f"{ROOT}/", ""))


def content(html: str) -> str:
    """Return a page without the date."""
    return _VOLATILE.sub("", html)


def write(folder: Path = FOLDER) -> list[Path]:
    """Write every page and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for library in LIBRARIES:
        path = folder / f"{library.split('.')[-1]}.html"
        html = page(library)
        if not path.exists() or content(path.read_text(encoding="utf-8")) != content(html):
            path.write_text(html, encoding="utf-8")
        written.append(path)
    return written


if __name__ == "__main__":
    for file in write():
        sys.stdout.write(f"{file}\n")
