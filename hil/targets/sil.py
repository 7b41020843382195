"""Target `sil`: a controller built for this machine, on the electrics of the twin.

It runs at the other end of the co-simulation link (docs/link.md) in virtual
time: the firmware's host build, or whatever else speaks the link.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hil.limits.requirement import TargetName
from hil.target import Capability, EvseFacts
from hil.targets.twin import Build, TwinTarget
from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.controller import ReferenceController
from twin.evse_config import PilotReading, Tolerance
from twin.link.controller import LinkController
from twin.link.firmware import HostFirmware

HOST_BUILD = Path(".pio/build/host/program")
"""Where `pio run -e host` leaves the firmware's host build."""

DEBUGGER_AT = "127.0.0.1:2345"
GDBSERVER = ("gdbserver", "--once", DEBUGGER_AT)
"""Starts a program when a debugger has come, and ends with it."""


class SilTarget(TwinTarget):
    """An EVSE of the twin under a controller that is a program of its own.

    Args:
        program: the controller, started anew at each of its boots.
        tolerance: how components are drawn from their bands.
        build: as for the twin; its controller has to be the reference.
        pilot: as for the twin.
        debugged: each start waits for a debugger at `DEBUGGER_AT`, each answer for ever.

    Raises:
        ValueError: a build that changes the controller, which is a given here.
    """

    name: TargetName = "sil"
    capabilities = frozenset(Capability) - {Capability.CENTRAL}

    def __init__(
        self,
        program: Path,
        tolerance: Tolerance = "nominal",
        build: Build | None = None,
        pilot: PilotReading = "settled",
        *,
        debugged: bool = False,
    ) -> None:
        build = build or Build()
        if build.controller is not ReferenceController or build.settings != Build().settings:
            raise ValueError(
                "on target sil the controller is a program: a wrong one is built from wrong code"
            )
        super().__init__(tolerance, replace(build, controller=self._controller), pilot)
        self._firmware = partial(HostFirmware, program)
        if debugged:
            self._firmware = partial(HostFirmware, program, GDBSERVER, timeout_s=None)
        self._running: list[LinkController] = []

    def _controller(self, settings: ControllerSettings, hardware: Hardware) -> LinkController:
        controller = LinkController(self._firmware, settings, hardware)
        self._running.append(controller)
        return controller

    def set_up(
        self,
        evse: EvseFacts,
        seed: int,
        *,
        faults: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
        free_generator: bool = False,
    ) -> None:
        """Start afresh, with a program that has just booted; the one before it ends."""
        self.close()
        super().set_up(evse, seed, faults=faults, free_generator=free_generator)

    @property
    def exchanges(self) -> int:
        """Grants since the last boot."""
        return sum(controller.exchanges for controller in self._running)

    def close(self) -> None:
        """End whatever program runs."""
        for controller in self._running:
            controller.close()
        self._running.clear()
