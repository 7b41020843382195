"""Firmware built for this machine: a program that is started, connected and killed."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from twin.link.business import BusinessSession
from twin.link.frames import LinkError
from twin.link.session import WALL_TIMEOUT_S, LinkSession

ENDING_S = 2.0
"""A program whose connection has ended is given so long to end itself, wall time."""


class HostProgram:
    """A program at a link, with its non-volatile memory in a directory.

    The program finds the link at its standard input, a socket that it reads and writes, and
    its directory in `--nvm`. Killing it leaves the directory, as a power cut leaves a memory chip.

    Args:
        program: the executable.
        under: what to start it under, such as a debugger's server with its arguments.
        nvm: its directory; None: a new one, gone with `close`.
        timeout_s: how long it may take to answer, wall time; None: for ever.
        memory_faults: what the firmware's host build is to let go wrong with its memory:
            `faults.json` of its directory (docs/link.md).
    """

    arguments: Sequence[str] = ()
    """Those before `--nvm`."""

    def __init__(
        self,
        program: Path,
        under: Sequence[str] = (),
        nvm: Path | None = None,
        timeout_s: float | None = WALL_TIMEOUT_S,
        memory_faults: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._program = program
        self._under = tuple(under)
        self._timeout_s = timeout_s
        self._scratch = tempfile.TemporaryDirectory(prefix="evseloop-nvm-") if nvm is None else None
        self.nvm = nvm or Path(self._scratch.name if self._scratch else "")
        if memory_faults:
            (self.nvm / "faults.json").write_text(json.dumps(dict(memory_faults)))

    @property
    def name(self) -> str:
        """What the program is called."""
        return self._program.name

    def _connected(self) -> socket.socket:
        """Start the program and return the twin's end of the link.

        Raises:
            LinkError: it does not start.
        """
        ours, theirs = socket.socketpair()
        command = [*self._under, str(self._program), *self.arguments, "--nvm", str(self.nvm)]
        with theirs:
            try:
                # A session of its own: Ctrl-C is for us, who end it in order.
                self._process = subprocess.Popen(
                    command, stdin=theirs.fileno(), start_new_session=True
                )
            except OSError as error:
                ours.close()
                raise LinkError(f"{command[0]} does not start: {error}") from error
        return ours

    def _ending(self) -> str:
        """Say how the program has ended, now that its connection has."""
        if self._process is None:
            return ""
        try:
            code = self._process.wait(timeout=ENDING_S)
        except subprocess.TimeoutExpired:
            return "; it still runs"
        return f"; killed by {signal.Signals(-code).name}" if code < 0 else f"; exit code {code}"

    def kill(self) -> None:
        """Kill the program, if it runs."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def close(self) -> None:
        """End the program, and with it a memory of its own."""
        self.kill()
        if self._scratch is not None:
            self._scratch.cleanup()

    def __del__(self) -> None:
        """Leave no program behind."""
        self.kill()


class HostFirmware(HostProgram):
    """The program of one controller; see `HostProgram`."""

    def start(self) -> LinkSession:
        """Start the program; see `twin.link.controller.Firmware`."""
        ours = self._connected()
        return LinkSession(ours, self._timeout_s, name=self.name, ending=self._ending)


class HostBusiness(HostProgram):
    """The program of the business side of a charger; see `HostProgram`."""

    arguments = ("--ocpp",)

    def start(self) -> BusinessSession:
        """Start the program and return the link to it, not greeted yet.

        Raises:
            LinkError: it does not start.
        """
        ours = self._connected()
        return BusinessSession(ours, self._timeout_s, name=self.name, ending=self._ending)
