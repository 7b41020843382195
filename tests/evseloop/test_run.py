"""`evseloop run`: whenever it is told to end, nothing that it has started stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.peers.output import WITHIN_S, said
from tests.peers.processes import processes_with


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("said_last", "code"),
    [
        pytest.param("charging suite on the twin", 130, id="while the suite runs"),
        pytest.param("Ctrl-C ends it.", 0, id="as soon as it is up"),
    ],
)
def test_told_to_end_it_leaves_nothing_running(
    said_last: str, code: int, number: signal.Signals, tmp_path: Path
) -> None:
    state = str(tmp_path / "state")
    # By its path, so that its processes are found: the central system has it in its environment.
    with subprocess.Popen(
        [sys.executable, "-m", "evseloop", "run", "--http-port", "0", "--ocpp-port", "0",
         "--state", state],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            told = said(process, process.stdout, said_last)
            process.send_signal(number)
            more, _ = process.communicate(timeout=WITHIN_S)
            assert process.returncode == code, told + more
            assert "Traceback" not in told + more
            assert processes_with(state) == []
        finally:
            for pid in processes_with(state):
                os.kill(pid, signal.SIGKILL)
