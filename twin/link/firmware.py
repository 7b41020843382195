"""Firmware built for this machine: a program that is started, connected and killed."""

from __future__ import annotations

import socket
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from twin.link.frames import LinkError
from twin.link.session import LinkSession


class HostFirmware:
    """One controller's program, with its non-volatile memory in a directory.

    The program finds the link at its standard input, a socket that it reads and writes, and
    its directory in `--nvm`. Killing it leaves the directory, as a power cut leaves a memory chip.

    Args:
        program: the executable.
        arguments: for the program, before its own.
        nvm: its directory; None: a new one, gone with this object.
    """

    def __init__(
        self, program: Path, arguments: Sequence[str] = (), nvm: Path | None = None
    ) -> None:
        self._program = program
        self._arguments = tuple(arguments)
        self._scratch = tempfile.TemporaryDirectory(prefix="evseloop-nvm-") if nvm is None else None
        self.nvm = nvm or Path(self._scratch.name if self._scratch else "")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> LinkSession:
        """Start the program; see `twin.link.controller.Firmware`."""
        ours, theirs = socket.socketpair()
        command = [str(self._program), *self._arguments, "--nvm", str(self.nvm)]
        with theirs:
            try:
                self._process = subprocess.Popen(command, stdin=theirs.fileno())
            except OSError as error:
                ours.close()
                raise LinkError(f"{self._program} does not start: {error}") from error
        return LinkSession(ours)

    def kill(self) -> None:
        """Kill the program, if it runs."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def __del__(self) -> None:
        """Leave no program behind."""
        self.kill()
