"""Reservations: what keeps them, what ends them, and how any connector is promised."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.peers.scripted_central import EPOCH


async def _reserve(
    rig: Any, connector: int, id_tag: str = "TAG1", number: int = 7, minutes: int = 60
) -> str:
    expiry = EPOCH + timedelta(microseconds=rig.clock.now_us) + timedelta(minutes=minutes)
    payload = {
        "connectorId": connector,
        "expiryDate": expiry.isoformat(),
        "idTag": id_tag,
        "reservationId": number,
    }
    answer: dict[str, str] = await rig.ask("ReserveNow", payload)
    await rig.run(1)
    return answer["status"]


def _connectors(rig: Any, count: int) -> None:
    for seed in range(count):
        rig.add_evse(seed=seed)


def _shown(rig: Any) -> list[str]:
    return [rig.cp.status(number).value for number in range(1, len(rig.evses) + 1)]


async def test_a_reservation_outlives_a_power_cut(rig: Any) -> None:
    cp = await rig.boot()
    assert await _reserve(rig, 1) == "Accepted"
    cp.cut_power()
    await rig.run(60)
    cp.restore_power()
    await rig.until(lambda: cp.online)
    await rig.run(1)
    assert rig.central.statuses()[-1] == "Reserved"
    await rig.run(3600)
    assert rig.central.statuses()[-1] == "Available"


async def test_one_that_expires_without_power_is_gone_at_the_boot(rig: Any) -> None:
    cp = await rig.boot()
    assert await _reserve(rig, 1, minutes=1) == "Accepted"
    cp.cut_power()
    await rig.run(120)
    cp.restore_power()
    await rig.until(lambda: cp.online)
    await rig.run(1)
    assert _shown(rig) == ["Available"]


@pytest.mark.parametrize("drift_ppm", [-10_000.0, 0.0, 10_000.0])
async def test_it_expires_at_its_instant_by_the_chargers_own_clock(
    rig: Any, drift_ppm: float
) -> None:
    cp = await rig.boot(drift_ppm=drift_ppm)
    now = cp._running.context.wall.now
    expiry = now() + timedelta(minutes=10)
    payload = {"expiryDate": expiry.isoformat(), "idTag": "TAG1", "reservationId": 7}
    assert await rig.ask("ReserveNow", {"connectorId": 1, **payload}) == {"status": "Accepted"}
    ended = []
    cp.on_event(lambda event: ended.append(now()) if "has expired" in event.text else None)
    await rig.run(700)
    (instant,) = ended
    assert timedelta(0) <= instant - expiry <= timedelta(microseconds=2)


async def test_the_same_number_replaces_a_reservation(rig: Any) -> None:
    _connectors(rig, 2)
    await rig.boot()
    assert await _reserve(rig, 1) == "Accepted"
    assert await _reserve(rig, 1, "TAG2") == "Accepted"
    rig.tag("TAG1", 1)
    await rig.run(5)
    assert _shown(rig) == ["Reserved", "Available"]
    assert await _reserve(rig, 2, "TAG2") == "Accepted"
    assert _shown(rig) == ["Available", "Reserved"]


async def test_a_reserved_connector_is_not_reserved_for_another(rig: Any) -> None:
    await rig.boot()
    assert await _reserve(rig, 1) == "Accepted"
    assert await _reserve(rig, 1, "TAG2", number=8) == "Occupied"


@pytest.mark.parametrize("connector", [-1, 2])
async def test_a_connector_that_there_is_not_is_not_reserved(rig: Any, connector: int) -> None:
    await rig.boot()
    assert await _reserve(rig, connector) == "Rejected"


async def test_what_has_expired_already_is_not_reserved(rig: Any) -> None:
    await rig.boot()
    assert await _reserve(rig, 1, minutes=-1) == "Rejected"


async def test_a_reservation_outlives_a_fault_and_not_being_out_of_operation(rig: Any) -> None:
    await rig.boot()
    assert await _reserve(rig, 1) == "Accepted"
    rig.evses[0].inject("earth_lost")
    await rig.run(2)
    assert _shown(rig) == ["Faulted"]
    rig.evses[0].clear("earth_lost")
    await rig.run(60)
    assert _shown(rig) == ["Reserved"]
    for kind in ("Inoperative", "Operative"):
        await rig.ask("ChangeAvailability", {"connectorId": 1, "type": kind})
        await rig.run(1)
    assert _shown(rig) == ["Available"]


async def test_a_holder_who_does_not_plug_in_keeps_the_reservation(rig: Any) -> None:
    await rig.boot(configuration={"ConnectionTimeOut": "20"})
    assert await _reserve(rig, 1) == "Accepted"
    rig.tag("TAG1")
    await rig.run(5)
    assert _shown(rig) == ["Preparing"]
    await rig.run(20)
    assert rig.central.statuses()[-3:] == ["Preparing", "Available", "Reserved"]


async def test_the_plug_of_the_holder_may_come_before_the_tag(rig: Any) -> None:
    await rig.boot(configuration={"ConnectionTimeOut": "20"})
    assert await _reserve(rig, 1) == "Accepted"
    rig.plug_in()
    await rig.run(60)
    assert _shown(rig) == ["Reserved"], "a plug alone says nothing of who it is"
    rig.tag("TAG1")
    await rig.until(lambda: _shown(rig) == ["Charging"])
    assert rig.central.of("StartTransaction")[0]["reservationId"] == 7


async def test_of_two_connectors_one_is_left_for_the_holder_of_any(rig: Any) -> None:
    _connectors(rig, 2)
    await rig.boot()
    assert await _reserve(rig, 0) == "Accepted"
    assert _shown(rig) == ["Available", "Available"]
    await rig.charging(2, "STRANGER")
    assert _shown(rig) == ["Reserved", "Charging"]
    rig.plug_in(1)
    await rig.run(1)
    rig.tag("OTHER", 1)
    await rig.run(5)
    assert _shown(rig) == ["Reserved", "Charging"], "a stranger's plug takes nothing away"
    rig.unplug(1)
    await rig.run(1)
    await rig.charging(1, "TAG1")
    assert rig.central.of("StartTransaction")[-1]["reservationId"] == 7
    rig.tag("STRANGER", 2)
    await rig.run(10)
    rig.unplug(2)
    await rig.run(2)
    assert _shown(rig)[1] == "Available", "the promise is kept"


async def test_no_more_is_promised_than_there_is(rig: Any) -> None:
    _connectors(rig, 2)
    await rig.boot()
    assert await _reserve(rig, 0, "TAG1", number=1) == "Accepted"
    assert await _reserve(rig, 2, "TAG2", number=2) == "Accepted"
    assert _shown(rig) == ["Reserved", "Reserved"]
    assert await _reserve(rig, 0, "TAG3", number=3) == "Occupied"
    assert await _reserve(rig, 1, "TAG3", number=3) == "Occupied"
    await rig.ask("CancelReservation", {"reservationId": 2})
    await rig.run(1)
    assert await _reserve(rig, 0, "TAG3", number=3) == "Accepted"
    assert _shown(rig) == ["Reserved", "Reserved"]


async def test_a_remote_start_without_a_connector_takes_the_one_that_is_kept(rig: Any) -> None:
    _connectors(rig, 2)
    await rig.boot()
    assert await _reserve(rig, 2) == "Accepted"
    rig.plug_in(1)
    await rig.run(1)
    answer = await rig.ask("RemoteStartTransaction", {"idTag": "TAG1"})
    assert answer == {"status": "Accepted"}
    await rig.run(1)
    assert _shown(rig)[1] == "Preparing"


async def test_a_transaction_and_the_end_of_its_reservation_are_one_commit(rig: Any) -> None:
    cp = await rig.boot()
    assert await _reserve(rig, 1) == "Accepted"
    rig.plug_in()
    await rig.run(1)
    rig.tag("TAG1")
    await rig.until(lambda: bool(rig.central.of("StartTransaction")))
    cp.kill()
    await rig.run(5)
    cp.start()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    await rig.run(2)
    assert _shown(rig)[0] != "Reserved"
