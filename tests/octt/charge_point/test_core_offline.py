"""Core: the authorization cache, and sessions without a network."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from twin.charge_point import Status


def _queued(rig: Any) -> list[str]:
    kinds = {"StartTransaction", "StopTransaction", "MeterValues"}
    return [action for action in rig.central.actions if action in kinds]


def _stamp(payload: dict[str, Any]) -> datetime:
    text = payload.get("timestamp") or payload["meterValue"][0]["timestamp"]
    return datetime.fromisoformat(text)


async def _started_offline_with_a_tag_that_is(status: str, rig: Any, **configuration: str) -> None:
    rig.central.answers["StartTransaction"] = lambda _: {
        "transactionId": 7,
        "idTagInfo": {"status": status},
    }
    await rig.boot(configuration={"AllowOfflineTxForUnknownId": "true", **configuration})
    rig.cp.cut_network()
    await rig.run(1)
    rig.plug_in()
    await rig.run(1)
    rig.tag()
    await rig.until(lambda: rig.cp.status() is Status.CHARGING)


async def _back_online(rig: Any) -> None:
    rig.cp.restore_network()
    await rig.until(lambda: rig.cp.online)
    await rig.until(lambda: rig.cp.queued == 0)


async def test_tc_007_cs_a_remembered_tag_needs_no_asking(rig: Any) -> None:
    await rig.boot(configuration={"LocalPreAuthorize": "true"})
    rig.tag("TAG1")
    await rig.run(1)
    rig.tag("TAG1")
    await rig.run(1)
    rig.plug_in()
    await rig.run(1)
    answer = await rig.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG1"})
    assert answer == {"status": "Accepted"}
    await rig.until(lambda: rig.cp.status() is Status.CHARGING)
    assert len(rig.central.of("Authorize")) == 1


async def test_tc_061_cs_a_cleared_cache_asks_again(rig: Any) -> None:
    await rig.boot(configuration={"LocalPreAuthorize": "true", "ConnectionTimeOut": "10"})
    rig.tag("TAG1")
    await rig.run(12)
    assert rig.central.statuses()[-1] == "Available"
    assert await rig.ask("ClearCache", {}) == {"status": "Accepted"}
    rig.tag("TAG1")
    await rig.run(1)
    assert len(rig.central.of("Authorize")) == 2


async def test_tc_036_cs_meter_values_of_an_offline_time_arrive_in_order(rig: Any) -> None:
    await rig.boot(configuration={"MeterValueSampleInterval": "30"})
    await rig.charging()
    rig.cp.cut_network()
    await rig.run(100)
    assert rig.central.of("MeterValues") == []
    assert rig.cp.queued == 3
    await _back_online(rig)
    await rig.run(60)
    times = [_stamp(each) for each in rig.central.of("MeterValues")]
    assert len(times) == 5
    assert all((later - sooner).total_seconds() == pytest.approx(30, abs=0.01)
               for sooner, later in pairwise(times))  # fmt: skip


async def test_tc_037_1_cs_a_known_tag_starts_offline(rig: Any) -> None:
    await rig.boot()
    rig.tag("TAG1")
    await rig.run(1)
    rig.tag("TAG1")  # withdrawn again; the cache knows it now
    await rig.run(1)
    rig.cp.cut_network()
    await rig.run(1)
    rig.plug_in()
    await rig.run(1)
    rig.tag("TAG1")
    await rig.until(lambda: rig.cp.status() is Status.CHARGING)
    await _back_online(rig)
    assert len(rig.central.of("StartTransaction")) == 1
    await rig.run(1)
    assert rig.central.statuses()[-1] == "Charging"


async def test_tc_037_2_cs_an_invalid_tag_that_started_offline_may_only_cost_the_energy(
    rig: Any,
) -> None:
    await _started_offline_with_a_tag_that_is(
        "Blocked", rig, StopTransactionOnInvalidId="false", MaxEnergyOnInvalidId="0"
    )
    rig.cp.restore_network()
    await rig.until(lambda: rig.cp.status() is Status.SUSPENDED_EVSE)
    await rig.run(60)
    told = rig.central.statuses()
    assert told[-1] == "SuspendedEVSE"
    assert rig.central.of("StopTransaction") == []
    assert rig.cp.in_transaction()
    assert not rig.evses[0].report().closed


async def test_tc_037_3_cs_an_invalid_tag_that_started_offline_is_stopped_as_deauthorized(
    rig: Any,
) -> None:
    await _started_offline_with_a_tag_that_is("Invalid", rig, StopTransactionOnInvalidId="true")
    rig.cp.restore_network()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    (stop,) = rig.central.of("StopTransaction")
    assert (stop["transactionId"], stop["reason"]) == (7, "DeAuthorized")
    await rig.run(1)
    assert rig.central.statuses()[-1] == "Finishing"


async def test_tc_038_cs_a_stop_offline_is_delivered_later(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    rig.cp.cut_network()
    await rig.run(30)
    rig.tag()
    await rig.until(lambda: not rig.cp.in_transaction())
    await rig.run(600)
    await _back_online(rig)
    (stop,) = rig.central.of("StopTransaction")
    assert (stop["transactionId"], stop["reason"]) == (100, "Local")
    await rig.run(1)
    assert rig.central.statuses()[-1] == "Finishing"
    assert _stamp(stop) < datetime.fromisoformat("2026-01-01T00:02:00Z")


async def test_tc_039_cs_a_session_all_offline_gets_its_number_afterwards(rig: Any) -> None:
    await rig.boot(
        configuration={"AllowOfflineTxForUnknownId": "true", "MeterValueSampleInterval": "60"}
    )
    rig.cp.cut_network()
    await rig.run(1)
    rig.plug_in()
    await rig.run(1)
    rig.tag()
    await rig.run(200)
    rig.tag()
    await rig.until(lambda: not rig.cp.in_transaction())
    rig.unplug()
    await rig.run(10)
    await _back_online(rig)
    assert _queued(rig) == ["StartTransaction", *["MeterValues"] * 3, "StopTransaction"]
    assert [each["transactionId"] for each in rig.central.of("MeterValues")] == [100] * 3
    assert rig.central.of("StopTransaction")[0]["transactionId"] == 100
