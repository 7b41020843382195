"""The firmware's OCPP client as a program, under the rig of a charge point."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from tests.peers.charge_point_rig import Rig
from tests.peers.scripted_central import EPOCH, ScriptedCentral
from twin.charge_point import TypePlate
from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.link.business_charge_point import FirmwareChargePoint
from twin.link.business_settings import BusinessSettings
from twin.link.controller import LinkController
from twin.link.firmware import HostBusiness, HostFirmware


class FirmwareCannotError(Exception):
    """The firmware's OCPP client has nothing that answers to an option of the twin's."""


class FirmwareRig(Rig):
    """As `Rig`, with reference controllers and the firmware's OCPP client."""

    def __init__(
        self, central: ScriptedCentral, folder: Path, program: Path, **latency: Any
    ) -> None:
        super().__init__(central, folder, **latency)
        self.program = program

    def build(self, **options: Any) -> FirmwareChargePoint:  # type: ignore[override]
        if not self.evses:
            self.add_evse()
        memory = options.pop("store", self.folder / "ocpp")
        if not isinstance(memory, Path):
            raise FirmwareCannotError("its memory is a file")
        memory.mkdir(exist_ok=True)
        settings = BusinessSettings(
            options.pop("identity", "CP1"),
            options.pop("url", self.central.url),
            len(self.evses),
            key=options.pop("key", None),
            type_plate=options.pop("type_plate", None) or TypePlate(),
            configuration=options.pop("configuration", None) or {},
            utc_at_zero=options.pop("utc_at_zero", EPOCH),
            profiles=options.pop("profiles", None),
            security=options.pop("security", None),
        )
        seed = options.pop("seed", 0)
        if options:
            raise FirmwareCannotError(", ".join(options))
        made = FirmwareChargePoint(
            settings, self.evses, HostBusiness(self.program, nvm=memory), self.driver, seed=seed
        )
        made.on_event(lambda event: self.events.append(event.text))
        self.charge_point = made  # type: ignore[assignment]
        return made


class WholeFirmwareRig(FirmwareRig):
    """With the firmware's controllers too: each a program, with a memory of its own."""

    def __init__(
        self, central: ScriptedCentral, folder: Path, program: Path, **latency: Any
    ) -> None:
        super().__init__(central, folder, program, **latency)
        self.controllers: list[LinkController] = []

    def make_controller(self, hardware: Hardware) -> LinkController:
        nvm = self.folder / f"evse{len(self.controllers) + 1}"
        nvm.mkdir(exist_ok=True)
        made = LinkController(
            partial(HostFirmware, self.program, nvm=nvm), ControllerSettings(), hardware
        )
        made.tick_by_tick = lambda: self.driver.restless
        self.controllers.append(made)
        return made

    async def close(self) -> None:
        if self.charge_point is not None:
            await self.charge_point.close()
        for controller in self.controllers:
            controller.close()
