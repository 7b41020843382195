"""Mutants that change nothing that anybody can see, each with the reason."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

from firmware.mutants.rules import Mutant

FILE = Path(__file__).with_name("equivalent.toml")


class Explained:
    """What `equivalent.toml` says."""

    def __init__(self, text: str) -> None:
        self._why: dict[tuple[str, str], str] = {}
        for entry in tomllib.loads(text)["equivalent"]:
            for change in entry["changes"]:
                self._why[entry["file"], change] = entry["why"]

    def why(self, mutant: Mutant) -> str:
        """Return why a mutant is equivalent, "" if nobody says that it is."""
        return self._why.get((mutant.file, mutant.change), "")

    def of_no_mutant(self, mutants: Sequence[Mutant]) -> list[str]:
        """Return the explanations that are about nothing that is in the sources."""
        there = {(mutant.file, mutant.change) for mutant in mutants}
        return [f"{file}: {change}" for file, change in self._why if (file, change) not in there]


def explained() -> Explained:
    """Return the explanations as they are kept."""
    return Explained(FILE.read_text(encoding="utf-8"))
