"""Reservations over REST: whose they are, and what becomes of them."""

import pytest

IN_TIME = "2026-06-01T13:00:00Z"
ACCEPTED = {"status": "Accepted"}


def wanted(**changes):
    return {"charge_point_id": "CP001", "connector_id": 1, "expires_at": IN_TIME} | changes


async def test_a_user_reserves_with_their_own_tag_and_takes_it_back(central, connect_charger):
    charger = await connect_charger("CP001", ReserveNow=ACCEPTED, CancelReservation=ACCEPTED)
    made = await central.user.post("/api/reservations", json=wanted())
    assert made.status_code == 201, made.text
    assert charger.commands[-1].payload["idTag"] == central.user_tag
    path = f"/api/reservations/{made.json()['id']}"
    assert (await central.user.get("/api/reservations")).json() == [made.json()]
    assert (await central.user.delete(path)).json()["status"] == "cancelled"
    again = await central.user.delete(path)
    assert (again.status_code, again.json()["error"]["how"]) == (409, "nothing is left to cancel")


async def test_a_user_reserves_with_no_tag_of_another_and_sees_no_reservation_of_another(
    central, connect_charger
):
    await connect_charger("CP001", ReserveNow=ACCEPTED)
    await central.admin.post("/api/id-tags", json={"id_tag": "OTHER"})
    refused = await central.user.post("/api/reservations", json=wanted(id_tag="OTHER"))
    assert refused.status_code == 403
    made = await central.admin.post("/api/reservations", json=wanted(id_tag="OTHER"))
    assert (await central.user.get("/api/reservations")).json() == []
    path = f"/api/reservations/{made.json()['id']}"
    assert (await central.user.get(path)).status_code == 404
    assert (await central.user.delete(path)).status_code == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"expires_at": "2026-06-01T12:00:00Z"}, 422),
        ({"charge_point_id": "NOWHERE"}, 404),
        ({}, 409),
    ],
    ids=["in the past", "no such charger", "not connected"],
)
async def test_what_cannot_be_asked_for_is_not_kept(central, change, status):
    await central.add_charger("CP001")
    answer = await central.user.post("/api/reservations", json=wanted(**change))
    assert answer.status_code == status
    assert (await central.user.get("/api/reservations")).json() == []


async def test_a_charger_that_knows_no_reservations_has_rejected_it(central, connect_charger):
    await connect_charger("CP001")
    answer = await central.user.post("/api/reservations", json=wanted())
    assert answer.status_code == 502
    [kept] = (await central.user.get("/api/reservations")).json()
    assert kept["status"] == "rejected"


@pytest.mark.parametrize("central", [{"ocpp_call_timeout": "PT0.2S"}], indirect=True)
async def test_one_that_was_not_answered_is_kept_as_such_and_can_be_cancelled(
    central, connect_charger
):
    async def never(_payload):
        charger.answers["ReserveNow"] = ACCEPTED
        await charger.websocket.close()

    charger = await connect_charger("CP001", ReserveNow=never)
    answer = await central.user.post("/api/reservations", json=wanted())
    assert answer.status_code in (409, 504)
    [kept] = (await central.user.get("/api/reservations")).json()
    assert kept["status"] == "unanswered"


async def test_a_reservation_by_the_raw_operation_is_kept_under_the_operators_number(
    central, connect_charger
):
    await connect_charger("CP001", ReserveNow=ACCEPTED)
    raw = {"connector_id": 1, "expiry_date": IN_TIME, "id_tag": "OTHER", "reservation_id": 1}
    await central.admin.post("/api/ocpp/CP001/reserve-now", json=raw)
    [kept] = (await central.admin.get("/api/reservations")).json()
    assert (kept["reservation_id"], kept["status"]) == (1, "accepted")
    for _ in range(2):
        made = await central.user.post("/api/reservations", json=wanted())
        assert made.json()["reservation_id"] == made.json()["id"]
