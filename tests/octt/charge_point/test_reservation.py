"""Reservation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.peers.scripted_central import EPOCH

INOPERATIVE = "Inoperative"


async def _reserve(rig: Any, connector: int = 1, id_tag: str = "TAG1", **facts: Any) -> str:
    """Reserve for an hour, under number 7, unless a fact says otherwise."""
    expiry = EPOCH + timedelta(microseconds=rig.clock.now_us) + timedelta(hours=1)
    payload = {
        "connectorId": connector,
        "expiryDate": expiry.isoformat().replace("+00:00", "Z"),
        "idTag": id_tag,
        "reservationId": 7,
        **facts,
    }
    answer: dict[str, str] = await rig.ask("ReserveNow", payload)
    await rig.run(1)
    return answer["status"]


def _two_connectors(rig: Any) -> None:
    rig.add_evse(seed=1)
    rig.add_evse(seed=2)


async def _charges(rig: Any, id_tag: str, connector: int = 1) -> dict[str, Any]:
    """Charge with a tag, and return the StartTransaction."""
    rig.tag(id_tag, connector)
    await rig.until(lambda: rig.central.statuses(connector)[-1] == "Preparing")
    rig.plug_in(connector)
    await rig.until(lambda: rig.central.statuses(connector)[-1] == "Charging")
    start: dict[str, Any] = rig.central.of("StartTransaction")[-1]
    return start


async def test_tc_046_1_cs_a_reserved_connector_charges_with_its_tag_only(rig: Any) -> None:
    await rig.boot()
    assert await _reserve(rig) == "Accepted"
    assert rig.central.statuses() == ["Available", "Reserved"]
    rig.tag("STRANGER")
    await rig.run(5)
    assert rig.central.statuses() == ["Available", "Reserved"]
    start = await _charges(rig, "TAG1")
    assert (start["idTag"], start["reservationId"]) == ("TAG1", 7)
    assert rig.central.statuses() == ["Available", "Reserved", "Preparing", "Charging"]


async def test_tc_046_2_cs_a_reserved_connector_is_started_remotely_for_its_tag(rig: Any) -> None:
    await rig.boot()
    assert await _reserve(rig) == "Accepted"
    assert rig.central.statuses()[-1] == "Reserved"
    other = await rig.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": "STRANGER"})
    assert other == {"status": "Rejected"}
    answer = await rig.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG1"})
    assert answer == {"status": "Accepted"}
    await rig.run(1)
    rig.plug_in()
    await rig.until(lambda: rig.central.statuses()[-1] == "Charging")
    (start,) = rig.central.of("StartTransaction")
    assert (start["idTag"], start["reservationId"]) == ("TAG1", 7)


async def test_tc_047_cs_a_reservation_expires(rig: Any) -> None:
    await rig.boot()
    soon = EPOCH + timedelta(microseconds=rig.clock.now_us) + timedelta(seconds=30)
    assert await _reserve(rig, expiryDate=soon.isoformat()) == "Accepted"
    assert rig.central.statuses()[-1] == "Reserved"
    await rig.run(27)
    assert rig.central.statuses()[-1] == "Reserved"
    await rig.run(3)
    assert rig.central.statuses()[-1] == "Available"
    start = await _charges(rig, "TAG2")
    assert "reservationId" not in start


async def test_tc_048_1_cs_a_faulted_connector_is_not_reserved(rig: Any) -> None:
    await rig.boot()
    rig.evses[0].inject("earth_lost")
    await rig.run(2)
    assert rig.central.statuses()[-1] == "Faulted"
    assert await _reserve(rig) == "Faulted"


async def test_tc_048_2_cs_a_connector_in_use_is_not_reserved(rig: Any) -> None:
    await rig.boot()
    rig.plug_in()
    await rig.run(1)
    assert rig.central.statuses()[-1] == "Preparing"
    assert await _reserve(rig) == "Occupied"


async def test_tc_048_3_cs_a_connector_out_of_operation_is_not_reserved(rig: Any) -> None:
    await rig.boot()
    change = {"connectorId": 1, "type": INOPERATIVE}
    assert await rig.ask("ChangeAvailability", change) == {"status": "Accepted"}
    await rig.run(1)
    assert rig.central.statuses()[-1] == "Unavailable"
    assert await _reserve(rig) == "Unavailable"


async def test_tc_048_4_cs_without_reservations_one_is_rejected(rig: Any) -> None:
    await rig.boot(profiles=["Core"])
    assert await _reserve(rig) == "Rejected"


async def test_tc_049_cs_any_connector_can_be_reserved(rig: Any) -> None:
    await rig.boot()
    keys = {"key": ["ReserveConnectorZeroSupported"]}
    (entry,) = (await rig.ask("GetConfiguration", keys))["configurationKey"]
    assert entry["value"] == "true"
    assert await _reserve(rig, connector=0) == "Accepted"
    assert rig.central.statuses(1)[-1] == "Reserved", "the only one is kept"
    start = await _charges(rig, "TAG1")
    assert (start["idTag"], start["reservationId"]) == ("TAG1", 7)


async def test_tc_050_1_cs_a_charge_point_of_faults_is_not_reserved(rig: Any) -> None:
    _two_connectors(rig)
    await rig.boot()
    for evse in rig.evses:
        evse.inject("earth_lost")
    await rig.run(2)
    assert await _reserve(rig, connector=0) == "Faulted"


async def test_tc_050_2_cs_a_charge_point_in_full_use_is_not_reserved(rig: Any) -> None:
    _two_connectors(rig)
    await rig.boot()
    rig.plug_in(1)
    rig.plug_in(2)
    await rig.run(1)
    assert await _reserve(rig, connector=0) == "Occupied"


async def test_tc_050_3_cs_a_charge_point_out_of_operation_is_not_reserved(rig: Any) -> None:
    _two_connectors(rig)
    await rig.boot()
    change = {"connectorId": 0, "type": INOPERATIVE}
    assert await rig.ask("ChangeAvailability", change) == {"status": "Accepted"}
    await rig.run(1)
    assert await _reserve(rig, connector=0) == "Unavailable"


async def test_tc_050_4_cs_without_reservations_no_connector_is_reserved(rig: Any) -> None:
    await rig.boot(profiles=["Core", "SmartCharging"])
    assert await _reserve(rig, connector=0) == "Rejected"


async def test_tc_051_cs_a_cancelled_reservation_frees_the_connector(rig: Any) -> None:
    await rig.boot()
    assert await _reserve(rig) == "Accepted"
    assert rig.central.statuses()[-1] == "Reserved"
    answer = await rig.ask("CancelReservation", {"reservationId": 7})
    assert answer == {"status": "Accepted"}
    await rig.run(1)
    assert rig.central.statuses()[-1] == "Available"
    start = await _charges(rig, "TAG2")
    assert start["idTag"] == "TAG2"
    assert "reservationId" not in start


async def test_tc_052_cs_only_a_known_reservation_is_cancelled(rig: Any) -> None:
    await rig.boot()
    assert await _reserve(rig) == "Accepted"
    answer = await rig.ask("CancelReservation", {"reservationId": 8})
    assert answer == {"status": "Rejected"}
    await rig.run(5)
    assert rig.central.statuses()[-1] == "Reserved"


@pytest.mark.parametrize("known", ["asked", "cached", "listed"])
async def test_tc_053_cs_a_tag_of_the_same_group_uses_the_reservation(rig: Any, known: str) -> None:
    said = {"status": "Accepted", "parentIdTag": "GROUP"}
    rig.central.tags = {"TAG1": said, "TAG2": said}
    await rig.boot(configuration={"LocalPreAuthorize": "true"})
    if known == "cached":
        rig.tag("TAG2")
        await rig.run(1)
        rig.tag("TAG2")
        await rig.run(1)
    elif known == "listed":
        await rig.ask(
            "SendLocalList",
            {
                "listVersion": 1,
                "updateType": "Full",
                "localAuthorizationList": [{"idTag": "TAG2", "idTagInfo": said}],
            },
        )
    assert await _reserve(rig, parentIdTag="group") == "Accepted"
    start = await _charges(rig, "TAG2")
    assert (start["idTag"], start["reservationId"]) == ("TAG2", 7)
    assert bool(rig.central.of("Authorize")) == (known != "listed")
