"""A charger that plays by itself: vehicles come, charge and go by a seeded plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Protocol

from twin.charge_point.charge_point import EPOCH
from twin.charge_point.charger import (
    Charger,
    MakeController,
    check_fit,
    reference_controller,
)
from twin.charge_point.context import Event
from twin.charge_point.security.setup import SecuritySetup
from twin.driver import Driver
from twin.evse import ConnectorLockedError, Evse
from twin.evse_config import EvseConfig
from twin.vehicle import Vehicle, catalogue

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US

TALKATIVE = {
    "MeterValueSampleInterval": "60",
    "MeterValuesSampledData": (
        "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage"
    ),
}
"""Factory setting of a charger that has something to show."""


class PlayedChargePoint(Protocol):
    """What a station asks of a business side."""

    def start(self) -> None:
        """Start it at once."""

    def in_transaction(self, connector: int = 1) -> bool:
        """Whether a transaction runs on a connector."""
        ...

    def on_event(self, listener: Callable[[Event], None]) -> None:
        """Call `listener` for everything worth telling an operator."""


class PlayedCharger(Protocol):
    """What a station asks of a charger."""

    @property
    def evses(self) -> list[Evse]:
        """One for each connector."""
        ...

    @property
    def charge_point(self) -> PlayedChargePoint:
        """Its business side."""
        ...

    def keep(self) -> None:
        """From now on keep what has to survive the process."""

    async def close(self) -> None:
        """Switch it off in order."""


@dataclass(frozen=True, slots=True)
class StationPlan:
    """A charger and who comes to it.

    Attributes:
        identity: As the central system knows it.
        evses: One for each connector.
        vehicles: Catalogue names that come, drawn by seed.
        id_tags: Tags of their drivers, drawn by seed.
        key: Authorization key, raw bytes; None: none.
        security: The security extension; None: a charger without it.
        seed: Draws everything that is left open.
        configuration: Configuration keys that differ from the standard's defaults.
        controller: Makes what drives the pins of each EVSE.
        charger: Builds the charger, from the same arguments as `Charger`.
    """

    identity: str
    evses: tuple[EvseConfig, ...] = (EvseConfig(),)
    vehicles: tuple[str, ...] = ("byd-atto-3",)
    id_tags: tuple[str, ...] = ("EVSELOOP",)
    key: bytes | None = None
    security: SecuritySetup | None = None
    seed: int = 0
    configuration: dict[str, str] = field(default_factory=lambda: dict(TALKATIVE))
    controller: MakeController = reference_controller
    charger: Callable[..., PlayedCharger] = Charger


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
                check_fit(catalogue.model(model), config)
        self._charger = plan.charger(
            plan.identity,
            plan.evses,
            central_url,
            driver,
            state,
            key=plan.key,
            security=plan.security,
            seed=plan.seed,
            configuration=plan.configuration,
            utc_at_zero=utc_at_zero,
            controller=plan.controller,
        )
        self.evses = self._charger.evses
        self.charge_point = self._charger.charge_point
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
        self._charger.keep()

    async def close(self) -> None:
        """Switch the charger off in order; its registers and its queue stay."""
        await self._charger.close()

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
