"""Core: sessions with plug and tag, in either order, and what ends them."""

from __future__ import annotations

from typing import Any

import pytest


async def test_tc_003_cs_plug_first_then_tag(rig: Any) -> None:
    await rig.boot()
    rig.plug_in()
    await rig.run(1)
    assert rig.central.statuses()[-1] == "Preparing"
    rig.tag("TAG1")
    await rig.until(lambda: "Charging" in rig.central.statuses())
    assert rig.central.of("Authorize") == [{"idTag": "TAG1"}]
    (start,) = rig.central.of("StartTransaction")
    assert (start["connectorId"], start["idTag"]) == (1, "TAG1")
    assert rig.central.statuses() == ["Available", "Preparing", "Charging"]


async def test_tc_004_1_cs_tag_first_then_plug(rig: Any) -> None:
    await rig.boot()
    rig.tag("TAG1")
    await rig.until(lambda: rig.central.statuses()[-1] == "Preparing")
    assert rig.central.of("Authorize") == [{"idTag": "TAG1"}]
    assert rig.central.of("StartTransaction") == []
    rig.plug_in()
    await rig.until(lambda: "Charging" in rig.central.statuses())
    assert len(rig.central.of("StartTransaction")) == 1


async def test_tc_004_2_cs_a_tag_without_a_plug_times_out(rig: Any) -> None:
    await rig.boot(configuration={"ConnectionTimeOut": "30"})
    rig.tag("TAG1")
    await rig.run(29)
    assert rig.central.statuses()[-1] == "Preparing"
    await rig.run(3)
    assert rig.central.statuses()[-1] == "Available"
    rig.plug_in()
    await rig.run(5)
    assert rig.central.of("StartTransaction") == []


async def test_tc_068_cs_another_tag_does_not_stop_a_session(rig: Any) -> None:
    await rig.boot()
    await rig.charging(id_tag="TAG1")
    rig.tag("TAG2")
    await rig.run(10)
    assert rig.central.of("Authorize") == [{"idTag": "TAG1"}]
    assert rig.central.of("StopTransaction") == []
    rig.tag("tag1")
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    assert rig.central.of("StopTransaction")[0]["idTag"] == "tag1"
    await rig.run(1)
    assert rig.central.statuses()[-1] == "Finishing"


async def test_tc_069_cs_a_tag_of_the_same_group_stops_a_session(rig: Any) -> None:
    rig.central.tags = {
        "TAG1": {"status": "Accepted", "parentIdTag": "GROUP"},
        "TAG2": {"status": "Accepted", "parentIdTag": "group"},
        "TAG3": {"status": "Accepted", "parentIdTag": "OTHERS"},
        "TAG4": {"status": "Blocked", "parentIdTag": "GROUP"},
    }
    await rig.boot()
    await rig.charging(id_tag="TAG1")
    for stranger in ("TAG3", "TAG4"):
        rig.tag(stranger)
        await rig.run(10)
        assert rig.central.of("Authorize")[-1] == {"idTag": stranger}
        assert rig.central.of("StopTransaction") == []
    rig.tag("TAG2")
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    assert rig.central.of("StopTransaction")[0]["idTag"] == "TAG2"
    await rig.run(1)
    assert rig.central.statuses()[-1] == "Finishing"


async def test_tc_005_1_cs_unplugging_at_the_vehicle_ends_the_session(rig: Any) -> None:
    rig.add_evse(kind="socket")
    await rig.boot(
        configuration={
            "StopTransactionOnEVSideDisconnect": "true",
            "UnlockConnectorOnEVSideDisconnect": "true",
        }
    )
    await rig.charging()
    rig.unplug(at_vehicle=True)
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    (stop,) = rig.central.of("StopTransaction")
    assert stop["reason"] == "EVDisconnected"
    assert "idTag" not in stop
    await rig.run(2)
    assert rig.central.statuses()[-1] == "Finishing"
    assert not rig.evses[0].report().locked, "the cable can be taken"


async def test_tc_005_2_cs_the_cable_may_stay_locked_until_unlocked(rig: Any) -> None:
    rig.add_evse(kind="socket")
    await rig.boot(configuration={"UnlockConnectorOnEVSideDisconnect": "false"})
    await rig.charging()
    rig.unplug(at_vehicle=True)
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    assert rig.central.of("StopTransaction")[0]["reason"] == "EVDisconnected"
    await rig.run(5)
    assert rig.central.statuses()[-1] == "Finishing"
    assert rig.evses[0].report().locked
    assert await rig.ask("UnlockConnector", {"connectorId": 1}) == {"status": "Unlocked"}
    assert not rig.evses[0].report().locked


async def test_tc_005_3_cs_a_session_may_outlive_an_unplugged_vehicle(rig: Any) -> None:
    await rig.boot(
        configuration={
            "StopTransactionOnEVSideDisconnect": "false",
            "UnlockConnectorOnEVSideDisconnect": "false",
        }
    )
    await rig.charging()
    rig.unplug(by_force=True)
    await rig.run(30)
    last = rig.central.of("StatusNotification")[-1]
    assert (last["status"], last["info"]) == ("SuspendedEV", "EV side disconnected")
    assert rig.central.of("StopTransaction") == []
    answer = await rig.ask("RemoteStopTransaction", {"transactionId": 100})
    assert answer == {"status": "Accepted"}
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    assert rig.central.of("StopTransaction")[0]["reason"] == "Remote"
    await rig.run(2)
    assert rig.central.statuses()[-1] == "Available"


@pytest.mark.parametrize("status", ["Invalid", "Expired", "Blocked"])
async def test_tc_023_cs_a_refused_tag_starts_nothing(rig: Any, status: str) -> None:
    rig.central.tags = {"TAG1": {"status": status}}
    await rig.boot()
    rig.plug_in()
    await rig.run(1)
    rig.tag("TAG1")
    await rig.run(20)
    assert rig.central.of("Authorize") == [{"idTag": "TAG1"}]
    assert rig.central.of("StartTransaction") == []
    assert rig.central.statuses() == ["Available", "Preparing"]
    assert not rig.evses[0].report().closed


@pytest.mark.parametrize("plug_first", [True, False])
async def test_tc_024_cs_a_lock_that_fails_is_told_and_nothing_starts(
    rig: Any, plug_first: bool
) -> None:
    rig.add_evse(kind="socket")
    await rig.boot()
    rig.evses[0].inject("lock_jammed")
    if plug_first:
        rig.plug_in()
        await rig.run(1)
    await rig.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG1"})
    await rig.run(1)
    if not plug_first:
        rig.plug_in()
    await rig.run(10)
    told = [
        (each["status"], each["errorCode"])
        for each in rig.central.of("StatusNotification")
        if each["connectorId"] == 1
    ]
    assert ("Faulted", "ConnectorLockFailure") in told
    assert rig.central.of("StartTransaction") == []


async def test_tc_041_cs_a_fault_is_told_and_nothing_starts(rig: Any) -> None:
    await rig.boot()
    rig.evses[0].inject("earth_lost")
    await rig.run(2)
    last = rig.central.of("StatusNotification")[-1]
    assert (last["status"], last["errorCode"]) == ("Faulted", "GroundFailure")
    assert last["vendorErrorCode"] == "earth-lost"
    rig.plug_in()
    await rig.run(1)
    rig.tag()
    await rig.run(10)
    assert rig.central.of("StartTransaction") == []
    answer = await rig.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG1"})
    assert answer == {"status": "Rejected"}
