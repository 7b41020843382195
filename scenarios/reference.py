"""Writes the keyword reference into `docs/keywords/`: `python -m scenarios.reference`."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from robot.libdocpkg import LibraryDocumentation
from robot.libdocpkg.htmlwriter import LibdocHtmlWriter

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

FOLDER = Path(__file__).parent.parent / "docs" / "keywords"

_VOLATILE = re.compile(r'"generated":\s*"[^"]*"|"source":\s*"[^"]*"|Generated at [^<"]*')


def page(library: str) -> str:
    """Return the reference page of one library."""
    document = LibraryDocumentation(f"scenarios.libraries.{library}")
    output = io.StringIO()
    LibdocHtmlWriter().write(document, output)
    return output.getvalue()


def content(html: str) -> str:
    """Return a page without what differs between two machines: the date and the paths."""
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
