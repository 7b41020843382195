"""Reservation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.octt.charge_point.states import cached, configure, now, steps, two_connectors
from tests.peers.scripted_central import EPOCH


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


async def _reserved(rig: Any) -> None:
    """The state Reserved: connector 1 is kept for TAG1."""
    before = now(rig)
    assert await _reserve(rig) == "Accepted"
    assert steps(rig, before) == ["1 Reserved"]


async def _out_of_operation(rig: Any, connector: int, *told: str) -> None:
    before = now(rig)
    change = {"connectorId": connector, "type": "Inoperative"}
    assert await rig.ask("ChangeAvailability", change) == {"status": "Accepted"}
    await rig.run(1)
    assert sorted(steps(rig, before)) == list(told)


async def _charges(
    rig: Any, id_tag: str, connector: int = 1, *, asked: bool = True
) -> dict[str, Any]:
    """Charge with a tag, and return the StartTransaction."""
    before = now(rig)
    rig.tag(id_tag, connector)
    await rig.until(lambda: rig.central.statuses(connector)[-1] == "Preparing")
    await rig.run(1)
    rig.plug_in(connector)
    await rig.until(lambda: rig.central.statuses(connector)[-1] == "Charging")
    await rig.run(5)
    assert steps(rig, before) == [
        *([f"Authorize {id_tag}"] if asked else []),
        f"{connector} Preparing",
        f"StartTransaction {connector} {id_tag}",
        f"{connector} Charging",
    ]
    start: dict[str, Any] = rig.central.of("StartTransaction")[-1]
    return start


async def _charges_by_anybody(rig: Any) -> None:
    """The connector is there for a tag that nothing was reserved for."""
    assert "reservationId" not in await _charges(rig, "TAG2")


async def _is_kept(rig: Any) -> None:
    """The reservation of TAG1 is there still: no other tag is taken."""
    before = now(rig)
    rig.tag("STRANGER")
    await rig.run(5)
    assert steps(rig, before) == []
    assert rig.central.statuses()[-1] == "Reserved"


async def test_tc_046_1_cs_a_reserved_connector_charges_with_its_tag_only(rig: Any) -> None:
    await rig.boot()
    await _reserved(rig)
    await _is_kept(rig)
    start = await _charges(rig, "TAG1")
    assert start["reservationId"] == 7


async def test_tc_046_2_cs_a_reserved_connector_is_started_remotely_for_its_tag(rig: Any) -> None:
    await rig.boot()
    await _reserved(rig)
    before = now(rig)
    other = await rig.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": "STRANGER"})
    assert other == {"status": "Rejected"}
    answer = await rig.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG1"})
    assert answer == {"status": "Accepted"}
    await rig.run(1)
    rig.plug_in()
    await rig.until(lambda: rig.central.statuses()[-1] == "Charging")
    await rig.run(5)
    assert steps(rig, before) == [
        "Authorize TAG1",
        "1 Preparing",
        "StartTransaction 1 TAG1",
        "1 Charging",
    ]
    (start,) = rig.central.of("StartTransaction")
    assert start["reservationId"] == 7


async def test_tc_047_cs_a_reservation_expires(rig: Any) -> None:
    await rig.boot()
    soon = EPOCH + timedelta(microseconds=rig.clock.now_us) + timedelta(seconds=30)
    assert await _reserve(rig, expiryDate=soon.isoformat()) == "Accepted"
    assert rig.central.statuses()[-1] == "Reserved"
    await rig.run(22)
    await _is_kept(rig)
    before = now(rig)
    await rig.run(3)
    assert steps(rig, before) == ["1 Available"]
    await _charges_by_anybody(rig)


async def test_tc_048_1_cs_a_faulted_connector_is_not_reserved(rig: Any) -> None:
    await rig.boot()
    before = now(rig)
    rig.evses[0].inject("earth_lost")
    await rig.run(2)
    assert steps(rig, before) == ["1 Faulted GroundFailure"]
    assert await _reserve(rig) == "Faulted"


async def test_tc_048_2_cs_a_connector_in_use_is_not_reserved(rig: Any) -> None:
    await rig.boot()
    before = now(rig)
    rig.plug_in()
    await rig.run(1)
    assert await _reserve(rig) == "Occupied"
    assert steps(rig, before) == ["1 Preparing"]


async def test_tc_048_3_cs_a_connector_out_of_operation_is_not_reserved(rig: Any) -> None:
    await rig.boot()
    await _out_of_operation(rig, 1, "1 Unavailable")
    assert await _reserve(rig) == "Unavailable"


async def test_tc_048_4_cs_without_reservations_one_is_rejected(rig: Any) -> None:
    await rig.boot(profiles=["Core"])
    assert await _reserve(rig) == "Rejected"
    assert rig.central.statuses()[-1] == "Available"


async def _any_is_reserved(rig: Any) -> None:
    keys = {"key": ["ReserveConnectorZeroSupported"]}
    (entry,) = (await rig.ask("GetConfiguration", keys))["configurationKey"]
    assert entry["value"] == "true"
    assert await _reserve(rig, connector=0) == "Accepted"


@pytest.mark.parametrize("other", ["no other", "out of operation", "free"])
async def test_tc_049_cs_any_connector_can_be_reserved(rig: Any, other: str) -> None:
    """As soon as only one connector is left, it shows Reserved: connector 0 itself never may.

    The tool wants Reserved, and says not of which connector. It plays with one connector, and takes
    the others out of operation where they might be in the way (TC_046_1_CS). To show Reserved at
    one of two that are both free would say that the holder has to go there, where OCPP 1.6 5.13
    keeps any one for him, and would turn a stranger away from there alone.
    """
    for number in range(1 if other == "no other" else 2):
        rig.add_evse(seed=number)
    await rig.boot()
    if other == "out of operation":
        await _out_of_operation(rig, 2, "2 Unavailable")
    before = now(rig)
    await _any_is_reserved(rig)
    if other == "free":
        assert steps(rig, before) == []
        before = now(rig)
        rig.plug_in(2)
        await rig.run(1)
        assert sorted(steps(rig, before)) == ["1 Reserved", "2 Preparing"]
    else:
        assert steps(rig, before) == ["1 Reserved"]
    await _is_kept(rig)
    start = await _charges(rig, "TAG1")
    assert start["reservationId"] == 7


async def test_tc_050_1_cs_a_charge_point_of_faults_is_not_reserved(rig: Any) -> None:
    two_connectors(rig)
    await rig.boot()
    before = now(rig)
    for evse in rig.evses:
        evse.inject("earth_lost")
    await rig.run(2)
    assert sorted(steps(rig, before)) == ["1 Faulted GroundFailure", "2 Faulted GroundFailure"]
    assert await _reserve(rig, connector=0) == "Faulted"


async def test_tc_050_2_cs_a_charge_point_in_full_use_is_not_reserved(rig: Any) -> None:
    two_connectors(rig)
    await rig.boot()
    before = now(rig)
    rig.plug_in(1)
    rig.plug_in(2)
    await rig.run(1)
    assert await _reserve(rig, connector=0) == "Occupied"
    assert sorted(steps(rig, before)) == ["1 Preparing", "2 Preparing"]


async def test_tc_050_3_cs_a_charge_point_out_of_operation_is_not_reserved(rig: Any) -> None:
    two_connectors(rig)
    await rig.boot()
    await _out_of_operation(rig, 0, "0 Unavailable", "1 Unavailable", "2 Unavailable")
    assert await _reserve(rig, connector=0) == "Unavailable"


async def test_tc_050_4_cs_without_reservations_no_connector_is_reserved(rig: Any) -> None:
    await rig.boot(profiles=["Core", "SmartCharging"])
    assert await _reserve(rig, connector=0) == "Rejected"
    assert rig.central.statuses()[-1] == "Available"


async def test_tc_051_cs_a_cancelled_reservation_frees_the_connector(rig: Any) -> None:
    await rig.boot()
    await _reserved(rig)
    before = now(rig)
    answer = await rig.ask("CancelReservation", {"reservationId": 7})
    assert answer == {"status": "Accepted"}
    await rig.run(1)
    assert steps(rig, before) == ["1 Available"]
    await _charges_by_anybody(rig)


async def test_tc_052_cs_only_a_known_reservation_is_cancelled(rig: Any) -> None:
    await rig.boot()
    await _reserved(rig)
    answer = await rig.ask("CancelReservation", {"reservationId": 8})
    assert answer == {"status": "Rejected"}
    await _is_kept(rig)
    start = await _charges(rig, "TAG1")
    assert start["reservationId"] == 7


@pytest.mark.parametrize("known", ["asked", "cached", "listed"])
async def test_tc_053_cs_a_tag_of_the_same_group_uses_the_reservation(rig: Any, known: str) -> None:
    said = {"status": "Accepted", "parentIdTag": "GROUP"}
    rig.central.tags = {"TAG1": said, "TAG2": said}
    await rig.boot()
    await configure(rig, LocalPreAuthorize="true")
    if known == "cached":
        await cached(rig, "TAG2")
    elif known == "listed":
        await rig.ask(
            "SendLocalList",
            {
                "listVersion": 1,
                "updateType": "Full",
                "localAuthorizationList": [{"idTag": "TAG2", "idTagInfo": said}],
            },
        )
    before = now(rig)
    assert await _reserve(rig, parentIdTag="group") == "Accepted"
    assert steps(rig, before) == ["1 Reserved"]
    start = await _charges(rig, "TAG2", asked=known == "asked")
    assert start["reservationId"] == 7
