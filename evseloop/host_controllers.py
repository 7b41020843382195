"""Controllers that are programs of their own, for chargers that play at a central system."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from evseloop.scenarios import host_program, tell_debugger
from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.link.controller import LinkController
from twin.link.firmware import HostFirmware


class HostControllers:
    """Makes the controllers of a charger's connectors; each is a process, with its own memory.

    Args:
        program: What each of them is; None: the firmware's host build.
        memory: Folder for their non-volatile memory, which survives this process.
        gdb: Each start waits for a debugger; the line to attach is printed.

    Raises:
        CommandError: There is no such program, or no debugger's server.
    """

    def __init__(self, program: Path | None, memory: Path, *, gdb: bool) -> None:
        path = host_program(program)
        self._memory = memory
        self._firmware = partial(HostFirmware, path)
        self._made: list[LinkController] = []
        if gdb:
            from hil.targets.sil import GDBSERVER

            tell_debugger(path)
            self._firmware = partial(HostFirmware, path, GDBSERVER, timeout_s=None)

    def __call__(self, number: int, hardware: Hardware) -> LinkController:
        """Return the controller of a connector."""
        nvm = self._memory / f"evse{number}"
        nvm.mkdir(parents=True, exist_ok=True)
        made = LinkController(partial(self._firmware, nvm=nvm), ControllerSettings(), hardware)
        # Messages of the central system come at any instant of a paced clock.
        made.tick_by_tick = lambda: True
        self._made.append(made)
        return made

    def close(self) -> None:
        """End them."""
        for controller in self._made:
            controller.close()
