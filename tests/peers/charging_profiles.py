"""Charging profiles for a rig in held time, and how they get there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.peers.scripted_central import EPOCH

DEFAULT, TX, MAX = "TxDefaultProfile", "TxProfile", "ChargePointMaxProfile"


def profile(
    *periods: tuple[int, float],
    purpose: str = DEFAULT,
    kind: str = "Absolute",
    level: int = 0,
    number: int = 1,
    unit: str = "A",
    phases: int | None = None,
    start_s: float | None = 0,
    duration: int | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return a profile whose schedule starts so many seconds after the twin's epoch."""
    schedule: dict[str, Any] = {
        "chargingRateUnit": unit,
        "chargingSchedulePeriod": [
            {"startPeriod": at, "limit": limit} | ({"numberPhases": phases} if phases else {})
            for at, limit in periods
        ],
    }
    if duration is not None:
        schedule["duration"] = duration
    if start_s is not None and kind != "Relative":
        moment = EPOCH + timedelta(seconds=start_s)
        schedule["startSchedule"] = moment.isoformat().replace("+00:00", "Z")
    return {
        "chargingProfileId": number,
        "stackLevel": level,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": kind,
        "chargingSchedule": schedule,
        **more,
    }


async def install(rig: Any, connector: int, wanted: dict[str, Any]) -> str:
    answer = await rig.ask(
        "SetChargingProfile", {"connectorId": connector, "csChargingProfiles": wanted}
    )
    return str(answer["status"])


def now_s(rig: Any) -> float:
    return float(rig.clock.now_us / 1e6)


def offered(rig: Any, connector: int = 1) -> float:
    return float(rig.evses[connector - 1].report().offered_a)


async def composite(rig: Any, connector: int = 1, duration: int = 100, **more: Any) -> Any:
    answer = await rig.ask(
        "GetCompositeSchedule", {"connectorId": connector, "duration": duration, **more}
    )
    if answer["status"] != "Accepted":
        return answer["status"]
    return [
        (each["startPeriod"], each["limit"])
        for each in answer["chargingSchedule"]["chargingSchedulePeriod"]
    ]
