"""Processes of the fleet benchmark: on a core of their own, with sockets enough."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from dataclasses import asdict
from typing import Any

SOCKETS = 12_000


def cores() -> tuple[int, int]:
    """Return a core for the central system and one for the fleet; -1 where there is only one."""
    have = sorted(os.sched_getaffinity(0))
    return (have[0], have[1]) if len(have) > 1 else (-1, -1)


def pin(core: int) -> None:
    """Keep this process on one core; a negative one leaves it alone."""
    if core >= 0:
        os.sched_setaffinity(0, {core})


def allow_sockets() -> None:
    """Raise the number of open files as far as it goes, for this process and its children."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = SOCKETS if hard == resource.RLIM_INFINITY else min(SOCKETS, hard)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def play(module: str, job: Any) -> dict[str, Any]:
    """Run a module with a job on its standard input; return what it prints as its last line."""
    done = subprocess.run(
        [sys.executable, "-m", module],
        input=json.dumps(asdict(job)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result
