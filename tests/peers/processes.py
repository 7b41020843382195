"""The processes of this machine, as /proc shows them."""

from __future__ import annotations

import os
from pathlib import Path


def processes_with(word: str) -> list[int]:
    """Return the processes that have a word on their command line, or in their environment."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal() or int(folder.name) == os.getpid():
            continue
        try:
            told = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
        except OSError:  # ended meanwhile, or somebody else's
            continue
        if word.encode() in told:
            found.append(int(folder.name))
    return found
