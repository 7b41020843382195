"""Reservation profile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from tests.octt.central.conftest import Case, moment
from tests.peers.central_process import CentralProcess
from tests.peers.played_charger import PlayedCharger

ACCEPTED = {"status": "Accepted"}


async def _reserve(case: Case, tag: str, status: str = "Accepted", **body: Any) -> httpx.Response:
    case.charger.answers["ReserveNow"] = {"status": status}
    wanted = {
        "charge_point_id": case.charge_point_id,
        "connector_id": 1,
        "id_tag": tag,
        "expires_at": moment(600),
    }
    return await case.rest.post("/api/reservations", json=wanted | body)


async def _reserved(case: Case, tag: str, **body: Any) -> dict[str, Any]:
    answer = await _reserve(case, tag, **body)
    assert answer.status_code == 201, answer.text
    reservation: dict[str, Any] = answer.json()
    assert reservation["status"] == "accepted"
    sent = case.last_payload
    assert case.charger.commands[-1].action == "ReserveNow"
    assert (sent["idTag"], sent["reservationId"]) == (tag, reservation["reservation_id"])
    assert sent["connectorId"] == reservation["connector_id"]
    return reservation


async def _status(case: Case, reservation: dict[str, Any]) -> str:
    return str((await case.get(f"/api/reservations/{reservation['id']}"))["status"])


async def test_tc_046_csms_a_reservation_is_used_by_its_session(case: Case):
    await case.boot()
    tag = await case.add_tag()
    reservation = await _reserved(case, tag)
    await case.charger.status("Reserved")
    assert (await case.connector())["status"] == "Reserved"
    assert (await case.authorize(tag))["status"] == "Accepted"
    await case.charger.status("Preparing")
    started = await case.start(tag, reservationId=reservation["reservation_id"])
    assert started["idTagInfo"]["status"] == "Accepted"
    await case.charger.status("Charging")
    seen = await case.get(f"/api/reservations/{reservation['id']}")
    assert (seen["status"], seen["transaction_id"]) == ("used", started["transactionId"])


async def test_tc_047_csms_a_reservation_expires_at_its_time(
    start_central: Callable[..., CentralProcess],
    play_charger: Callable[..., Awaitable[PlayedCharger]],
    tmp_path,
):
    central = start_central("--clock", "external", "--control-socket", str(tmp_path / "control"))
    key = central.add_charger("CP1")
    charger = await play_charger(central.ocpp, "CP1", key, ReserveNow=ACCEPTED)
    await charger.boot()
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
        central.set_clock(tmp_path / "control", "2020-01-01T00:02:00.000000Z")
        await charger.status("Available")
        assert (await rest.get(path)).json()["status"] == "expired"


async def test_tc_048_1_csms_a_faulted_charger_reserves_nothing(case: Case):
    await _refused(case, "Faulted")


async def test_tc_048_2_csms_an_occupied_connector_is_not_reserved(case: Case):
    await _refused(case, "Occupied", "Preparing")


async def test_tc_048_3_csms_a_connector_out_of_service_is_not_reserved(case: Case):
    await case.boot()
    await case.operates("change-availability", ACCEPTED, connector_id=1, type="Inoperative")
    assert case.last_payload == {"connectorId": 1, "type": "Inoperative"}
    await _refused(case, "Unavailable", "Unavailable")


async def test_tc_048_4_csms_a_charger_that_takes_no_reservation_is_told(case: Case):
    await _refused(case, "Rejected")


async def _refused(case: Case, status: str, connector: str = "Available") -> None:
    await case.boot()
    await case.charger.status(connector)
    answer = await _reserve(case, await case.add_tag(), status)
    assert answer.status_code == 409
    assert status in answer.json()["error"]["what"]
    [kept] = await case.get("/api/reservations", charge_point_id=case.charge_point_id)
    assert kept["status"] == status.lower()
    assert (await case.connector())["status"] == connector


async def test_tc_049_csms_any_connector_is_reserved_as_connector_0(case: Case):
    await case.boot()
    await _reserved(case, await case.add_tag(), connector_id=0)
    assert case.last_payload["connectorId"] == 0
    await case.charger.status("Reserved")
    assert (await case.connector())["status"] == "Reserved"


async def test_tc_051_csms_a_reservation_is_cancelled_by_its_number(case: Case):
    await case.boot()
    reservation = await _reserved(case, await case.add_tag())
    await case.charger.status("Reserved")
    case.charger.answers["CancelReservation"] = ACCEPTED
    answer = await case.rest.delete(f"/api/reservations/{reservation['id']}")
    assert answer.status_code == 200, answer.text
    assert case.last_payload == {"reservationId": reservation["reservation_id"]}
    await case.charger.status("Available")
    assert await _status(case, reservation) == "cancelled"


async def test_tc_052_csms_a_cancellation_of_another_number_is_refused_and_changes_nothing(
    case: Case,
):
    await case.boot()
    reservation = await _reserved(case, await case.add_tag())
    await case.charger.status("Reserved")
    another = reservation["reservation_id"] + 1_000
    told = await case.operates("cancel-reservation", {"status": "Rejected"}, reservation_id=another)
    assert (told["success"], case.last_payload) == (False, {"reservationId": another})
    assert await _status(case, reservation) == "accepted"


async def test_tc_053_csms_a_tag_of_the_same_group_uses_the_reservation(case: Case):
    await case.boot()
    group = case.charge_point_id
    tag = await case.add_tag(parent_id_tag=group)
    second = await case.add_tag(parent_id_tag=group)
    reservation = await _reserved(case, tag)
    assert case.last_payload["parentIdTag"] == group
    await case.charger.status("Reserved")
    assert await case.authorize(second) == {"status": "Accepted", "parentIdTag": group}
    await case.charger.status("Preparing")
    started = await case.start(second, reservationId=reservation["reservation_id"])
    assert started["idTagInfo"] == {"status": "Accepted", "parentIdTag": group}
    await case.charger.status("Charging")
    assert (await case.authorize(tag))["parentIdTag"] == group
    stopped = await case.stop(started["transactionId"], "Local", idTag=tag)
    assert stopped["idTagInfo"] == {"status": "Accepted", "parentIdTag": group}
    assert await _status(case, reservation) == "used"
