"""What charging profiles allow, worked out the plain way: by a loop, at one instant.

It shares no line with the charge point. Clauses are those of OCPP 1.6; what they leave open is
as in decision 17. Instants are seconds after the twin's epoch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.peers.scripted_central import EPOCH

Profile = dict[str, Any]
ROUND_S = {"Daily": 86_400.0, "Weekly": 7 * 86_400.0}
LINE_V = 230.0


@dataclass
class Said:
    """A period in force."""

    unit: str
    limit: float
    phases: int


@dataclass
class Orders:
    """The profiles that a charger has accepted, in the order they came.

    Attributes:
        profiles: Connector, profile, when it was installed.
        began_s: When the transaction of a connector began.
        changed: Called after each change of them.
    """

    profiles: list[tuple[int, Profile, float]] = field(default_factory=list)
    began_s: dict[int, float] = field(default_factory=dict)
    changed: Callable[[], object] = lambda: None

    def install(self, connector: int, new: Profile, now_s: float) -> None:
        """Section 5.16: in the place of that of its id, and of that of its place and level."""

        def gives_way(place: int, old: Profile) -> bool:
            same_place = place == connector and all(
                old[name] == new[name] for name in ("chargingProfilePurpose", "stackLevel")
            )
            return same_place or bool(old["chargingProfileId"] == new["chargingProfileId"])

        self.profiles = [each for each in self.profiles if not gives_way(each[0], each[1])]
        self.profiles.append((connector, new, now_s))
        self.changed()

    def clear(self, asked: dict[str, Any]) -> None:
        """Section 5.5: an id alone, or everything that is given."""

        def meant(place: int, old: Profile) -> bool:
            if "id" in asked:
                return bool(asked["id"] == old["chargingProfileId"])
            has = {**old, "connectorId": place}
            return all(has[name] == value for name, value in asked.items())

        self.profiles = [each for each in self.profiles if not meant(each[0], each[1])]
        self.changed()

    def end(self, connector: int) -> None:
        """Section 3.13.1: the profiles of a transaction end with it."""
        self.began_s.pop(connector, None)
        self.clear({"connectorId": connector, "chargingProfilePurpose": "TxProfile"})

    def of_connector(self, connector: int, now_s: float) -> Said | None:
        """That of the transaction, else that of the connector, else that of all connectors."""
        for place, purpose in (
            (connector, "TxProfile"),
            (connector, "TxDefaultProfile"),
            (0, "TxDefaultProfile"),
        ):
            said = self._highest(place, purpose, now_s, self.began_s.get(connector))
            if said is not None:
                return said
        return None

    def of_charge_point(self, now_s: float) -> Said | None:
        return self._highest(0, "ChargePointMaxProfile", now_s, None)

    def _highest(
        self, place: int, purpose: str, now_s: float, began_s: float | None
    ) -> Said | None:
        stack = [
            (each, began_s if purpose != "ChargePointMaxProfile" else installed_s)
            for at, each, installed_s in self.profiles
            if (at, each["chargingProfilePurpose"]) == (place, purpose)
        ]
        for profile, from_s in sorted(stack, key=lambda pair: -pair[0]["stackLevel"]):
            said = says(profile, now_s, from_s)
            if said is not None:
                return said
        return None


def says(profile: Profile, now_s: float, began_s: float | None) -> Said | None:
    """The period of one profile in force at an instant, None: it says nothing (7.8 to 7.14)."""
    schedule = profile["chargingSchedule"]
    if now_s < _seconds(profile, "validFrom", now_s) or now_s >= _seconds(
        profile, "validTo", now_s + 1
    ):
        return None
    start_s = began_s
    if profile["chargingProfileKind"] != "Relative" and "startSchedule" in schedule:
        start_s = _seconds(schedule, "startSchedule", 0)
    if start_s is None or now_s < start_s:
        return None
    elapsed_s = now_s - start_s
    if profile["chargingProfileKind"] == "Recurring":
        elapsed_s %= ROUND_S[profile["recurrencyKind"]]
    if elapsed_s >= schedule.get("duration", elapsed_s + 1):
        return None
    begun = [
        each for each in schedule["chargingSchedulePeriod"] if each["startPeriod"] <= elapsed_s
    ]
    last = begun[-1]
    return Said(schedule["chargingRateUnit"], last["limit"], last.get("numberPhases", 3))


def amperes(said: Said | None, phases: int) -> float:
    """What a period allows per phase, of so many in use."""
    if said is None:
        return float("inf")
    return said.limit if said.unit == "A" else said.limit / (LINE_V * phases)


def _seconds(where: dict[str, Any], name: str, default: float) -> float:
    if name not in where:
        return default
    return (datetime.fromisoformat(where[name]) - EPOCH).total_seconds()
