"""Smart charging at the charge point: calls, limits at the plug, what survives."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.peers.charging_profiles import MAX, TX, install, now_s, profile
from tests.peers.scripted_central import EPOCH
from twin.charge_point import Status


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


# --- at the plug ---


async def test_the_pilot_follows_the_schedule_at_its_instants(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    assert offered(rig) == 32
    base = int(now_s(rig)) + 10  # the clock lags by the latency of the boot's answer, 20…80 ms
    assert await install(rig, 1, profile((0, 16), (20, 10.5), (40, 8), start_s=base)) == "Accepted"
    for second, wanted in ((-0.1, 32), (0.1, 16), (19.9, 16), (20.1, 10.5), (40.1, 8)):
        await rig.run(base + second - now_s(rig))
        assert offered(rig) == wanted, second
    await rig.run(10)
    assert rig.evses[0].current_a("l1") == pytest.approx(8, abs=0.3)


async def test_between_changes_no_timer_of_smart_charging_wakes_anybody(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    await install(rig, 1, profile((0, 16), (3600, 10), start_s=now_s(rig)))
    await rig.run(1)
    limits = [event for event in rig.events if event.startswith("limit")]
    await rig.run(3500)
    assert [event for event in rig.events if event.startswith("limit")] == limits
    assert limits == ["limit 16.0 A on 3 phase(s)"]


async def test_steps_closer_than_five_seconds_end_with_the_right_last_value(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    await rig.run(10)
    base = int(now_s(rig)) + 2
    steps = [(0, 20), (1, 18), (2, 16), (3, 14), (4, 12)]
    await install(rig, 1, profile(*steps, start_s=base))
    seen = []
    for _ in range(150):
        await rig.run(0.1)
        if not seen or seen[-1][1] != offered(rig):
            seen.append((now_s(rig), offered(rig)))
    assert [amps for _, amps in seen] == [32, 20, 12]
    assert seen[2][0] - seen[1][0] >= 4.9, "IEC 61851-1: duty changes are 5 s apart"


async def test_a_limit_of_zero_suspends_and_a_later_one_resumes(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    base = int(now_s(rig)) + 2
    await install(rig, 1, profile((0, 0), (60, 16), start_s=base))
    await rig.run(20)
    assert rig.cp.status() is Status.SUSPENDED_EVSE
    assert not rig.evses[0].report().closed
    assert rig.cp.in_transaction()
    await rig.run(80)
    assert rig.cp.status() is Status.CHARGING
    assert offered(rig) == 16


@pytest.mark.parametrize("limit", [0.1, 5.9])
async def test_below_six_amperes_there_is_no_energy(rig: Any, limit: float) -> None:
    await rig.boot()
    await install(rig, 0, profile((0, limit)))
    rig.plug_in()
    await rig.run(1)
    rig.tag()
    await rig.run(60)
    assert rig.cp.in_transaction()
    assert not rig.evses[0].report().closed
    assert rig.central.statuses()[-2:] == ["Preparing", "SuspendedEVSE"]


async def test_a_profile_for_one_phase_switches_to_it_and_back(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    base = int(now_s(rig)) + 2
    await install(rig, 1, profile((0, 3680), unit="W", phases=1, start_s=base, duration=120))
    await rig.run(100)
    evse = rig.evses[0]
    assert (evse.pole_closed("l1"), evse.pole_closed("l2")) == (True, False)
    assert offered(rig) == 16
    assert evse.current_a("l1") == pytest.approx(16, abs=0.5)
    await rig.run(100)
    assert (evse.pole_closed("l1"), evse.pole_closed("l2")) == (True, True)


async def test_a_socket_without_a_pilot_is_on_or_off(rig: Any) -> None:
    rig.add_evse(kind="plain", phases=1, rating_a=16.0)
    await rig.boot()
    rig.plug_in(model="horwin-cr6")
    rig.tag()
    await rig.until(lambda: rig.evses[0].pole_closed("l1"))
    base = int(now_s(rig)) + 2
    await install(rig, 1, profile((0, 5), (60, 6), start_s=base))
    await rig.run(30)
    assert not rig.evses[0].pole_closed("l1")
    assert rig.cp.status() is Status.SUSPENDED_EVSE
    await rig.run(60)
    assert rig.evses[0].pole_closed("l1")


async def test_a_relative_default_counts_from_each_start(rig: Any) -> None:
    await rig.boot()
    await install(rig, 0, profile((0, 10), (60, 16), kind="Relative"))
    for _ in range(2):
        await rig.charging()
        assert offered(rig) == 10
        await rig.run(60)
        assert offered(rig) == 16
        rig.tag()
        await rig.run(20)
        rig.unplug()
        await rig.run(20)


async def test_a_clock_that_runs_too_fast_or_too_slow_does_not_shift_a_relative_schedule(
    central: Any, make_rig: Any, tmp_path: Any
) -> None:
    for drift in (-200_000.0, 200_000.0):
        rig = make_rig(central)
        rig.folder = tmp_path / str(drift)
        cp = await rig.boot(drift_ppm=drift)
        rig.plug_in()
        await rig.run(1)
        await install(rig, 0, profile((0, 10), (60, 16), kind="Relative"))
        rig.tag()
        await rig.until(lambda cp=cp: cp.in_transaction())
        await rig.run(59.9)
        assert offered(rig) == 10
        await rig.run(0.2)
        assert offered(rig) == 16
        await cp.close()


async def test_a_clock_set_at_boot_moves_the_schedule_with_it(rig: Any) -> None:
    wrong = EPOCH - timedelta(days=400)
    await rig.boot(utc_at_zero=wrong)
    await install(rig, 0, profile((0, 10), start_s=0))
    await rig.charging()
    assert offered(rig) == 10


async def test_the_maximum_is_shared_while_two_charge_and_given_back(rig: Any) -> None:
    rig.add_evse()
    rig.add_evse()
    await rig.boot()
    assert await install(rig, 0, profile((0, 20), purpose=MAX)) == "Accepted"
    await rig.charging(1)
    assert offered(rig, 1) == 20
    await rig.charging(2, id_tag="TAG2")
    await rig.run(6)
    assert (offered(rig, 1), offered(rig, 2)) == (10, 10)
    rig.tag("TAG1", 1)
    await rig.run(20)
    assert offered(rig, 2) == 20


async def test_where_there_is_too_little_for_two_the_second_waits_and_follows(rig: Any) -> None:
    rig.add_evse()
    rig.add_evse()
    await rig.boot()
    await install(rig, 0, profile((0, 10), purpose=MAX))
    await rig.charging(1)
    rig.plug_in(2)
    await rig.run(1)
    rig.tag("TAG2", 2)
    await rig.run(30)
    assert (rig.cp.status(1), rig.cp.status(2)) == (Status.CHARGING, Status.SUSPENDED_EVSE)
    assert offered(rig, 1) == 10
    rig.tag("TAG1", 1)
    await rig.run(30)
    assert rig.cp.status(2) is Status.CHARGING


async def test_meter_values_show_what_is_offered(rig: Any) -> None:
    await rig.boot(
        configuration={
            "MeterValueSampleInterval": "10",
            "MeterValuesSampledData": "Current.Offered,Power.Offered",
        }
    )
    await rig.charging()
    for phases in (3, 1):
        await install(rig, 1, profile((0, 10), phases=phases))
        await rig.run(60)
        sampled = rig.central.of("MeterValues")[-1]["meterValue"][0]["sampledValue"]
        values = {each["measurand"]: float(each["value"]) for each in sampled}
        assert values["Current.Offered"] == 10
        assert values["Power.Offered"] == pytest.approx(2300 * phases, rel=0.03)


# --- installing, replacing, clearing ---


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


# --- the profile of a transaction ---


async def test_a_profile_of_the_transaction_ends_with_it(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    mine = profile((0, 10), purpose=TX, transactionId=100)
    assert await install(rig, 1, mine) == "Accepted"
    rig.tag()
    await rig.run(20)
    assert await install(rig, 1, mine) == "Rejected"
    assert await rig.ask("ClearChargingProfile", {"id": 1}) == {"status": "Unknown"}
    rig.unplug()
    await rig.run(5)
    await rig.charging()
    assert offered(rig) == 32


async def test_a_profile_without_an_id_is_for_what_runs(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    assert await install(rig, 1, profile((0, 10), purpose=TX)) == "Accepted"
    await rig.run(6)
    assert offered(rig) == 10


async def test_a_remote_start_brings_its_profile_to_its_own_transaction_only(rig: Any) -> None:
    await rig.boot(configuration={"ConnectionTimeOut": "20"})
    bring = {
        "connectorId": 1,
        "idTag": "TAG9",
        "chargingProfile": profile((0, 10), purpose=TX, kind="Relative"),
    }
    assert await rig.ask("RemoteStartTransaction", bring) == {"status": "Accepted"}
    await rig.run(30)  # nobody came
    await rig.charging(id_tag="TAG9")
    assert offered(rig) == 32


async def test_a_later_profile_replaces_that_of_the_remote_start(rig: Any) -> None:
    await rig.boot()
    rig.plug_in()
    await rig.run(1)
    bring = profile((0, 10), purpose=TX, kind="Relative")
    await rig.ask(
        "RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG9", "chargingProfile": bring}
    )
    await rig.until(lambda: rig.cp.transaction_id() is not None)
    later = profile((0, 12), purpose=TX, kind="Relative", number=2, transactionId=100)
    assert await install(rig, 1, later) == "Accepted"
    await rig.run(10)
    assert offered(rig) == 12
    assert await rig.ask("ClearChargingProfile", {"id": 1}) == {"status": "Unknown"}


# --- power ---


async def test_profiles_survive_a_power_cut_and_a_reset(rig: Any) -> None:
    cp = await rig.boot()
    await install(rig, 0, profile((0, 10), kind="Relative"))
    await install(rig, 0, profile((0, 20), purpose=MAX, number=2, start_s=None))
    cp.cut_power()
    await rig.run(10)
    cp.restore_power()
    await rig.until(lambda: cp.online)
    await rig.run(1)
    assert await composite(rig, 0) == [(0, 10)]
    await rig.ask("Reset", {"type": "Hard"})
    await rig.run(5)
    await rig.until(lambda: cp.online)
    await rig.charging()
    assert offered(rig) == 10


async def test_a_profile_of_a_transaction_goes_with_it_when_power_goes(rig: Any) -> None:
    cp = await rig.boot()
    await rig.charging()
    await install(rig, 1, profile((0, 10), purpose=TX))
    cp.cut_power()
    await rig.run(10)
    cp.restore_power()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    assert await rig.ask("ClearChargingProfile", {}) == {"status": "Unknown"}


async def test_what_was_cleared_does_not_come_back(rig: Any) -> None:
    cp = await rig.boot()
    await install(rig, 1, profile((0, 10)))
    await rig.ask("ClearChargingProfile", {"id": 1})
    cp.cut_power()
    cp.restore_power()
    await rig.until(lambda: cp.online)
    assert await composite(rig) == [(0, 32)]


async def test_offline_the_schedule_goes_on(rig: Any) -> None:
    cp = await rig.boot()
    await rig.charging()
    await install(rig, 1, profile((0, 16), (60, 8), start_s=int(now_s(rig))))
    cp.cut_network()
    await rig.run(70)
    assert offered(rig) == 8


async def test_killed_while_replacing_the_old_profile_or_the_new_one_is_there(
    rig: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cp = await rig.boot()
    await install(rig, 1, profile((0, 10)))

    class KilledError(BaseException):
        """The process died here."""

    def die(*_: Any) -> None:
        raise KilledError

    monkeypatch.setattr("twin.charge_point.smart_charging.store.add", die)
    replace = cp._running.calls.handlers["SetChargingProfile"]
    answers: list[Any] = []
    with pytest.raises(KilledError):
        replace({"connectorId": 1, "csChargingProfiles": profile((0, 12))}, answers.append)
    assert answers == []
    monkeypatch.undo()
    cp.kill()
    cp.start()
    await rig.until(lambda: cp.online)
    assert await composite(rig) == [(0, 10)]


# --- the composite schedule ---


async def test_the_composite_schedule_of_no_connector_or_no_time_is_rejected(rig: Any) -> None:
    await rig.boot()
    assert await composite(rig, 2) == "Rejected"
    assert await composite(rig, -1) == "Rejected"
    assert await composite(rig, 1, 0) == "Rejected"


async def test_the_composite_schedule_in_another_unit_and_one_that_is_none(
    rig: Any, refusal: Any
) -> None:
    await rig.boot()
    await install(rig, 1, profile((0, 6000), unit="W"))
    assert await composite(rig, chargingRateUnit="W") == [(0, 6000)]
    assert await composite(rig, chargingRateUnit="A") == [(0, 8.6)]
    assert await composite(rig) == [(0, 8.6)]
    with pytest.raises(refusal, match="PropertyConstraintViolation"):
        await composite(rig, chargingRateUnit="VA")


async def test_the_composite_schedule_of_the_charge_point_adds_its_connectors(rig: Any) -> None:
    rig.add_evse()
    rig.add_evse(phases=1, rating_a=16.0)
    await rig.boot()
    assert await composite(rig, 0) == [(0, 48)]
    assert await composite(rig, 0, chargingRateUnit="W") == [(0, 32 * 690 + 16 * 230)]
    await install(rig, 0, profile((0, 20), purpose=MAX))
    assert await composite(rig, 0) == [(0, 20)]
    await install(rig, 1, profile((0, 8), number=2))
    await install(rig, 2, profile((0, 7), number=3))
    assert await composite(rig, 0) == [(0, 15)]


async def test_the_composite_schedule_of_an_idle_connector_is_what_a_start_now_would_get(
    rig: Any,
) -> None:
    rig.add_evse()
    rig.add_evse()
    await rig.boot()
    await install(rig, 0, profile((0, 20), purpose=MAX))
    await install(rig, 0, profile((0, 16), (30, 8), kind="Relative", number=2))
    assert await composite(rig, 2) == [(0, 16), (30, 8)]
    await rig.charging(1)
    assert await composite(rig, 2, 10) == [(0, 10)]


# --- keys ---


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
