"""Core: the authorization cache, and sessions without a network."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from tests.octt.charge_point.states import authorized, cached, charging, configure, now, steps
from twin.charge_point import Status


def _stamp(payload: dict[str, Any]) -> datetime:
    text = payload.get("timestamp") or payload["meterValue"][0]["timestamp"]
    return datetime.fromisoformat(text)


async def _may_start_offline(rig: Any, how: str) -> None:
    """Have TAG1 known to the cache, to the local list, or to nobody, and that be enough."""
    await configure(rig, LocalAuthorizeOffline="true", AllowOfflineTxForUnknownId="false")
    if how == "unknown":
        await configure(rig, AllowOfflineTxForUnknownId="true")
    elif how == "cached":
        await cached(rig, "TAG1")
    else:
        listed = [{"idTag": "TAG1", "idTagInfo": {"status": "Accepted"}}]
        update = {"listVersion": 1, "updateType": "Full", "localAuthorizationList": listed}
        assert await rig.ask("SendLocalList", update) == {"status": "Accepted"}


async def _charging_offline(rig: Any) -> int:
    """Cut the network and begin to charge; return how many messages came before."""
    rig.cp.cut_network()
    await rig.run(1)
    before = now(rig)
    rig.plug_in()
    await rig.run(1)
    rig.tag("TAG1")
    await rig.until(lambda: rig.cp.status() is Status.CHARGING)
    await rig.run(60)
    assert len(rig.central.calls) == before
    return before


async def _back_online(rig: Any) -> None:
    rig.cp.restore_network()
    await rig.until(lambda: rig.cp.online)
    await rig.until(lambda: rig.cp.queued == 0)


async def test_tc_007_cs_a_remembered_tag_needs_no_asking(rig: Any) -> None:
    await rig.boot()
    await configure(
        rig,
        AuthorizationCacheEnabled="true",
        LocalPreAuthorize="true",
        AuthorizeRemoteTxRequests="true",
    )
    await cached(rig, "TAG1")
    before = now(rig)
    rig.plug_in()
    await rig.run(1)
    assert steps(rig, before) == ["1 Preparing"]
    answer = await rig.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG1"})
    assert answer == {"status": "Accepted"}
    await rig.until(lambda: rig.central.statuses()[-1] == "Charging")
    await rig.run(5)
    assert steps(rig, before) == ["1 Preparing", "StartTransaction 1 TAG1", "1 Charging"]


async def test_tc_061_cs_a_cleared_cache_asks_again(rig: Any) -> None:
    await rig.boot()
    await configure(
        rig, AuthorizationCacheEnabled="true", LocalPreAuthorize="true", ConnectionTimeOut="10"
    )
    await cached(rig, "TAG1")
    before = now(rig)
    rig.tag("TAG1")
    await rig.run(12)
    assert steps(rig, before) == ["1 Preparing", "1 Available"], "nobody is asked"
    assert await rig.ask("ClearCache", {}) == {"status": "Accepted"}
    await authorized(rig, "TAG1")


async def test_tc_036_cs_meter_values_of_an_offline_time_arrive_in_order(rig: Any) -> None:
    await rig.boot()
    await configure(rig, MeterValueSampleInterval="30")
    number = await charging(rig)
    await rig.run(30)
    assert len(rig.central.of("MeterValues")) == 1
    rig.cp.cut_network()
    await rig.run(100)
    assert len(rig.central.of("MeterValues")) == 1
    await _back_online(rig)
    assert len(rig.central.of("MeterValues")) == 4
    await rig.run(60)
    values = rig.central.of("MeterValues")
    assert {each["transactionId"] for each in values} == {number}
    times = [_stamp(each) for each in values]
    assert len(times) == 6
    for sooner, later in pairwise(times):
        assert (later - sooner).total_seconds() == pytest.approx(30, abs=0.01)


@pytest.mark.parametrize("how", ["cached", "listed", "unknown"])
async def test_tc_037_1_cs_a_valid_tag_starts_offline(rig: Any, how: str) -> None:
    await rig.boot()
    await _may_start_offline(rig, how)
    begins = rig.central.now()
    before = await _charging_offline(rig)
    await _back_online(rig)
    await rig.run(5)
    assert steps(rig, before) == ["StartTransaction 1 TAG1", "1 Charging"]
    (start,) = rig.central.of("StartTransaction")
    assert (_stamp(start) - begins).total_seconds() < 10, "when it began, not when it was told"


@pytest.mark.parametrize("status", ["Invalid", "Blocked", "Expired", "ConcurrentTx"])
async def test_tc_037_2_cs_an_invalid_tag_that_started_offline_may_only_cost_the_energy(
    rig: Any, status: str
) -> None:
    await rig.boot()
    await configure(rig, StopTransactionOnInvalidId="false", MaxEnergyOnInvalidId="0")
    await _may_start_offline(rig, "unknown")
    before = await _charging_offline(rig)
    rig.central.tags = {"TAG1": {"status": status}}
    await _back_online(rig)
    await rig.run(60)
    assert steps(rig, before) == ["StartTransaction 1 TAG1", "1 Charging", "1 SuspendedEVSE"]
    assert rig.cp.in_transaction()
    assert not rig.evses[0].report().closed


@pytest.mark.parametrize("status", ["Invalid", "Blocked", "Expired", "ConcurrentTx"])
async def test_tc_037_3_cs_an_invalid_tag_that_started_offline_is_stopped_as_deauthorized(
    rig: Any, status: str
) -> None:
    await rig.boot()
    await configure(rig, StopTransactionOnInvalidId="true")
    await _may_start_offline(rig, "unknown")
    before = await _charging_offline(rig)
    rig.central.tags = {"TAG1": {"status": status}}
    await _back_online(rig)
    await rig.run(60)
    assert steps(rig, before) == [
        "StartTransaction 1 TAG1",
        "1 Charging",
        "StopTransaction 100 DeAuthorized",
        "1 Finishing",
    ]
    assert not rig.evses[0].report().closed


async def test_tc_038_cs_a_stop_offline_is_delivered_later(rig: Any) -> None:
    await rig.boot()
    number = await charging(rig)
    rig.cp.cut_network()
    await rig.run(30)
    before = now(rig)
    rig.tag("TAG1")
    stopped = rig.central.now()
    await rig.until(lambda: not rig.cp.in_transaction())
    await rig.run(600)
    assert len(rig.central.calls) == before
    await _back_online(rig)
    await rig.run(5)
    assert steps(rig, before) == [f"StopTransaction {number} Local", "1 Finishing"]
    (stop,) = rig.central.of("StopTransaction")
    assert 0 <= (_stamp(stop) - stopped).total_seconds() < 10


async def test_tc_039_cs_a_session_all_offline_gets_its_number_afterwards(rig: Any) -> None:
    await rig.boot()
    await configure(rig, MeterValueSampleInterval="60")
    await _may_start_offline(rig, "unknown")
    rig.central.answers["StartTransaction"] = lambda _: {
        "transactionId": 4711,
        "idTagInfo": {"status": "Accepted"},
    }
    before = await _charging_offline(rig)
    await rig.run(130)
    rig.tag("TAG1")
    await rig.until(lambda: not rig.cp.in_transaction())
    rig.unplug()
    await rig.run(10)
    await _back_online(rig)
    await rig.run(5)
    assert steps(rig, before) == ["StartTransaction 1 TAG1", "StopTransaction 4711 Local"]
    assert rig.cp.status() is Status.AVAILABLE
    told = rig.central.calls[before:]
    assert [action for action, _ in told] == [
        "StartTransaction",
        *["MeterValues"] * 3,
        "StopTransaction",
    ]
    (_, start), *others = told
    assert {payload["transactionId"] for _, payload in others} == {4711}
    stamps = [_stamp(start), *(_stamp(payload) for _, payload in others)]
    assert stamps == sorted(stamps)
