"""Registration and heartbeat."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from twin.charge_point import Registration, TypePlate


def _boots(*statuses: str, interval_s: int = 120) -> Any:
    left = list(statuses)

    def answer(_: Any) -> dict[str, Any]:
        status = left.pop(0) if len(left) > 1 else left[0]
        return {"currentTime": "2026-01-01T00:00:00Z", "interval": interval_s, "status": status}

    return answer


async def test_a_rejected_charge_point_answers_nothing(rig: Any) -> None:
    rig.central.answers["BootNotification"] = _boots("Rejected", "Accepted")
    cp = rig.build()
    cp.start()
    await rig.until(lambda: cp.registration is Registration.REJECTED)
    heard: list[str] = []
    cp.on_frame(lambda at_us, direction, text: heard.append(direction))
    await rig.central.say('[2,"x","GetConfiguration",{}]')
    await rig.run(10)
    assert heard == ["<"]


async def test_before_the_boot_is_accepted_nothing_else_is_sent(rig: Any) -> None:
    rig.central.answers["BootNotification"] = _boots("Pending")
    cp = rig.build(configuration={"AllowOfflineTxForUnknownId": "true"})
    cp.start()
    await rig.run(5)
    rig.plug_in()
    await rig.run(1)
    rig.tag()
    await rig.run(300)
    assert cp.in_transaction()
    assert set(rig.central.actions) == {"BootNotification"}
    rig.central.answers["BootNotification"] = _boots("Accepted")
    await rig.run(130)
    assert rig.central.of("StartTransaction")


@pytest.mark.parametrize("interval_s", [0])
async def test_where_the_interval_is_left_open_the_charger_backs_off(
    rig: Any, interval_s: int
) -> None:
    rig.central.answers["BootNotification"] = _boots("Pending", interval_s=interval_s)
    rig.build().start()
    await rig.run(500)
    times_us = rig.central.times_us
    waits = [round((b - a) / 1e6) for a, b in itertools.pairwise(times_us)]
    assert waits == [60, 120, 240]


async def test_a_refused_boot_is_tried_again(rig: Any, refusal: Any) -> None:
    def refuse(_: Any) -> Any:
        raise refusal("InternalError", "the database is away")

    rig.central.answers["BootNotification"] = refuse
    cp = rig.build()
    cp.start()
    await rig.run(10)
    assert rig.central.actions == ["BootNotification"]
    del rig.central.answers["BootNotification"]
    await rig.run(60)
    assert cp.online


async def test_the_boot_sets_the_clock_and_the_heartbeat(rig: Any) -> None:
    moment = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
    rig.central.answers["BootNotification"] = lambda _: {
        "currentTime": "2031-05-06T09:08:09+02:00",
        "interval": 77,
        "status": "Accepted",
    }
    cp = await rig.boot()
    assert abs(cp.wall.now() - moment) < timedelta(seconds=5)
    stamped = rig.central.of("StatusNotification")[0]["timestamp"]
    assert stamped.startswith("2031-05-06T07:08:09.")
    answer = await rig.ask("GetConfiguration", {"key": ["HeartbeatInterval"]})
    assert answer["configurationKey"][0]["value"] == "77"


async def test_a_heartbeat_sets_a_clock_that_has_drifted_a_second_away(rig: Any) -> None:
    cp = await rig.boot(drift_ppm=1000.0)

    def off_s() -> float:
        return float((cp.wall.now() - rig.central.now()).total_seconds())

    await rig.run(3000)  # 0.3 s from one heartbeat to the next
    assert 0.3 < off_s() < 1.4
    events = [text for text in rig.events if "currentTime" in text]
    assert events == []


async def test_the_way_of_a_heartbeat_is_no_error_of_the_clock(rig: Any) -> None:
    cp = await rig.boot()
    told = rig.central.now

    def late(_: Any) -> dict[str, Any]:
        moment = told() - timedelta(milliseconds=900)
        return {"currentTime": moment.isoformat()}

    rig.central.answers["Heartbeat"] = late
    before = cp.wall.now() - told()
    await rig.run(700)
    assert rig.central.of("Heartbeat")
    assert cp.wall.now() - told() == before


@pytest.mark.parametrize("off_s", [-3600, 3600])
async def test_a_clock_that_jumps_moves_stamps_and_nothing_that_lasts(rig: Any, off_s: int) -> None:
    cp = await rig.boot(
        configuration={"MeterValueSampleInterval": "60", "ClockAlignedDataInterval": "900"}
    )
    await rig.charging()
    rig.central.calls.clear()
    rig.central.times_us.clear()
    told = rig.central.now
    rig.central.now = lambda: told() + timedelta(seconds=off_s)
    await rig.run(1300)
    assert abs(cp.wall.now() - rig.central.now()) < timedelta(seconds=1)
    sampled_us, grid = [], []
    for (action, payload), at_us in zip(rig.central.calls, rig.central.times_us, strict=True):
        if action != "MeterValues":
            continue
        (value,) = payload["meterValue"]
        if value["sampledValue"][0]["context"] == "Sample.Periodic":
            sampled_us.append(at_us)
        else:
            grid.append(value["timestamp"])
    gaps_s = {round((b - a) / 1e6) for a, b in itertools.pairwise(sampled_us)}
    assert gaps_s == {60}
    assert {stamp[14:19] for stamp in grid} <= {"00:00", "15:00", "30:00", "45:00"}
    assert grid


async def test_the_type_plate_is_told_at_boot(rig: Any) -> None:
    await rig.boot(type_plate=TypePlate("Maker", "Model", "SN-1", "1.2.3"))
    assert rig.central.of("BootNotification") == [
        {
            "chargePointVendor": "Maker",
            "chargePointModel": "Model",
            "chargePointSerialNumber": "SN-1",
            "firmwareVersion": "1.2.3",
        }
    ]


async def test_a_mere_reconnection_is_no_boot(rig: Any) -> None:
    cp = await rig.boot()
    rig.central.drop()
    await rig.until(lambda: not cp.connected)
    rig.plug_in()
    await rig.until(lambda: cp.online)
    await rig.run(1)
    assert len(rig.central.of("BootNotification")) == 1
    assert rig.central.statuses(0) == ["Available"], "known already"
    assert rig.central.statuses(1) == ["Available", "Preparing"]


async def test_back_online_only_the_present_status_is_told(rig: Any) -> None:
    cp = await rig.boot()
    cp.cut_network()
    rig.plug_in()
    await rig.run(10)
    rig.unplug()
    await rig.run(10)
    rig.plug_in()
    await rig.run(10)
    cp.restore_network()
    await rig.until(lambda: cp.online)
    await rig.run(1)
    assert rig.central.statuses(1) == ["Available", "Preparing"]
