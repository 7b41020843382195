"""Target `sil`: a controller built for this machine, on the electrics of the twin.

It runs at the other end of the co-simulation link (docs/link.md) in virtual
time: the firmware's host build, or whatever else speaks the link.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hil.limits.requirement import TargetName
from hil.target import Capability, EvseFacts
from hil.targets.build import Build
from hil.targets.twin import TwinTarget
from twin.charge_point import SecuritySetup
from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.controller import ReferenceController
from twin.driver import Driver
from twin.evse import Evse
from twin.evse_config import PilotReading, Tolerance
from twin.link.business_charge_point import FirmwareChargePoint
from twin.link.business_settings import BusinessSettings
from twin.link.controller import LinkController
from twin.link.firmware import HostBusiness, HostFirmware

HOST_BUILD = Path(".pio/build/host/program")
"""Where `pio run -e host` leaves the firmware's host build."""

CENTRAL = frozenset({Capability.CENTRAL, Capability.FILES, Capability.SECURITY})
"""All that takes a central system."""

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
        memory_faults: of the controller's non-volatile memory, see `HostProgram`.
        business: the OCPP side of a charger, a program at the business link; None: there is none,
            and nothing that needs a central system is measured.

    Raises:
        ValueError: a build that changes the controller, which is a given here, or the charge
            point where that is a program too.
    """

    name: TargetName = "sil"

    def __init__(
        self,
        program: Path,
        tolerance: Tolerance = "nominal",
        build: Build | None = None,
        pilot: PilotReading = "settled",
        *,
        debugged: bool = False,
        memory_faults: Mapping[str, object] = MappingProxyType({}),
        business: Path | None = None,
    ) -> None:
        build = build or Build()
        if build.controller is not ReferenceController or build.settings != Build().settings:
            raise ValueError(
                "on target sil the controller is a program: a wrong one is built from wrong code"
            )
        if business is not None and build.charge_point is not Build().charge_point:
            raise ValueError(
                "on target sil the charge point is a program: a wrong one is built from wrong code"
            )
        self.capabilities = frozenset(Capability) - (CENTRAL if business is None else frozenset())
        self._business = business
        super().__init__(tolerance, replace(build, controller=self._controller), pilot)
        self._firmware = partial(HostFirmware, program, memory_faults=memory_faults)
        if debugged:
            self._firmware = partial(
                HostFirmware, program, GDBSERVER, timeout_s=None, memory_faults=memory_faults
            )
        self._running: list[LinkController] = []

    def _controller(self, settings: ControllerSettings, hardware: Hardware) -> LinkController:
        controller = LinkController(self._firmware, settings, hardware)
        self._running.append(controller)
        return controller

    def make_charge_point(
        self,
        identity: str,
        central_url: str,
        evses: Sequence[Evse],
        folder: Path,
        driver: Driver,
        *,
        key: bytes | None,
        security: SecuritySetup | None,
        configuration: Mapping[str, str],
        utc_at_zero: datetime,
        seed: int,
    ) -> FirmwareChargePoint:
        """Return the business side of a charger: a program, with its memory in `folder`."""
        assert self._business is not None, "a target without this capability is not asked"
        for evse in evses:
            if isinstance(evse.controller, LinkController):
                evse.controller.tick_by_tick = lambda: driver.restless
        memory = folder / f"{identity}.nvm"
        memory.mkdir()
        return FirmwareChargePoint(
            BusinessSettings(
                identity,
                central_url,
                len(evses),
                key=key,
                configuration=configuration,
                utc_at_zero=utc_at_zero,
                security=security,
            ),
            evses,
            HostBusiness(self._business, nvm=memory),
            driver,
            seed=seed,
        )

    def release(self, evse: Evse) -> None:
        """End the program that controls it."""
        for controller in self._running:
            if controller is evse.controller:
                controller.close()
        self._running = [each for each in self._running if each is not evse.controller]

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
