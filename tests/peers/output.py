"""Waiting for what another process says."""

from __future__ import annotations

import subprocess
import threading
from typing import IO

WITHIN_S = 120
"""A process that says nothing for so long is taken for hung, and killed: a failure."""


def said(process: subprocess.Popen[str], output: IO[str], words: str) -> str:
    """Read the output of a process until a line has the words; return all that was read."""
    watchdog = threading.Timer(WITHIN_S, process.kill)
    watchdog.start()
    told = ""
    try:
        for line in output:
            told += line
            if words in line:
                return told
    finally:
        watchdog.cancel()
    raise AssertionError(f"it ended without a word of {words!r}: {told}")
