"""A charge point of the twin on real EVSEs, in held time, against a scripted central system."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.peers.scripted_central import EPOCH, Payload, ScriptedCentral
from twin.charge_point import ChargePoint
from twin.clock import Clock
from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.controller import ReferenceController
from twin.driver import HeldDriver
from twin.evse import Evse
from twin.evse_config import EvseConfig
from twin.process import Controller
from twin.vehicle import Vehicle


class Rig:
    """One charge point on real EVSEs, in held time, against the scripted central system."""

    def __init__(self, central: ScriptedCentral, folder: Path, **latency: Any) -> None:
        self.central = central
        self.clock = Clock()
        self.driver = HeldDriver(self.clock, wall_timeout_s=30, **latency)
        self.folder = folder
        self.evses: list[Evse] = []
        self.charge_point: ChargePoint | None = None
        self.events: list[str] = []
        central.now = lambda: EPOCH + timedelta(microseconds=self.clock.now_us)
        central.clock_us = lambda: self.clock.now_us

    def add_evse(self, **facts: Any) -> Evse:
        config = EvseConfig(**facts)
        hardware = Hardware(
            kind=config.kind,
            rating_a=config.rating_a,
            phases=config.phases,
            ventilation=config.ventilation,
            lock=config.kind == "socket",
        )
        controller = self.make_controller(hardware)
        evse = Evse(self.clock, config, controller, name=f"evse{len(self.evses) + 1}.")
        self.evses.append(evse)
        return evse

    def make_controller(self, hardware: Hardware) -> Controller:
        return ReferenceController(ControllerSettings(), hardware)

    def build(self, **options: Any) -> ChargePoint:
        if not self.evses:
            self.add_evse()
        self.charge_point = ChargePoint(
            options.pop("identity", "CP1"),
            options.pop("url", self.central.url),
            self.evses,
            options.pop("store", self.folder / "charge-point.db"),
            self.driver,
            **options,
        )
        self.charge_point.on_event(lambda event: self.events.append(event.text))
        return self.charge_point

    async def boot(self, within_s: float = 60, **options: Any) -> ChargePoint:
        charge_point = self.build(**options)
        await self.driver.advance(3_000_000)
        charge_point.start()
        await self.until(lambda: charge_point.online, within_s)
        await self.run(2)
        return charge_point

    @property
    def cp(self) -> ChargePoint:
        assert self.charge_point is not None
        return self.charge_point

    async def run(self, seconds: float) -> None:
        await self.driver.advance(int(seconds * 1e6))

    async def until(self, predicate: Callable[[], bool], seconds: float = 60) -> None:
        came_true = await self.driver.advance_until(predicate, int(seconds * 1e6))
        assert came_true, f"not within {seconds} s; last events: {self.events[-8:]}"

    async def ask(self, action: str, payload: Payload) -> Payload:
        async with self.driver.exchange():
            return await self.central.call(action, payload)

    def plug_in(self, connector: int = 1, model: str = "byd-atto-3", **facts: Any) -> Vehicle:
        vehicle = Vehicle(model, **{"soc_percent": 40.0, **facts})
        self.evses[connector - 1].plug_in(vehicle)
        return vehicle

    def unplug(self, connector: int = 1, **how: Any) -> None:
        self.evses[connector - 1].unplug(**how)

    def tag(self, id_tag: str = "TAG1", connector: int = 1) -> None:
        self.evses[connector - 1].present_tag(id_tag)

    async def charging(self, connector: int = 1, id_tag: str = "TAG1", **facts: Any) -> None:
        """Bring a connector to the reusable state Charging."""
        self.plug_in(connector, **facts)
        await self.run(1)
        self.tag(id_tag, connector)
        await self.until(lambda: self.cp.transaction_id(connector) is not None)
        await self.until(lambda: self.evses[connector - 1].report().closed)
        await self.run(1)

    def attend(self, central: ScriptedCentral) -> None:
        """Give another central system this rig's time."""
        central.now = self.central.now
        central.clock_us = self.central.clock_us
