"""Smart charging profile."""

from __future__ import annotations

from typing import Any

import pytest

from tests.octt.central.case import EITHER_ORDER, Case, moment

ACCEPTED = {"status": "Accepted"}


def _profile(
    profile_id: int = 1, unit: str = "A", limit: float = 6.0, **more: Any
) -> dict[str, Any]:
    """Return a profile as the operator writes it: 6 A for five minutes."""
    return {
        "charging_profile_id": profile_id,
        "stack_level": 1,
        "charging_profile_purpose": "TxDefaultProfile",
        "charging_profile_kind": "Absolute",
        "charging_schedule": {
            "charging_rate_unit": unit,
            "duration": 300,
            "start_schedule": moment(),
            "charging_schedule_period": [
                {"start_period": 0, "limit": limit, "number_phases": 3},
            ],
        },
        "valid_from": moment(-60),
        "valid_to": moment(3600),
    } | more


async def _installed(case: Case) -> list[int]:
    """Return the ids of the profiles that the operator sees in the charger."""
    found = await case.get(f"/api/chargers/{case.charge_point_id}/charging-profiles")
    return [one["profile"]["chargingProfileId"] for one in found]


async def _set(case: Case, profile: dict[str, Any], connector_id: int = 1) -> dict[str, Any]:
    told = await case.operates(
        "set-charging-profile", ACCEPTED, connector_id=connector_id, cs_charging_profiles=profile
    )
    assert told["success"]
    sent: dict[str, Any] = case.last_payload["csChargingProfiles"]
    assert case.last_payload["connectorId"] == connector_id
    return sent


@pytest.mark.parametrize(("unit", "limit"), [("A", 6.0), ("W", 6000.0)])
async def test_tc_056_csms_a_default_profile_is_sent_whole(case: Case, unit: str, limit: float):
    await case.boot()
    profile = _profile(unit=unit, limit=limit)
    assert await _set(case, profile) == {
        "chargingProfileId": 1,
        "stackLevel": 1,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute",
        "validFrom": profile["valid_from"],
        "validTo": profile["valid_to"],
        "chargingSchedule": {
            "startSchedule": profile["charging_schedule"]["start_schedule"],
            "duration": 300,
            "chargingRateUnit": unit,
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit, "numberPhases": 3}],
        },
    }
    assert await _installed(case) == [1]


async def test_tc_057_csms_a_profile_of_a_session_names_it(case: Case):
    await case.boot()
    transaction_id = await case.charging(await case.add_tag())
    profile = _profile(charging_profile_purpose="TxProfile", transaction_id=transaction_id)
    sent = await _set(case, profile)
    assert sent["chargingProfilePurpose"] == "TxProfile"
    assert sent["transactionId"] == transaction_id
    schedule = sent["chargingSchedule"]
    assert (schedule["chargingRateUnit"], schedule["duration"]) == ("A", 300)
    assert await _installed(case) == [1]
    assert (await case.session(transaction_id))["status"] == "active"


@pytest.mark.parametrize("connector_id", [0, 1])
async def test_a_profile_of_a_session_without_its_number_or_connector_is_not_sent(
    case: Case, connector_id: int
):
    await case.boot()
    transaction = {} if connector_id else {"transaction_id": 1}
    profile = _profile(charging_profile_purpose="TxProfile", **transaction)
    answer = await case.rest.post(
        f"/api/ocpp/{case.charge_point_id}/set-charging-profile",
        json={"connector_id": connector_id, "cs_charging_profiles": profile},
    )
    assert answer.status_code == 422
    assert case.charger.commands == []


async def test_tc_066_csms_a_composite_schedule_is_asked_for_and_kept(case: Case):
    await case.boot()
    schedule = {
        "status": "Accepted",
        "connectorId": 1,
        "scheduleStart": moment(),
        "chargingSchedule": {
            "duration": 350,
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [
                {"startPeriod": 0, "limit": 10.0},
                {"startPeriod": 50, "limit": 6.0},
            ],
        },
    }
    told = await case.operates(
        "get-composite-schedule", schedule, connector_id=1, duration=350, charging_rate_unit="A"
    )
    assert case.last_payload == {"connectorId": 1, "duration": 350, "chargingRateUnit": "A"}
    assert told["success"]
    [kept] = await case.get(f"/api/chargers/{case.charge_point_id}/composite-schedules")
    assert (kept["connector_id"], kept["asked_duration_s"]) == (1, 350)
    assert kept["answer"] == schedule


async def test_tc_067_csms_profiles_are_cleared_by_id_by_what_they_are_and_all(case: Case):
    await case.boot()
    for level in (1, 2, 3):
        sent = await _set(case, _profile(level, stack_level=level))
        assert (sent["stackLevel"], sent["chargingProfilePurpose"]) == (level, "TxDefaultProfile")
    assert await _installed(case) == [1, 2, 3]
    await case.operates("clear-charging-profile", ACCEPTED, id=1)
    assert case.last_payload == {"id": 1}
    assert await _installed(case) == [2, 3]
    await case.operates(
        "clear-charging-profile",
        ACCEPTED,
        connector_id=1,
        charging_profile_purpose="TxDefaultProfile",
        stack_level=2,
    )
    assert case.last_payload == {
        "connectorId": 1,
        "chargingProfilePurpose": "TxDefaultProfile",
        "stackLevel": 2,
    }
    assert await _installed(case) == [3]
    await case.operates("clear-charging-profile", ACCEPTED)
    assert case.last_payload == {}
    assert await _installed(case) == []


def _of_remote_start() -> dict[str, Any]:
    """Return a profile as the operator writes it into a remote start."""
    return {
        "charging_profile_id": 1,
        "stack_level": 1,
        "charging_profile_purpose": "TxProfile",
        "charging_profile_kind": "Relative",
        "charging_schedule": {
            "charging_rate_unit": "A",
            "charging_schedule_period": [{"start_period": 0, "limit": 6.0}],
        },
    }


@EITHER_ORDER
async def test_tc_059_csms_a_remote_start_carries_a_profile_of_its_session(
    case: Case, status_first: bool
):
    await case.boot()
    tag = await case.add_tag()
    told = await case.operates(
        "remote-start-transaction",
        ACCEPTED,
        id_tag=tag,
        connector_id=1,
        charging_profile=_of_remote_start(),
    )
    assert told["success"]
    assert case.last_payload == {
        "idTag": tag,
        "connectorId": 1,
        "chargingProfile": {
            "chargingProfileId": 1,
            "stackLevel": 1,
            "chargingProfilePurpose": "TxProfile",
            "chargingProfileKind": "Relative",
            "chargingSchedule": {
                "chargingRateUnit": "A",
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.0}],
            },
        },
    }
    assert (await case.authorize(tag))["status"] == "Accepted"
    await case.charger.status("Preparing")
    await case.begins(tag, status_first=status_first)
    assert await _installed(case) == [1]


@pytest.mark.parametrize(
    ("answer", "connector"), [("Rejected", {"connector_id": 1}), ("Accepted", {})]
)
async def test_a_profile_of_a_remote_start_that_is_nowhere_for_certain_is_not_shown(
    case: Case, answer: str, connector: dict[str, int]
):
    await case.boot()
    await case.operates(
        "remote-start-transaction",
        {"status": answer},
        id_tag=await case.add_tag(),
        charging_profile=_of_remote_start(),
        **connector,
    )
    assert await _installed(case) == []
