"""Sessions from plug to plug, as the driver and the central system see them."""

from __future__ import annotations

from typing import Any

import pytest

from twin.charge_point import Status


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


async def test_a_second_swipe_withdraws_the_first(rig: Any) -> None:
    await rig.boot()
    rig.tag("TAG1")
    await rig.run(1)
    rig.tag("tag1")
    await rig.run(1)
    assert rig.central.statuses() == ["Available", "Preparing", "Available"]


async def test_a_session_ends_with_the_register_when_the_contactor_has_opened(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    await rig.run(600)
    rig.tag("TAG1")
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    (start,), (stop,) = rig.central.of("StartTransaction"), rig.central.of("StopTransaction")
    assert not rig.evses[0].report().closed
    assert stop["meterStop"] == int(rig.evses[0].report().energy_wh)
    assert stop["meterStop"] - start["meterStart"] > 100
    assert (stop["reason"], stop["idTag"]) == ("Local", "TAG1")
    assert stop["transactionId"] == 100
    assert rig.central.statuses()[-1] == "Finishing"
    rig.unplug()
    await rig.run(2)
    assert rig.central.statuses()[-1] == "Available"


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


async def test_a_cable_that_nobody_authorizes_is_no_longer_open_to_a_tag(rig: Any) -> None:
    await rig.boot(configuration={"ConnectionTimeOut": "30"})
    rig.plug_in()
    await rig.run(35)
    assert rig.central.statuses() == ["Available", "Preparing", "Finishing"]
    rig.tag("STRANGER")
    await rig.run(5)
    assert rig.central.of("Authorize") == []
    rig.unplug()
    await rig.run(2)
    assert rig.central.statuses()[-1] == "Available"


async def test_a_new_tag_starts_again_without_unplugging(rig: Any) -> None:
    await rig.boot()
    await rig.charging(id_tag="TAG1")
    rig.tag("TAG1")
    await rig.until(lambda: rig.cp.status() is Status.FINISHING)
    await rig.run(5)
    rig.tag("TAG2")
    await rig.until(lambda: len(rig.central.of("StartTransaction")) == 2)
    await rig.until(lambda: rig.cp.status() is Status.CHARGING)
    assert rig.central.statuses()[-3:] == ["Finishing", "Preparing", "Charging"]


async def test_a_vehicle_that_pauses_is_suspended_and_goes_on(rig: Any) -> None:
    await rig.boot()
    vehicle = rig.plug_in()
    await rig.run(1)
    rig.tag()
    await rig.until(lambda: rig.cp.status() is Status.CHARGING)
    await rig.run(30)
    vehicle.pause()
    await rig.until(lambda: rig.cp.status() is Status.SUSPENDED_EV)
    vehicle.resume()
    await rig.until(lambda: rig.cp.status() is Status.CHARGING)
    assert rig.central.of("StopTransaction") == []


# --- unplugging at the vehicle ---


async def test_tc_005_1_cs_unplugging_at_the_vehicle_ends_the_session(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    rig.unplug(by_force=True)
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    (stop,) = rig.central.of("StopTransaction")
    assert stop["reason"] == "EVDisconnected"
    assert "idTag" not in stop
    await rig.run(2)
    assert rig.central.statuses()[-1] == "Available"


async def test_tc_005_3_cs_a_session_may_outlive_an_unplugged_vehicle(rig: Any) -> None:
    await rig.boot(configuration={"StopTransactionOnEVSideDisconnect": "false"})
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


# --- remote ---


@pytest.mark.parametrize("authorize", ["true", "false"])
async def test_tc_010_cs_remote_start_with_the_cable_in(rig: Any, authorize: str) -> None:
    await rig.boot(configuration={"AuthorizeRemoteTxRequests": authorize})
    rig.plug_in()
    await rig.run(1)
    answer = await rig.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG9"})
    assert answer == {"status": "Accepted"}
    await rig.until(lambda: "Charging" in rig.central.statuses())
    assert bool(rig.central.of("Authorize")) == (authorize == "true")
    (start,) = rig.central.of("StartTransaction")
    assert (start["connectorId"], start["idTag"]) == (1, "TAG9")


async def test_tc_011_1_cs_remote_start_before_the_cable(rig: Any) -> None:
    await rig.boot()
    assert await rig.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG9"}) == {
        "status": "Accepted"
    }
    await rig.run(1)
    assert rig.central.statuses()[-1] == "Preparing"
    rig.plug_in()
    await rig.until(lambda: "Charging" in rig.central.statuses())
    assert len(rig.central.of("StartTransaction")) == 1


async def test_tc_011_2_cs_remote_start_without_a_cable_times_out(rig: Any) -> None:
    await rig.boot(configuration={"ConnectionTimeOut": "20"})
    await rig.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG9"})
    await rig.run(22)
    assert rig.central.statuses() == ["Available", "Preparing", "Available"]


async def test_tc_012_cs_remote_stop(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    assert await rig.ask("RemoteStopTransaction", {"transactionId": 100}) == {"status": "Accepted"}
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    assert rig.central.of("StopTransaction")[0]["reason"] == "Remote"
    await rig.run(1)
    assert rig.central.statuses()[-1] == "Finishing"


async def test_tc_026_cs_remote_start_where_a_session_runs_is_rejected(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    answer = await rig.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG2"})
    assert answer == {"status": "Rejected"}


@pytest.mark.parametrize("connector", [0, 2, -1])
async def test_tc_027_cs_remote_start_on_no_connector_is_rejected(rig: Any, connector: int) -> None:
    await rig.boot()
    answer = await rig.ask("RemoteStartTransaction", {"connectorId": connector, "idTag": "TAG2"})
    assert answer == {"status": "Rejected"}


async def test_tc_028_cs_remote_stop_of_another_transaction_is_rejected(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    assert await rig.ask("RemoteStopTransaction", {"transactionId": 999}) == {"status": "Rejected"}
    await rig.run(10)
    assert rig.cp.status() is Status.CHARGING


async def test_a_remote_start_without_a_connector_takes_the_one_with_a_vehicle(rig: Any) -> None:
    rig.add_evse(seed=1)
    rig.add_evse(seed=2)
    await rig.boot()
    rig.plug_in(2)
    await rig.run(1)
    await rig.ask("RemoteStartTransaction", {"idTag": "TAG9"})
    await rig.until(lambda: bool(rig.central.of("StartTransaction")))
    assert rig.central.of("StartTransaction")[0]["connectorId"] == 2


async def test_two_connectors_charge_at_once_and_keep_apart(rig: Any) -> None:
    rig.add_evse(seed=1)
    rig.add_evse(seed=2)
    await rig.boot()
    await rig.charging(1, "TAG1")
    await rig.charging(2, "TAG2")
    starts = rig.central.of("StartTransaction")
    assert [(each["connectorId"], each["idTag"]) for each in starts] == [(1, "TAG1"), (2, "TAG2")]
    await rig.run(300)
    rig.tag("TAG2", 2)
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    assert rig.central.of("StopTransaction")[0]["transactionId"] == 101
    assert rig.cp.status(1) is Status.CHARGING
    samples = rig.central.of("MeterValues")
    assert {(each["connectorId"], each["transactionId"]) for each in samples} == {
        (1, 100),
        (2, 101),
    }


# --- the central system does not accept the tag of StartTransaction ---


async def test_tc_037_3_cs_an_invalid_start_is_stopped_as_deauthorized(rig: Any) -> None:
    rig.central.answers["StartTransaction"] = lambda _: {
        "transactionId": 7,
        "idTagInfo": {"status": "Invalid"},
    }
    await rig.boot()
    rig.plug_in()
    await rig.run(1)
    rig.tag()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    (stop,) = rig.central.of("StopTransaction")
    assert (stop["transactionId"], stop["reason"]) == (7, "DeAuthorized")
    await rig.run(1)
    assert rig.central.statuses()[-1] == "Finishing"


async def test_tc_037_2_cs_an_invalid_start_may_only_cost_the_energy(rig: Any) -> None:
    rig.central.answers["StartTransaction"] = lambda _: {
        "transactionId": 7,
        "idTagInfo": {"status": "Blocked"},
    }
    await rig.boot(configuration={"StopTransactionOnInvalidId": "false"})
    rig.plug_in()
    await rig.run(1)
    rig.tag()
    await rig.until(lambda: rig.cp.status() is Status.SUSPENDED_EVSE)
    await rig.run(60)
    assert rig.central.of("StopTransaction") == []
    assert not rig.evses[0].report().closed
    rig.unplug(by_force=True)
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    assert rig.central.of("StopTransaction")[0]["reason"] == "EVDisconnected"


async def test_an_invalid_tag_may_be_given_some_energy(rig: Any) -> None:
    rig.central.answers["StartTransaction"] = lambda _: {
        "transactionId": 7,
        "idTagInfo": {"status": "Blocked"},
    }
    await rig.boot(
        configuration={"StopTransactionOnInvalidId": "false", "MaxEnergyOnInvalidId": "500"}
    )
    rig.plug_in()
    await rig.run(1)
    rig.tag()
    await rig.until(lambda: rig.cp.status() is Status.CHARGING)
    await rig.until(lambda: rig.cp.status() is Status.SUSPENDED_EVSE, 3600)
    start_wh = rig.central.of("StartTransaction")[0]["meterStart"]
    assert 500 <= rig.evses[0].report().energy_wh - start_wh < 600


async def test_a_tag_longer_than_the_standard_allows_is_refused(rig: Any) -> None:
    cp = await rig.boot()
    with pytest.raises(ValueError, match="1 to 20 characters"):
        cp.present_tag("X" * 21)
    with pytest.raises(ValueError, match="no connector 3"):
        cp.present_tag("TAG1", 3)
