"""Charging profiles installed, replaced and cleared; the keys that say which there can be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.peers.charging_profiles import MAX, TX, composite, install, now_s, offered, profile
from tests.peers.scripted_central import EPOCH


@pytest.mark.parametrize(
    ("connector", "wanted"),
    [
        (1, profile((0, 10), purpose=MAX)),
        (0, profile((0, 10), purpose=MAX, kind="Relative")),
        (0, profile((0, 10), purpose=TX)),
        (1, profile((0, 10), purpose=TX)),
        (1, profile((0, 10), level=4)),
        (1, profile((0, 10), (1, 11), (2, 12))),
        (1, profile((0, 10), unit="W")),
    ],
)
async def test_what_does_not_fit_this_charger_is_rejected(
    rig: Any, connector: int, wanted: Any
) -> None:
    await rig.boot(
        configuration={
            "ChargeProfileMaxStackLevel": "3",
            "ChargingScheduleMaxPeriods": "2",
            "ChargingScheduleAllowedChargingRateUnit": "Current",
        }
    )
    assert await install(rig, connector, wanted) == "Rejected"
    assert any("charging profile rejected" in event for event in rig.events)
    assert await composite(rig) == [(0, 32)]


async def test_more_profiles_than_fit_are_rejected_but_a_replacement_fits(rig: Any) -> None:
    await rig.boot(configuration={"MaxChargingProfilesInstalled": "2"})
    assert await install(rig, 0, profile((0, 10), number=1)) == "Accepted"
    assert await install(rig, 1, profile((0, 12), number=2)) == "Accepted"
    assert await install(rig, 1, profile((0, 14), number=3, level=1)) == "Rejected"
    assert await install(rig, 1, profile((0, 16), number=3)) == "Accepted"
    assert await composite(rig) == [(0, 16)]


async def test_profiles_that_are_over_for_good_give_way_when_there_is_no_room(rig: Any) -> None:
    await rig.boot(configuration={"MaxChargingProfilesInstalled": "2"})
    await install(rig, 0, profile((0, 10), start_s=-900, duration=60))
    await install(rig, 0, profile((0, 12), kind="Relative", number=2, level=1))
    assert await install(rig, 1, profile((0, 8), number=3)) == "Accepted"
    assert await rig.ask("ClearChargingProfile", {"id": 1}) == {"status": "Unknown"}
    assert await rig.ask("ClearChargingProfile", {"id": 2}) == {"status": "Accepted"}


@pytest.mark.parametrize("connector", [-1, 2])
async def test_a_profile_for_no_connector_is_refused(
    rig: Any, refusal: Any, connector: int
) -> None:
    await rig.boot()
    with pytest.raises(refusal, match="PropertyConstraintViolation"):
        await install(rig, connector, profile((0, 10)))


async def test_what_no_charger_could_follow_is_refused_and_says_why(rig: Any, refusal: Any) -> None:
    await rig.boot()
    with pytest.raises(refusal, match="PropertyConstraintViolation") as refused:
        await install(rig, 1, profile((10, 10)))
    assert "startPeriod" in refused.value.description


async def test_the_same_id_or_the_same_place_and_level_is_replaced(rig: Any) -> None:
    await rig.boot()
    await install(rig, 1, profile((0, 10), number=1))
    await install(rig, 1, profile((0, 12), number=2))
    assert await rig.ask("ClearChargingProfile", {"id": 1}) == {"status": "Unknown"}
    await install(rig, 0, profile((0, 14), number=2, level=3))
    assert await composite(rig) == [(0, 14)]
    assert await rig.ask("ClearChargingProfile", {"connectorId": 1}) == {"status": "Unknown"}


async def test_a_replacement_that_is_valid_later_leaves_a_gap(rig: Any) -> None:
    await rig.boot()
    await install(rig, 1, profile((0, 10)))
    later = (EPOCH + timedelta(seconds=int(now_s(rig)) + 50)).isoformat()
    await install(rig, 1, profile((0, 12), validFrom=later))
    (_, first), (_, second) = await composite(rig)
    assert (first, second) == (32, 12)


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        ({}, set()),
        ({"id": 2}, {1, 3, 4}),
        ({"id": 2, "connectorId": 0, "stackLevel": 7}, {1, 3, 4}),
        ({"connectorId": 0}, {3, 4}),
        ({"connectorId": 1, "stackLevel": 1}, {1, 2, 3}),
        ({"chargingProfilePurpose": MAX}, {2, 3, 4}),
        ({"stackLevel": 0}, {4}),
        ({"chargingProfilePurpose": TX}, None),
        ({"connectorId": 7}, None),
        ({"id": 9, "connectorId": 0}, None),
    ],
)
async def test_clearing_takes_what_matches_everything_given(
    rig: Any, wanted: dict[str, Any], left: set[int] | None
) -> None:
    await rig.boot()
    await install(rig, 0, profile((0, 20), number=1, purpose=MAX))
    await install(rig, 0, profile((0, 18), number=2))
    await install(rig, 1, profile((0, 16), number=3))
    await install(rig, 1, profile((0, 14), number=4, level=1))
    answer = await rig.ask("ClearChargingProfile", wanted)
    assert answer == {"status": "Unknown" if left is None else "Accepted"}
    there = {
        number
        for number in (1, 2, 3, 4)
        if await rig.ask("ClearChargingProfile", {"id": number}) == {"status": "Accepted"}
    }
    assert there == ({1, 2, 3, 4} if left is None else left)


async def test_installing_then_clearing_restores(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    await install(rig, 1, profile((0, 10)))
    await rig.run(6)
    assert offered(rig) == 10
    await rig.ask("ClearChargingProfile", {})
    await rig.run(6)
    assert offered(rig) == 32
    assert await composite(rig) == [(0, 32)]


async def test_instants_at_the_end_of_all_time_do_no_harm(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    late = "9999-12-31T23:59:59Z"
    far = profile((0, 10), (2**31 - 1, 8), duration=2**31 - 1, validTo=late)
    far["chargingSchedule"]["startSchedule"] = late
    assert await install(rig, 1, far) == "Accepted"
    assert await composite(rig, 1, 10**30) == [(0, 32)]


async def test_the_keys_tell_what_is_possible_and_are_read_only(rig: Any) -> None:
    rig.add_evse(phases=1)
    await rig.boot()
    answer = await rig.ask("GetConfiguration", {})
    values = {entry["key"]: entry for entry in answer["configurationKey"]}
    expected = {
        "ChargeProfileMaxStackLevel": "9",
        "ChargingScheduleAllowedChargingRateUnit": "Current,Power",
        "ChargingScheduleMaxPeriods": "100",
        "MaxChargingProfilesInstalled": "50",
        "ConnectorSwitch3to1PhaseSupported": "false",
    }
    assert {name: values[name]["value"] for name in expected} == expected
    assert all(values[name]["readonly"] for name in expected)
    assert "SmartCharging" in values["SupportedFeatureProfiles"]["value"].split(",")


async def test_without_the_feature_profile_its_calls_are_not_supported(
    rig: Any, refusal: Any
) -> None:
    await rig.boot(profiles=["Core"])
    with pytest.raises(refusal, match="NotSupported"):
        await install(rig, 1, profile((0, 10)))
    rig.plug_in()
    await rig.run(1)
    bring = {"idTag": "T", "chargingProfile": profile((0, 10), purpose=TX, kind="Relative")}
    assert await rig.ask("RemoteStartTransaction", bring) == {"status": "Accepted"}
    await rig.until(lambda: rig.evses[0].report().closed)
    assert offered(rig) == 32
