"""A charger that plays by itself: vehicles come, charge and go by a seeded plan."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from random import Random
from urllib.parse import quote

from twin.charge_point.boot import TypePlate
from twin.charge_point.charge_point import EPOCH, ChargePoint
from twin.charge_point.context import Event
from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.controller import ReferenceController
from twin.driver import Driver
from twin.evse import ConnectorLockedError, Evse
from twin.evse_config import EvseConfig
from twin.process import Memory
from twin.vehicle import Vehicle

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
LOOK_US = SECOND_US
"""How often the controllers' memory is looked at, and written where it has changed."""

TALKATIVE = {
    "MeterValueSampleInterval": "60",
    "MeterValuesSampledData": (
        "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage"
    ),
}
"""Factory setting of a charger that has something to show."""


@dataclass(frozen=True, slots=True)
class StationPlan:
    """A charger and who comes to it.

    Attributes:
        identity: As the central system knows it.
        evses: One for each connector.
        vehicles: Catalogue names that come, drawn by seed.
        id_tags: Tags of their drivers, drawn by seed.
        key: Authorization key, raw bytes; None: security profile 0.
        seed: Draws everything that is left open.
        configuration: Configuration keys that differ from the standard's defaults.
    """

    identity: str
    evses: tuple[EvseConfig, ...] = (EvseConfig(),)
    vehicles: tuple[str, ...] = ("byd-atto-3",)
    id_tags: tuple[str, ...] = ("EVSELOOP",)
    key: bytes | None = None
    seed: int = 0
    configuration: dict[str, str] = field(default_factory=lambda: dict(TALKATIVE))


class Station:
    """Builds the charger of a plan and lets its visitors come.

    Args:
        plan: What to build.
        central_url: Where the central system listens.
        driver: Moves the clock.
        state: Folder for the non-volatile memory, which survives the process.
        utc_at_zero: What its clock shows at the twin's time 0.

    Raises:
        ValueError: The plan cannot be: no such vehicle, a vehicle that does not fit.
    """

    def __init__(
        self,
        plan: StationPlan,
        central_url: str,
        driver: Driver,
        state: Path,
        *,
        utc_at_zero: datetime = EPOCH,
    ) -> None:
        self.plan = plan
        self._driver = driver
        self._random = Random(f"{plan.identity}/{plan.seed}/visits")
        self._tags: dict[int, str] = {}
        self._listeners: list[Callable[[Event], None]] = []
        for model in plan.vehicles:
            for config in plan.evses:
                _check_fit(Vehicle(model), config)
        name = quote(plan.identity, safe="")
        self._registers = state / f"{name}.registers.json"
        state.mkdir(parents=True, exist_ok=True)
        memories = self._written = _load(self._registers, len(plan.evses))
        self.evses = [
            _build(driver, config, number, memory)
            for number, (config, memory) in enumerate(zip(plan.evses, memories, strict=True), 1)
        ]
        self.charge_point = ChargePoint(
            plan.identity,
            central_url,
            self.evses,
            state / f"{name}.db",
            driver,
            key=plan.key,
            type_plate=TypePlate(model=f"twin {plan.evses[0].kind}", serial_number=name[:25]),
            configuration=plan.configuration,
            utc_at_zero=utc_at_zero,
            seed=plan.seed,
        )
        self.charge_point.on_event(self._tell)

    def on_event(self, listener: Callable[[Event], None]) -> None:
        """Call `listener` for what the charger does and what its visitors do."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Switch the charger on, and let the first visitors come."""
        clock = self._driver.clock
        clock.after(3 * SECOND_US, self.charge_point.start)
        for number in range(1, len(self.evses) + 1):
            clock.after(self._draw_us(10 * SECOND_US, MINUTE_US), partial(self._arrive, number))
        clock.after(LOOK_US, self._save)

    async def close(self) -> None:
        """Switch the charger off in order; its registers and its queue stay."""
        await self.charge_point.close()
        self._write()

    # --- visits ---

    def _arrive(self, number: int) -> None:
        vehicle = Vehicle(
            self._random.choice(self.plan.vehicles),
            soc_percent=self._random.uniform(15.0, 60.0),
            target_percent=self._random.choice((80.0, 90.0, 100.0)),
        )
        tag = self._random.choice(self._free_tags() or self.plan.id_tags)
        self._tags[number] = tag
        evse = self.evses[number - 1]
        pause_us = self._draw_us(4 * SECOND_US, 20 * SECOND_US)

        def plug_in() -> None:
            self._say(number, f"{vehicle.model.name} at {vehicle.soc_percent:.0f} % plugged in")
            evse.plug_in(vehicle)

        def show() -> None:
            self._say(number, f"tag {tag} shown")
            evse.present_tag(tag)

        # A socket without a pilot cannot tell that something is plugged in.
        tag_first = evse.config.kind != "plain" and self._random.random() < 0.3
        first, second = (show, plug_in) if tag_first else (plug_in, show)
        first()
        self._driver.clock.after(pause_us, second)
        stay_us = self._draw_us(20 * MINUTE_US, 90 * MINUTE_US)
        self._driver.clock.after(stay_us, lambda: self._leave(number, tag))

    def _free_tags(self) -> tuple[str, ...]:
        """Tags whose owner is not here: nobody charges twice at once."""
        return tuple(tag for tag in self.plan.id_tags if tag not in self._tags.values())

    def _leave(self, number: int, tag: str) -> None:
        if self.charge_point.in_transaction(number):
            self._say(number, f"tag {tag} shown")
            self.evses[number - 1].present_tag(tag)
        self._driver.clock.after(20 * SECOND_US, lambda: self._unplug(number))

    def _unplug(self, number: int) -> None:
        evse = self.evses[number - 1]
        clock = self._driver.clock
        try:
            vehicle = evse.unplug()
        except ConnectorLockedError:
            clock.after(MINUTE_US, lambda: self._unplug(number))
            return
        self._say(number, f"{vehicle.model.name} at {vehicle.soc_percent:.0f} % drove away")
        del self._tags[number]
        clock.after(self._draw_us(2 * MINUTE_US, 15 * MINUTE_US), lambda: self._arrive(number))

    def _draw_us(self, low_us: int, high_us: int) -> int:
        return self._random.randint(low_us, high_us)

    def _say(self, number: int, text: str) -> None:
        self._tell(Event(self._driver.clock.now_us, self.plan.identity, number, text))

    def _tell(self, event: Event) -> None:
        for listener in self._listeners:
            listener(event)

    # --- non-volatile memory of the controllers ---

    def _save(self) -> None:
        self._write()
        self._driver.clock.after(LOOK_US, self._save)

    def _write(self) -> None:
        now_us = self._driver.clock.now_us
        memories = [evse.controller.memory(now_us) for evse in self.evses]
        if memories == self._written:
            return
        self._written = memories
        content = [{"energy_wh": each.energy_wh, "welded": each.welded} for each in memories]
        beside = self._registers.with_suffix(".new")
        beside.write_text(json.dumps(content), encoding="utf-8")
        beside.replace(self._registers)


def _build(driver: Driver, config: EvseConfig, number: int, memory: Memory) -> Evse:
    hardware = Hardware(
        kind=config.kind,
        rating_a=config.rating_a,
        phases=config.phases,
        ventilation=config.ventilation,
        lock=config.kind == "socket",
    )
    controller = ReferenceController(ControllerSettings(), hardware)
    return Evse(driver.clock, config, controller, name=f"evse{number}.", memory=memory)


def _check_fit(vehicle: Vehicle, config: EvseConfig) -> None:
    pilot = vehicle.model.pilot
    if (config.kind == "plain") != (pilot == "none"):
        wants = "no control pilot" if pilot == "none" else "a control pilot"
        raise ValueError(
            f"{vehicle.model.key} has {wants}: it does not fit an EVSE of kind {config.kind}"
        )


def _load(path: Path, count: int) -> list[Memory]:
    """Return what the controllers knew; fresh ones where nothing was kept.

    Raises:
        ValueError: The file cannot be read.
    """
    if not path.exists():
        return [Memory() for _ in range(count)]
    try:
        kept = [
            Memory(float(entry["energy_wh"]), bool(entry["welded"]))
            for entry in json.loads(path.read_text(encoding="utf-8"))
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is not readable as registers ({error}); remove it") from error
    return [*kept[:count], *(Memory() for _ in range(count - len(kept)))]
