"""Reservation profile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.octt.central.case import EITHER_ORDER, Case, moment
from tests.peers.central_process import CentralProcess
from tests.peers.played_charger import PlayedCharger

ACCEPTED = {"status": "Accepted"}


async def _reserve(case: Case, tag: str, status: str = "Accepted", **body: Any) -> httpx.Response:
    """Let the operator reserve; the charger gets one ReserveNow that says what was wanted."""
    before = len(case.charger.commands)
    case.charger.answers["ReserveNow"] = {"status": status}
    wanted = {
        "charge_point_id": case.charge_point_id,
        "connector_id": 1,
        "id_tag": tag,
        "expires_at": moment(600),
    } | body
    answer = await case.rest.post("/api/reservations", json=wanted)
    [call] = case.charger.commands[before:]
    assert call.action == "ReserveNow"
    assert call.payload | {"reservationId": 0, "parentIdTag": ""} == {
        "connectorId": wanted["connector_id"],
        "expiryDate": wanted["expires_at"],
        "idTag": tag,
        "reservationId": 0,
        "parentIdTag": "",
    }
    return answer


async def _reserved(case: Case, tag: str, **body: Any) -> dict[str, Any]:
    answer = await _reserve(case, tag, **body)
    assert answer.status_code == 201, answer.text
    reservation: dict[str, Any] = answer.json()
    assert (reservation["status"], reservation["id_tag"]) == ("accepted", tag)
    assert case.last_payload["reservationId"] == reservation["reservation_id"]
    await case.charger.status("Reserved")
    assert await case.connector_status() == "Reserved"
    return reservation


async def _status(case: Case, reservation: dict[str, Any]) -> str:
    return str((await case.get(f"/api/reservations/{reservation['id']}"))["status"])


@EITHER_ORDER
async def test_tc_046_csms_a_reservation_is_used_by_its_session(case: Case, status_first: bool):
    await case.boot()
    tag = await case.add_tag()
    reservation = await _reserved(case, tag)
    assert (await case.authorize(tag))["status"] == "Accepted"
    await case.charger.status("Preparing")
    number = reservation["reservation_id"]
    transaction_id = await case.begins(tag, status_first=status_first, reservationId=number)
    seen = await case.get(f"/api/reservations/{reservation['id']}")
    assert (seen["status"], seen["transaction_id"]) == ("used", transaction_id)


async def test_tc_047_csms_a_reservation_expires_at_its_time(
    start_central: Callable[..., CentralProcess],
    play_charger: Callable[..., Awaitable[PlayedCharger]],
    tmp_path,
):
    control = tmp_path / "control"
    central = start_central(
        *("--clock", "external", "--control-socket", str(control)), OCPP_STRICT="true"
    )
    key = central.add_charger("CP1")
    charger = await play_charger(central.ocpp, "CP1", key, ReserveNow=ACCEPTED)
    await charger.boot()
    await charger.status("Available", 0)
    with central.admin() as signed_in:
        token = signed_in.headers["Authorization"]
    async with httpx.AsyncClient(
        base_url=central.http, headers={"Authorization": token}, timeout=30
    ) as rest:
        await rest.post("/api/id-tags", json={"id_tag": "TAG"})
        wanted = {
            "charge_point_id": "CP1",
            "connector_id": 1,
            "id_tag": "TAG",
            "expires_at": "2020-01-01T00:02:00Z",
        }
        answer = await rest.post("/api/reservations", json=wanted)
        assert answer.status_code == 201, answer.text
        assert charger.commands[-1].payload["expiryDate"].startswith("2020-01-01T00:02:00")
        await charger.status("Reserved")
        path = f"/api/reservations/{answer.json()['id']}"
        assert (await rest.get(path)).json()["status"] == "accepted"
        central.set_clock(control, "2020-01-01T00:02:00.000000Z")
        await charger.status("Available")
        assert (await rest.get(path)).json()["status"] == "expired"
        seen = (await rest.get("/api/chargers/CP1/status")).json()
        assert seen["availability"] == "available"
        assert (await rest.get("/api/violations")).json() == []
    assert [call.action for call in charger.commands] == ["ReserveNow"], "it expires by itself"


async def test_tc_048_1_csms_a_faulted_charger_reserves_nothing(case: Case):
    await case.boot("Faulted")
    await _refused(case, "Faulted")


async def test_tc_048_2_csms_an_occupied_connector_is_not_reserved(case: Case):
    await case.boot()
    await case.charger.status("Preparing")
    await _refused(case, "Occupied")


async def test_tc_048_3_csms_a_connector_out_of_service_is_not_reserved(case: Case):
    await case.boot()
    told = await case.operates("change-availability", ACCEPTED, connector_id=1, type="Inoperative")
    assert told["success"]
    assert case.last_payload == {"connectorId": 1, "type": "Inoperative"}
    await case.charger.status("Unavailable")
    await _refused(case, "Unavailable")


async def test_tc_048_4_csms_a_charger_that_takes_no_reservation_is_told(case: Case):
    await case.boot()
    await _refused(case, "Rejected")


async def _refused(case: Case, status: str) -> None:
    connector = await case.connector_status()
    answer = await _reserve(case, await case.add_tag(), status)
    assert answer.status_code == 409
    assert status in answer.json()["error"]["what"]
    [kept] = await case.get("/api/reservations", charge_point_id=case.charge_point_id)
    assert kept["status"] == status.lower()
    assert await case.connector_status() == connector


async def test_tc_049_csms_any_connector_is_reserved_as_connector_0(case: Case):
    await case.boot()
    reservation = await _reserved(case, await case.add_tag(), connector_id=0)
    assert case.last_payload["connectorId"] == reservation["connector_id"] == 0
    # OCPP 1.6 section 4.9 has no such status of connector 0; some chargers tell it all the same.
    await case.charger.status("Reserved", 0)
    assert (await case.state())["availability"] == "reserved"
    assert await _status(case, reservation) == "accepted"


async def test_tc_051_csms_a_reservation_is_cancelled_by_its_number(case: Case):
    await case.boot()
    reservation = await _reserved(case, await case.add_tag())
    case.charger.answers["CancelReservation"] = ACCEPTED
    answer = await case.rest.delete(f"/api/reservations/{reservation['id']}")
    assert answer.status_code == 200, answer.text
    reserve, cancel = case.charger.commands
    assert cancel.action == "CancelReservation"
    assert cancel.payload == {"reservationId": reserve.payload["reservationId"]}
    await case.unplugged()
    assert await _status(case, reservation) == "cancelled"


async def test_tc_052_csms_a_cancellation_of_another_number_is_refused_and_changes_nothing(
    case: Case,
):
    await case.boot()
    reservation = await _reserved(case, await case.add_tag())
    another = reservation["reservation_id"] + 1_000
    told = await case.operates("cancel-reservation", {"status": "Rejected"}, reservation_id=another)
    assert (told["success"], told["status"]) == (False, "Rejected")
    assert case.last_payload == {"reservationId": another}
    assert await _status(case, reservation) == "accepted"
    assert await case.connector_status() == "Reserved"


async def test_a_cancellation_that_the_charger_refuses_leaves_its_reservation(case: Case):
    await case.boot()
    reservation = await _reserved(case, await case.add_tag())
    case.charger.answers["CancelReservation"] = {"status": "Rejected"}
    answer = await case.rest.delete(f"/api/reservations/{reservation['id']}")
    assert answer.status_code == 409
    assert "Rejected" in answer.json()["error"]["what"]
    assert await _status(case, reservation) == "accepted"


@pytest.mark.parametrize("starter", ["reserved-tag", "tag-of-its-group"])
async def test_tc_053_csms_a_tag_of_the_same_group_uses_the_reservation(case: Case, starter: str):
    await case.boot()
    group = case.charge_point_id
    accepted = {"status": "Accepted", "parentIdTag": group}
    tags = [await case.add_tag(parent_id_tag=group) for _ in range(2)]
    reservation = await _reserved(case, tags[0])
    assert case.last_payload["parentIdTag"] == group
    first, second = tags if starter == "reserved-tag" else reversed(tags)
    assert await case.authorize(first) == accepted
    await case.charger.status("Preparing")
    number = reservation["reservation_id"]
    transaction_id = await case.begins(first, reservationId=number)
    assert await case.authorize(second) == accepted
    stopped = await case.ends(transaction_id, "Local", idTag=second)
    assert stopped == {"idTagInfo": accepted}
    await case.unplugged()
    seen = await case.get(f"/api/reservations/{reservation['id']}")
    assert (seen["status"], seen["transaction_id"]) == ("used", transaction_id)
    assert seen["parent_id_tag"] == group
