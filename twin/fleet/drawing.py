"""Draws who comes when and what breaks when: from a description and a seed, before anything runs.

A charger's plan depends on the description, the seed and the charger's number
alone: a fleet of more chargers has the same first ones.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from twin.fleet.description import Chargers, Description, Minutes, Storm, Visits
from twin.fleet.plan import (
    DAY_US,
    HOUR_US,
    MINUTE_US,
    SECOND_US,
    UNKNOWN,
    Breakage,
    ChargerPlan,
    Outage,
    Visit,
)

CHANGE_OF_DRIVERS_US = 3 * MINUTE_US
"""Between one vehicle's leaving and the next one's coming to the same connector."""

LAST_STAY_US = 2 * MINUTE_US
"""Who comes later than this before the end does not come at all."""


def draw(
    description: Description,
    chargers: int,
    seed: int,
    *,
    identities: Sequence[str] | None = None,
    id_tags: Sequence[str] = (),
    hours: float | None = None,
) -> list[ChargerPlan]:
    """Draw the plans of a fleet; the same arguments give the same plans.

    Args:
        description: What the fleet is like.
        chargers: How many.
        seed: Draws everything.
        identities: Of the chargers; default FLEET00000 and so on.
        id_tags: Tags that the central system knows; default: tags of the fleet's own, two
            for each connector, so that nobody charges in two places at once.
        hours: How long it plays; default: as the description says.

    Raises:
        ValueError: No charger, or fewer identities than chargers.
    """
    if chargers < 1:
        raise ValueError(f"a fleet has at least one charger, not {chargers}")
    names = [f"FLEET{number:05d}" for number in range(chargers)]
    if identities is not None:
        names = list(identities[:chargers])
        if len(names) < chargers:
            raise ValueError(f"{chargers} chargers, but only {len(names)} identities")
    end_us = round((description.hours if hours is None else hours) * HOUR_US)
    makes = _makes(description, chargers)
    return [
        _Drawing(description, seed, number, end_us, id_tags).charger(name, make)
        for number, (name, make) in enumerate(zip(names, makes, strict=True))
    ]


def _makes(description: Description, chargers: int) -> list[Chargers]:
    """Deal out the makes in proportion to their shares, evenly mixed."""
    whole = sum(make.share for make in description.chargers)
    dealt = [0] * len(description.chargers)
    made = []
    for number in range(1, chargers + 1):
        behind = [
            make.share / whole * number - count
            for make, count in zip(description.chargers, dealt, strict=True)
        ]
        chosen = behind.index(max(behind))
        dealt[chosen] += 1
        made.append(description.chargers[chosen])
    return made


class _Drawing:
    """Draws one charger. Each topic has a generator of its own: a new fault moves no visit."""

    def __init__(
        self,
        description: Description,
        seed: int,
        number: int,
        end_us: int,
        id_tags: Sequence[str],
    ) -> None:
        self.description = description
        self.seed = seed
        self.number = number
        self.end_us = end_us
        self.id_tags = id_tags
        self.begins_us = _since_midnight_us(description.begins)

    def _random(self, topic: str) -> Random:
        return Random(f"{self.seed}/{self.number}/{topic}")

    def charger(self, identity: str, make: Chargers) -> ChargerPlan:
        """Draw everything about one charger."""
        description = self.description
        basics = self._random("basics")
        return ChargerPlan(
            identity=identity,
            number=self.number,
            make=make,
            seed=basics.getrandbits(31),
            boots_us=round(basics.uniform(0, description.boot_within_s) * SECOND_US),
            off_s=basics.uniform(*description.clock.off_s),
            drift_ppm=basics.uniform(*description.clock.drift_ppm),
            visits=tuple(
                tuple(self._visits(make, connector)) for connector in range(1, make.connectors + 1)
            ),
            link_losses=tuple(sorted(self._link_losses(), key=lambda each: each.begins_us)),
            power_cuts=tuple(
                self._outages(
                    self._random("power"),
                    description.power.cuts_per_day,
                    description.power.lasts_min,
                )
            ),
            breakages=tuple(
                sorted(self._breakages(make.connectors), key=lambda each: each.begins_us)
            ),
        )

    def _days(self) -> Iterator[int]:
        """Yield the twin's time of each midnight at which a day begins that the fleet sees."""
        midnight_us = -self.begins_us
        while midnight_us < self.end_us:
            yield midnight_us
            midnight_us += DAY_US

    # --- visits ---

    def _visits(self, make: Chargers, connector: int) -> Iterator[Visit]:
        random = self._random(f"visits/{connector}")
        wanted = [
            self._visit(make, window, midnight_us, random)
            for midnight_us in self._days()
            for window in make.visits
            for _ in range(_count(window.per_connector, random))
        ]
        wanted.sort(key=lambda visit: visit.arrives_us)
        free_us = 0
        for turn, visit in enumerate(wanted):
            if visit.arrives_us < free_us or visit.arrives_us > self.end_us - LAST_STAY_US:
                continue  # taken, or before the beginning, or after the end: drives on
            free_us = visit.leaves_us + CHANGE_OF_DRIVERS_US
            yield self._with_tag(visit, make, connector, turn)

    def _visit(self, make: Chargers, window: Visits, midnight_us: int, random: Random) -> Visit:
        first_us, last_us = (midnight_us + _since_midnight_us(at) for at in window.between)
        if last_us < first_us:
            last_us += DAY_US
        arrives_us = random.randint(first_us, last_us)
        stay_us = round(random.uniform(*window.stay_h) * HOUR_US)
        model = random.choices(list(make.vehicles), list(make.vehicles.values()))[0]
        # A socket without a pilot cannot tell that something is plugged in.
        tag_first = random.random() < make.drivers.tag_first and make.kind != "plain"
        return Visit(
            arrives_us=arrives_us,
            leaves_us=arrives_us + stay_us,
            model=model,
            soc_percent=random.uniform(*window.soc_percent),
            target_percent=random.uniform(*window.target_percent),
            id_tag=UNKNOWN if random.random() < make.drivers.unknown_tag else "",
            pause_us=random.randint(4 * SECOND_US, 25 * SECOND_US),
            tag_first=tag_first,
            remote=random.random() < make.drivers.remote,
            forgets=random.random() < make.drivers.forget_to_stop,
        )

    def _with_tag(self, visit: Visit, make: Chargers, connector: int, turn: int) -> Visit:
        own = f"{self.number:05d}-{connector:02d}-{turn % 2}"
        if visit.id_tag == UNKNOWN:
            tag = UNKNOWN + own
        elif self.id_tags:
            tag = self.id_tags[(self.number * make.connectors + connector - 1) % len(self.id_tags)]
        else:
            tag = f"FLEET-{own}"
        return replace(visit, id_tag=tag)

    # --- what breaks ---

    def _link_losses(self) -> Iterator[Outage]:
        link = self.description.link
        yield from self._outages(self._random("link"), link.losses_per_day, link.lasts_min)
        for index, storm in enumerate(link.storms):
            yield from self._storm(storm, index)

    def _storm(self, storm: Storm, index: int) -> Iterator[Outage]:
        for day, midnight_us in enumerate(self._days()):
            # All chargers draw the same length, and each its own moment of coming back.
            together = Random(f"{self.seed}/storm/{index}/{day}")
            own = self._random(f"storm/{index}/{day}")
            lasts_us = round(together.uniform(*storm.lasts_min) * MINUTE_US)
            back_us = round(own.uniform(0, storm.back_within_s) * SECOND_US)
            begins_us = midnight_us + _since_midnight_us(storm.at)
            if own.random() < storm.share and 0 <= begins_us < self.end_us:
                yield Outage(begins_us, begins_us + lasts_us + back_us)

    def _breakages(self, connectors: int) -> Iterator[Breakage]:
        for connector in range(1, connectors + 1):
            for rate in self.description.faults:
                random = self._random(f"fault/{connector}/{rate.name}")
                for outage in self._outages(random, rate.per_day, rate.lasts_min):
                    yield Breakage(
                        connector, outage.begins_us, outage.ends_us, rate.name, rate.params
                    )

    def _outages(self, random: Random, per_day: float, lasts_min: Minutes) -> Iterator[Outage]:
        """Draw outages at exponential distances, none within another."""
        if per_day == 0:
            return
        at_us = 0
        while True:
            at_us += round(random.expovariate(per_day) * DAY_US)
            if at_us >= self.end_us:
                return
            ends_us = at_us + max(SECOND_US, round(random.uniform(*lasts_min) * MINUTE_US))
            yield Outage(at_us, ends_us)
            at_us = ends_us


def _since_midnight_us(time_of_day: str) -> int:
    hours, _, minutes = time_of_day.partition(":")
    return int(hours) * HOUR_US + int(minutes) * MINUTE_US


def _count(average: float, random: Random) -> int:
    """Draw a whole number of that average: the two whole numbers around it."""
    below = math.floor(average)
    return below + (random.random() < average - below)
