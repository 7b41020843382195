"""What will happen to each charger of a fleet, from who comes to what breaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twin.evse_config import EvseConfig
from twin.fleet.description import Chargers

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US

UNKNOWN = "NOBODY-"
"""How the tags begin that the central system is not told of."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A vehicle that comes to a connector.

    Attributes:
        arrives_us, leaves_us: In the twin's time.
        model: Of the catalogue.
        soc_percent, target_percent: State of charge at arrival, and where the vehicle ends.
        id_tag: The driver's.
        pause_us: Between plugging in and showing the tag, or the other way round.
        tag_first: The tag is shown before the plug goes in.
        remote: The driver has the app.
        forgets: The driver unplugs without ending the session.
    """

    arrives_us: int
    leaves_us: int
    model: str
    soc_percent: float
    target_percent: float
    id_tag: str
    pause_us: int
    tag_first: bool
    remote: bool
    forgets: bool


@dataclass(frozen=True, slots=True)
class Outage:
    """A time without link or without power."""

    begins_us: int
    ends_us: int


@dataclass(frozen=True, slots=True)
class Breakage:
    """A fault at a connector, from its coming to its mending."""

    connector: int
    begins_us: int
    ends_us: int
    name: str
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ChargerPlan:
    """One charger, and everything that happens to it.

    Attributes:
        identity: As the central system knows it.
        number: In the fleet, from 0.
        make: What kind of charger.
        seed: Draws its components, its message ids and its back-off.
        boots_us: When it is switched on.
        off_s, drift_ppm: Error of its clock before the boot, and its drift.
        visits: For each connector, in the order of time.
        link_losses, power_cuts, breakages: In the order of time.
    """

    identity: str
    number: int
    make: Chargers
    seed: int
    boots_us: int
    off_s: float
    drift_ppm: float
    visits: tuple[tuple[Visit, ...], ...]
    link_losses: tuple[Outage, ...]
    power_cuts: tuple[Outage, ...]
    breakages: tuple[Breakage, ...]

    def evses(self) -> tuple[EvseConfig, ...]:
        """Return the facts of its EVSEs."""
        return tuple(
            EvseConfig(
                kind=self.make.kind,
                phases=self.make.phases,
                rating_a=self.make.rating_a,
                seed=self.seed + connector,
            )
            for connector in range(self.make.connectors)
        )

    @property
    def switches_phases(self) -> bool:
        """Whether it tells the central system that it can use one of three phases alone."""
        told = self.make.configuration.get("ConnectorSwitch3to1PhaseSupported", "true")
        return told.lower() == "true"

    def id_tags(self) -> list[str]:
        """Return the tags that the central system has to know."""
        tags = {visit.id_tag for visits in self.visits for visit in visits}
        return sorted(tag for tag in tags if not tag.startswith(UNKNOWN))
