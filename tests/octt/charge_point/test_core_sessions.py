"""Core: sessions with plug and tag, in either order, and what ends them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.octt.charge_point.states import authorized, charging, configure, now, steps


async def test_tc_003_cs_plug_first_then_tag(rig: Any) -> None:
    await rig.boot()
    before = now(rig)
    rig.plug_in()
    await rig.run(1)
    assert steps(rig, before) == ["1 Preparing"]
    rig.tag("TAG1")
    await rig.until(lambda: rig.central.statuses()[-1] == "Charging")
    await rig.run(5)
    assert steps(rig, before) == [
        "1 Preparing",
        "Authorize TAG1",
        "StartTransaction 1 TAG1",
        "1 Charging",
    ]


async def test_tc_004_1_cs_tag_first_then_plug(rig: Any) -> None:
    await rig.boot()
    await authorized(rig, "TAG1")
    before = now(rig)
    rig.plug_in()
    await rig.until(lambda: rig.central.statuses()[-1] == "Charging")
    await rig.run(5)
    assert steps(rig, before) == ["StartTransaction 1 TAG1", "1 Charging"]


async def test_tc_004_2_cs_a_tag_without_a_plug_times_out(rig: Any) -> None:
    await rig.boot()
    await configure(rig, ConnectionTimeOut="30")
    await authorized(rig)
    before = now(rig)
    await rig.run(28)
    assert steps(rig, before) == []
    await rig.run(2)
    assert steps(rig, before) == ["1 Available"]
    rig.plug_in()
    await rig.run(5)
    assert steps(rig, before) == ["1 Available", "1 Preparing"], "the tag is forgotten"


async def test_tc_068_cs_another_tag_does_not_stop_a_session(rig: Any) -> None:
    await rig.boot()
    number = await charging(rig, "TAG1")
    before = now(rig)
    rig.tag("TAG2")
    await rig.run(10)
    assert steps(rig, before) == [], "nobody is asked about it"
    rig.tag("TAG1")
    await rig.run(10)
    assert steps(rig, before) == [f"StopTransaction {number} Local", "1 Finishing"]
    (stop,) = rig.central.of("StopTransaction")
    assert stop["idTag"] == "TAG1"


@pytest.mark.parametrize("authorize", ["true", "false"])
async def test_tc_069_cs_a_tag_of_the_same_group_stops_a_session(rig: Any, authorize: str) -> None:
    rig.central.tags = {
        "TAG1": {"status": "Accepted", "parentIdTag": "GROUP"},
        "TAG2": {"status": "Accepted", "parentIdTag": "group"},
        "TAG3": {"status": "Accepted", "parentIdTag": "OTHERS"},
        "TAG4": {"status": "Blocked", "parentIdTag": "GROUP"},
    }
    await rig.boot()
    # Without, the group is known from the answer to StartTransaction alone.
    await configure(rig, AuthorizeRemoteTxRequests=authorize)
    number = await charging(rig, "TAG1")
    for stranger in ("TAG3", "TAG4"):
        before = now(rig)
        rig.tag(stranger)
        await rig.run(10)
        assert steps(rig, before) == [f"Authorize {stranger}"]
    before = now(rig)
    rig.tag("TAG2")
    await rig.run(10)
    assert steps(rig, before) == [
        "Authorize TAG2",
        f"StopTransaction {number} Local",
        "1 Finishing",
    ]
    (stop,) = rig.central.of("StopTransaction")
    assert stop["idTag"] == "TAG2"


async def test_tc_005_1_cs_unplugging_at_the_vehicle_ends_the_session(rig: Any) -> None:
    rig.add_evse(kind="socket")
    await rig.boot()
    await configure(
        rig, StopTransactionOnEVSideDisconnect="true", UnlockConnectorOnEVSideDisconnect="true"
    )
    number = await charging(rig)
    before = now(rig)
    rig.unplug(at_vehicle=True)
    await rig.run(10)
    assert steps(rig, before) == [f"StopTransaction {number} EVDisconnected", "1 Finishing"]
    (stop,) = rig.central.of("StopTransaction")
    assert "idTag" not in stop, "nobody has presented one"
    assert not rig.evses[0].report().locked
    rig.evses[0].take_cable()
    await rig.run(2)
    assert rig.central.statuses()[-1] == "Available"


@pytest.mark.parametrize(
    ("kind", "status", "unlocking"),
    [("socket", "Finishing", "Unlocked"), ("tethered", "Available", "NotSupported")],
)
async def test_tc_005_2_cs_the_cable_may_stay_locked_until_unlocked(
    rig: Any, kind: str, status: str, unlocking: str
) -> None:
    rig.add_evse(kind=kind)
    await rig.boot()
    await configure(
        rig, StopTransactionOnEVSideDisconnect="true", UnlockConnectorOnEVSideDisconnect="false"
    )
    number = await charging(rig)
    before = now(rig)
    rig.unplug(at_vehicle=True)
    await rig.run(10)
    assert steps(rig, before) == [f"StopTransaction {number} EVDisconnected", f"1 {status}"]
    assert rig.evses[0].report().locked == (kind == "socket")
    assert await rig.ask("UnlockConnector", {"connectorId": 1}) == {"status": unlocking}
    assert not rig.evses[0].report().locked


@pytest.mark.parametrize(
    ("kind", "afterwards"), [("socket", "Finishing"), ("tethered", "Available")]
)
async def test_tc_005_3_cs_a_session_may_outlive_an_unplugged_vehicle(
    rig: Any, kind: str, afterwards: str
) -> None:
    rig.add_evse(kind=kind)
    await rig.boot()
    await configure(
        rig, StopTransactionOnEVSideDisconnect="false", UnlockConnectorOnEVSideDisconnect="false"
    )
    number = await charging(rig)
    before = now(rig)
    rig.unplug(at_vehicle=True)
    await rig.run(30)
    assert steps(rig, before) == ["1 SuspendedEV"]
    assert rig.central.of("StatusNotification")[-1]["info"] == "EV side disconnected"
    assert rig.evses[0].report().locked == (kind == "socket")
    before = now(rig)
    answer = await rig.ask("RemoteStopTransaction", {"transactionId": number})
    assert answer == {"status": "Accepted"}
    await rig.run(10)
    assert steps(rig, before) == [f"StopTransaction {number} Remote", f"1 {afterwards}"]
    assert not rig.evses[0].report().locked, "a normal end gives the cable back (4.10)"


@pytest.mark.parametrize("status", ["Invalid", "Expired", "Blocked"])
async def test_tc_023_cs_a_refused_tag_starts_nothing(rig: Any, status: str) -> None:
    rig.central.tags = {"TAG1": {"status": status}}
    await rig.boot()
    before = now(rig)
    rig.plug_in()
    await rig.run(1)
    rig.tag("TAG1")
    await rig.run(20)
    assert steps(rig, before) == ["1 Preparing", "Authorize TAG1"]
    assert not rig.evses[0].report().closed


@pytest.mark.parametrize("plug_first", [True, False])
async def test_tc_024_cs_a_lock_that_fails_is_told_and_nothing_starts(
    rig: Any, plug_first: bool
) -> None:
    rig.add_evse(kind="socket")
    await rig.boot()
    rig.evses[0].inject("lock_jammed")
    before = now(rig)
    if plug_first:
        rig.plug_in()
        await rig.run(1)
    answer = await rig.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG1"})
    assert answer == {"status": "Accepted"}
    await rig.run(1)
    if not plug_first:
        rig.plug_in()
    await rig.run(30)
    told = steps(rig, before)
    assert sorted(told[:2]) == ["1 Preparing", "Authorize TAG1"]
    assert told[2] == "1 Faulted ConnectorLockFailure"
    assert rig.central.of("StartTransaction") == []
    assert not rig.evses[0].report().closed


async def test_tc_041_cs_a_fault_is_told_and_nothing_starts(rig: Any) -> None:
    await rig.boot()
    before = now(rig)
    rig.evses[0].inject("earth_lost")
    await rig.run(2)
    assert steps(rig, before) == ["1 Faulted GroundFailure"]
    assert rig.central.of("StatusNotification")[-1]["vendorErrorCode"] == "earth-lost"
    rig.plug_in()
    await rig.run(1)
    rig.tag()
    await rig.run(10)
    answer = await rig.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG1"})
    assert answer == {"status": "Rejected"}
    await rig.run(10)
    assert steps(rig, before) == ["1 Faulted GroundFailure"]
