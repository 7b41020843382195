"""What a fleet is and does: the description as a user writes it, in YAML."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

Share = Annotated[float, Meta(ge=0, le=1)]
Weight = Annotated[float, Meta(gt=0)]
Rate = Annotated[float, Meta(ge=0, le=1000)]
Allowed = Annotated[int, Meta(ge=0)]
Minutes = tuple[Annotated[float, Meta(ge=0)], Annotated[float, Meta(ge=0)]]
Percent = Annotated[float, Meta(ge=0, le=100)]
TimeOfDay = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Visits(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Vehicles that come within a time of day, every day.

    Attributes:
        between: First and last time of arrival, UTC of the description.
        per_connector: How many come to each connector on the average.
        stay_h: Least and longest stay, hours.
        soc_percent: Least and greatest state of charge at arrival.
        target_percent: Least and greatest state of charge at which the vehicle ends the charge.
    """

    between: tuple[TimeOfDay, TimeOfDay]
    per_connector: Rate
    stay_h: tuple[Annotated[float, Meta(gt=0)], Annotated[float, Meta(gt=0)]]
    soc_percent: tuple[Percent, Percent] = (15.0, 70.0)
    target_percent: tuple[Percent, Percent] = (80.0, 100.0)


class Drivers(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the people do.

    Attributes:
        tag_first: Share that shows the tag before plugging in.
        remote: Share that starts and stops by the central system's app, where the fleet is
            given its REST interface; otherwise these show a tag as well.
        unknown_tag: Share that comes with a tag the central system has not been told of.
        forget_to_stop: Share that unplugs without ending the session first, where the
            connector lets them.
    """

    tag_first: Share = 0.2
    remote: Share = 0.0
    unknown_tag: Share = 0.0
    forget_to_stop: Share = 0.1


class Chargers(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Chargers of one make; the parts of a fleet are in proportion to their `share`.

    Attributes:
        kind: `socket`, `tethered`, or `plain` (a domestic socket behind a relay).
        vehicles: Who comes: names of the catalogue with their weights.
        configuration: OCPP configuration keys that leave the factory with another value.
    """

    share: Weight = 1.0
    kind: Literal["socket", "tethered", "plain"] = "tethered"
    phases: Literal[1, 3] = 3
    rating_a: Annotated[float, Meta(ge=6, le=80)] = 32.0
    connectors: Annotated[int, Meta(ge=1, le=16)] = 1
    vehicles: Annotated[dict[str, Weight], Meta(min_length=1)]
    visits: Annotated[list[Visits], Meta(min_length=1)]
    drivers: Drivers = Drivers()
    configuration: dict[str, str] = {}


class FaultRate(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A fault of the twin (`twin.faults`) that comes by itself and is mended.

    Attributes:
        name: In the registry.
        per_day: How often at each connector on the average.
        lasts_min: Least and longest time until somebody mends it, minutes.
        params: Of the fault.
    """

    name: str
    per_day: Rate
    lasts_min: Minutes = (5.0, 30.0)
    params: dict[str, Any] = {}


class Storm(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Many links that go at once and come back together.

    Attributes:
        at: When, every day.
        share: Of the chargers.
        lasts_min: Least and longest time until the first comes back, minutes.
        back_within_s: Until the last has come back, seconds.
    """

    at: TimeOfDay
    share: Share = 1.0
    lasts_min: Minutes = (1.0, 5.0)
    back_within_s: Annotated[float, Meta(ge=0)] = 10.0


class Link(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The link to the central system.

    Attributes:
        losses_per_day: How often each charger's is lost on the average.
        lasts_min: Least and longest loss, minutes.
    """

    losses_per_day: Rate = 0.0
    lasts_min: Minutes = (0.2, 20.0)
    storms: list[Storm] = []


class Power(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Mains and controller supply of whole chargers."""

    cuts_per_day: Rate = 0.0
    lasts_min: Minutes = (0.5, 30.0)


class ChargerClock(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The chargers' clocks. Each takes the central system's time at every boot.

    Attributes:
        off_s: Least and greatest error before the first boot, seconds.
        drift_ppm: Least and greatest drift, parts per million.
    """

    off_s: tuple[float, float] = (0.0, 0.0)
    drift_ppm: tuple[
        Annotated[float, Meta(ge=-10_000, le=10_000)], Annotated[float, Meta(ge=-10_000, le=10_000)]
    ] = (0.0, 0.0)


class Allow(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How much of what ought not to be is still a pass; null: any amount.

    Attributes:
        schema_violations: Frames of the central system that OCPP 1.6 does not allow.
        refused_calls: Valid calls that it answered with a CALLERROR.
        unanswered_calls: Calls without an answer that no fault of the fleet's own explains.
        connection_losses: Sockets that it closed or lost.
        failed_attempts: Connection attempts that came to nothing while the network was up.
        lost_messages: Transaction messages given up after the last try.
        numbers_given_twice: Transactions with a number that another one has.
        over_limit: Samples with more current than the connector's limit allows.
        disobeyed: Offers above what the accepted charging profiles allow.
        not_settled: Chargers that had something left to tell at the end.
        p99_ms: 99th percentile of the time to answer, milliseconds of wall time.
    """

    schema_violations: Allowed | None = 0
    refused_calls: Allowed | None = 0
    unanswered_calls: Allowed | None = 0
    connection_losses: Allowed | None = 0
    failed_attempts: Allowed | None = 0
    lost_messages: Allowed | None = 0
    numbers_given_twice: Allowed | None = 0
    over_limit: Allowed | None = 0
    disobeyed: Allowed | None = 0
    not_settled: Allowed | None = 0
    p99_ms: Annotated[float, Meta(gt=0)] | None = None


class Description(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A fleet.

    Attributes:
        about: One line for people.
        begins: Time of day at which the fleet begins.
        hours: How long it plays; then everybody leaves, and everything broken is mended.
        boot_within_s: The chargers are switched on within this time, seconds.
        chargers: Which chargers there are.
        allow: What is still a pass.
    """

    about: str
    begins: TimeOfDay = "00:00"
    hours: Annotated[float, Meta(gt=0, le=24 * 31)] = 24.0
    boot_within_s: Annotated[float, Meta(ge=0, le=3600)] = 60.0
    chargers: Annotated[list[Chargers], Meta(min_length=1)]
    faults: list[FaultRate] = []
    link: Link = Link()
    power: Power = Power()
    clock: ChargerClock = ChargerClock()
    allow: Allow = Allow()


def schema() -> dict[str, Any]:
    """Return the JSON schema of a description (draft 2020-12)."""
    made = msgspec.json.schema(Description)
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
    for part in made["$defs"].values():
        text = part.get("description")
        if text is not None:
            part["description"] = re.sub(r"\s+", " ", text.split("Attributes:")[0]).strip()
    return made
