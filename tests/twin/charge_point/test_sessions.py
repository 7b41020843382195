"""Sessions from plug to plug, as the driver and the central system see them."""

from __future__ import annotations

from typing import Any

import pytest

from twin.charge_point import Status


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


# --- remote ---


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
