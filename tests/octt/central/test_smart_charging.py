"""Smart charging profile."""

from __future__ import annotations

from typing import Any

from tests.octt.central.conftest import Case, moment

ACCEPTED = {"status": "Accepted"}


def _profile(profile_id: int = 1, **more: Any) -> dict[str, Any]:
    """Return a profile as the operator writes it: 6 A for five minutes."""
    return {
        "charging_profile_id": profile_id,
        "stack_level": 1,
        "charging_profile_purpose": "TxDefaultProfile",
        "charging_profile_kind": "Absolute",
        "charging_schedule": {
            "charging_rate_unit": "A",
            "duration": 300,
            "start_schedule": moment(),
            "charging_schedule_period": [
                {"start_period": 0, "limit": 6.0, "number_phases": 3},
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


async def test_tc_056_csms_a_default_profile_is_sent_whole(case: Case):
    await case.boot()
    sent = await _set(case, _profile())
    assert sent["chargingProfilePurpose"] == "TxDefaultProfile"
    assert sent["chargingProfileKind"] == "Absolute"
    assert sent["validFrom"] < sent["chargingSchedule"]["startSchedule"] < sent["validTo"]
    assert sent["chargingSchedule"]["duration"] == 300
    assert sent["chargingSchedule"]["chargingSchedulePeriod"] == [
        {"startPeriod": 0, "limit": 6.0, "numberPhases": 3}
    ]
    assert await _installed(case) == [1]


async def test_tc_057_csms_a_profile_of_a_session_names_it(case: Case):
    await case.boot()
    transaction_id = await case.charging(await case.add_tag())
    profile = _profile(charging_profile_purpose="TxProfile", transaction_id=transaction_id)
    sent = await _set(case, profile)
    assert sent["chargingProfilePurpose"] == "TxProfile"
    assert sent["transactionId"] == transaction_id
    assert await _installed(case) == [1]


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
        await _set(case, _profile(level, stack_level=level))
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


async def test_tc_059_csms_a_remote_start_carries_a_profile_of_its_session(case: Case):
    await case.boot()
    tag = await case.add_tag()
    schedule = {
        "charging_rate_unit": "A",
        "charging_schedule_period": [{"start_period": 0, "limit": 6.0}],
    }
    profile = {
        "charging_profile_id": 1,
        "stack_level": 1,
        "charging_profile_purpose": "TxProfile",
        "charging_profile_kind": "Relative",
        "charging_schedule": schedule,
    }
    await case.operates(
        "remote-start-transaction", ACCEPTED, id_tag=tag, connector_id=1, charging_profile=profile
    )
    sent = case.last_payload["chargingProfile"]
    assert sent["chargingProfilePurpose"] == "TxProfile"
    assert sent["chargingProfileKind"] == "Relative"
    assert "transactionId" not in sent
    assert sent["chargingSchedule"]["chargingSchedulePeriod"][0]["startPeriod"] == 0
    assert (await case.authorize(tag))["status"] == "Accepted"
    await case.charger.status("Preparing")
    assert (await case.start(tag))["idTagInfo"]["status"] == "Accepted"
    await case.charger.status("Charging")
