"""A snapshot of the firmware, so that what is edited meanwhile changes nothing of a run."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from firmware.mutants.rules import File, Mutant
from firmware.mutants.syntax import read

FIRMWARE = Path(__file__).parents[1]
LIBRARIES = ("hal", "store", "link", "evse", "charger")


class Snapshot:
    """The portable libraries and what tests them, copied into a folder.

    Attributes:
        folder: its `lib`, `src` and `test` are as those of `firmware/`.
        includes: folders of headers.
    """

    def __init__(self, folder: Path, firmware: Path = FIRMWARE) -> None:
        self.folder = folder
        for part in (*(f"lib/{name}" for name in LIBRARIES), "src/host", "test/evse"):
            shutil.copytree(firmware / part, folder / part)
        self.includes = [folder / "lib" / name / "include" for name in LIBRARIES]

    @property
    def evse(self) -> Path:
        """The charging process."""
        return self.folder / "lib/evse"

    def tests(self) -> dict[str, str]:
        """Return the unit tests' names, each with that of its file."""
        return {
            name: path.name
            for path in sorted((self.folder / "test/evse").glob("*.cpp"))
            for name in re.findall(r'^TEST_CASE\("(.*)"\)', path.read_text(), re.MULTILINE)
        }

    def mutants(self) -> list[Mutant]:
        """Return every mutant of the charging process, by file and place."""
        found = []
        for path in (*sorted(self.evse.rglob("*.h")), *sorted(self.evse.rglob("*.cpp"))):
            name = str(path.relative_to(self.evse))
            found += File(name, path.read_bytes(), read(path, self.includes)).mutants()
        return found
