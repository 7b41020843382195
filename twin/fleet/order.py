"""What one charging profile says at an instant: a second, plain reading of OCPP 1.6.

Nothing of the charger's own (`twin.charge_point.smart_charging`) is used here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from twin.fleet.told_time import EPOCH
from wire.frames import Payload
from wire.times import parse_time

MAX, DEFAULT, TX = "ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"

SECOND_US = 1_000_000
ROUND_US = {"Daily": 86_400 * SECOND_US, "Weekly": 7 * 86_400 * SECOND_US}
NEVER_US = 2**62


class Said(NamedTuple):
    """What a profile says at an instant.

    Attributes:
        limit: A per phase, or W over all phases.
        unit: `A` or `W`.
        phases: That may be used.
        name: Of the profile, for people.
    """

    limit: float
    unit: str
    phases: int
    name: str


@dataclass(frozen=True, slots=True)
class Order:
    """One profile; instants are microseconds since 1970 UTC.

    Attributes:
        connector: 0: the charge point, or each of its connectors.
        begins_us: When its schedule begins; None: with the transaction.
        lasts_us: How long the schedule says something.
        round_us: After which it begins again; `NEVER_US`: it does not.
        valid_from_us, valid_to_us: It says nothing before the one, nor from the other on.
        periods: Of each its beginning from that of the schedule, limit and phases.
    """

    connector: int
    profile_id: int
    purpose: str
    level: int
    unit: str
    begins_us: int | None
    lasts_us: int
    round_us: int
    valid_from_us: int
    valid_to_us: int
    periods: tuple[tuple[int, float, int], ...]

    def says(self, at_us: int, began_us: int) -> Said | None:
        """Return what it says at an instant; `began_us`: when the transaction did."""
        if not self.valid_from_us <= at_us < self.valid_to_us:
            return None
        since_us = at_us - (began_us if self.begins_us is None else self.begins_us)
        if since_us < 0 or since_us % self.round_us >= self.lasts_us:
            return None
        since_us %= self.round_us
        _, limit, phases = [each for each in self.periods if each[0] <= since_us][-1]
        return Said(limit, self.unit, phases, f"{self.purpose} {self.profile_id}")

    def next_us(self, at_us: int, began_us: int) -> int:
        """Return the first instant after `at_us` at which it may say something else."""
        begins_us = began_us if self.begins_us is None else self.begins_us
        this_us = begins_us + max(0, (at_us - begins_us) // self.round_us) * self.round_us
        instants = [self.valid_from_us, self.valid_to_us, this_us + self.lasts_us]
        instants += [this_us + start_us for start_us, _, _ in self.periods]
        instants.append(this_us + self.round_us)
        return min((each for each in instants if each > at_us), default=NEVER_US)


def read(connector: int, payload: Payload, now_us: int) -> Order:
    """Read a ChargingProfile (sections 7.8 to 7.14) that was accepted at `now_us`."""
    schedule = payload["chargingSchedule"]
    begins_us = _instant(schedule, "startSchedule")
    if payload["chargingProfileKind"] == "Relative":
        begins_us = None
    if begins_us is None and payload["chargingProfilePurpose"] == MAX:
        begins_us = now_us  # decision 17
    recurs = payload["chargingProfileKind"] == "Recurring"
    return Order(
        connector=connector,
        profile_id=payload["chargingProfileId"],
        purpose=payload["chargingProfilePurpose"],
        level=payload["stackLevel"],
        unit=schedule["chargingRateUnit"],
        begins_us=begins_us,
        lasts_us=schedule["duration"] * SECOND_US if "duration" in schedule else NEVER_US,
        round_us=ROUND_US[payload["recurrencyKind"]] if recurs else NEVER_US,
        valid_from_us=_instant(payload, "validFrom") or 0,
        valid_to_us=_instant(payload, "validTo") or NEVER_US,
        periods=tuple(
            (each["startPeriod"] * SECOND_US, float(each["limit"]), each.get("numberPhases", 3))
            for each in schedule["chargingSchedulePeriod"]
        ),
    )


def _instant(payload: Payload, name: str) -> int | None:
    if name not in payload:
        return None
    return (parse_time(payload[name]) - EPOCH) // timedelta(microseconds=1)
