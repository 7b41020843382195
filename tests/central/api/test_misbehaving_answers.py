"""Chargers that answer late, wrongly or twice, and their sockets: what an operator sees."""

import asyncio
from functools import partial

import pytest
from sqlalchemy import select

from central.models import commands
from tests.peers.misbehaving_charger import answer_under, answering_late, connect_half_open

SOON = [{"ocpp_call_timeout": "PT0.2S"}]


async def violations(central):
    found = (await central.admin.get("/api/violations")).json()
    return [(one["action"], one["code"]) for one in found]


@pytest.fixture
def until(central, monkeypatch):
    """Wait until a look finds what is expected, looking again after every commit.

    An answer is not answered, so nothing on the wire tells when it has had its effect.
    """
    storage = central.system.services.storage
    committed = asyncio.Event()

    def telling(write):
        async def told(*arguments, **options):
            try:
                return await write(*arguments, **options)
            finally:
                committed.set()

        return told

    for name in ("write", "try_write"):
        monkeypatch.setattr(storage, name, telling(getattr(storage, name)))

    async def wait(look, expected):
        async with asyncio.timeout(60):
            while True:
                committed.clear()
                if await look() == expected:
                    return
                await committed.wait()

    return wait


async def recorded(central):
    query = select(commands.c.outcome, commands.c.response).order_by(commands.c.id)
    found = await central.system.services.storage.read(lambda conn: conn.execute(query).all())
    return [tuple(row) for row in found]


@pytest.mark.parametrize("central", SOON, indirect=True)
async def test_a_late_answer_is_told_as_no_answer_and_noted_when_it_comes(
    central, connect_charger, until
):
    released = asyncio.Event()
    late = answering_late(released, {"status": "Accepted"})
    charger = await connect_charger("CP001", Reset=late, ClearCache={"status": "Accepted"})
    answer = await central.admin.post("/api/ocpp/CP001/reset", json={"type": "Soft"})
    assert answer.status_code == 504
    released.set()
    await until(partial(violations, central), [("Reset", "LateAnswer")])
    answer = await central.admin.post("/api/ocpp/CP001/clear-cache", json={})
    assert answer.json()["status"] == "Accepted"
    assert [outcome for outcome, _ in await recorded(central)] == ["late", "answered"]
    assert await charger.call("Heartbeat")


@pytest.mark.parametrize("central", SOON, indirect=True)
async def test_an_answer_under_another_id_answers_nothing(central, connect_charger, until):
    charger = await connect_charger("CP001", Reset=None)

    async def wrong(_payload):
        await answer_under(charger, "another", {"status": "Accepted"})
        await asyncio.Event().wait()

    charger.answers["Reset"] = wrong
    answer = await central.admin.post("/api/ocpp/CP001/reset", json={"type": "Soft"})
    assert answer.status_code == 504
    await until(partial(violations, central), [("", "AnswerToNoCall")])


async def test_a_second_answer_to_the_same_command_changes_nothing(central, connect_charger, until):
    charger = await connect_charger("CP001", ClearCache={"status": "Accepted"})
    await central.admin.post("/api/ocpp/CP001/clear-cache", json={})
    await answer_under(charger, charger.commands[-1].unique_id, {"status": "Rejected"})
    await until(partial(violations, central), [("", "AnswerToNoCall")])
    assert await recorded(central) == [("answered", '{"status":"Accepted"}')]


async def test_two_living_sockets_of_one_identity_are_noted_and_the_newer_one_counts(
    central, play_charger, until
):
    key = await central.add_charger("CP001")
    first = await play_charger(central.ocpp, "CP001", key)
    await first.boot()
    second = await play_charger(central.ocpp, "CP001", key, ClearCache={"status": "Accepted"})
    await second.call("Heartbeat")
    await first.websocket.wait_closed()
    assert first.websocket.close_code == 1008
    await until(partial(violations, central), [("", "IdentityInUse")])
    answer = await central.admin.post("/api/ocpp/CP001/clear-cache", json={})
    assert answer.json()["success"]
    assert [call.action for call in second.commands] == ["ClearCache"]
    status = (await central.admin.get("/api/chargers/CP001/status")).json()
    assert status["status"] == "online"


async def test_a_half_open_socket_holds_up_nobody_and_is_no_fault_of_the_charger(
    central, play_charger
):
    key = await central.add_charger("CP001")
    dead = await connect_half_open(central.ocpp, "CP001", key)
    charger = await play_charger(central.ocpp, "CP001", key, ClearCache={"status": "Accepted"})
    await charger.boot()
    answer = await central.admin.post("/api/ocpp/CP001/clear-cache", json={})
    assert answer.json()["success"]
    dead.transport.abort()
    assert await violations(central) == []


async def test_a_charger_that_forgot_its_boot_goes_on_after_a_mere_reconnect(central, play_charger):
    key = await central.add_charger("CP001")
    first = await play_charger(central.ocpp, "CP001", key)
    await first.boot()
    await first.websocket.close()
    second = await play_charger(central.ocpp, "CP001", key)
    await second.status("Charging")
    status = (await central.admin.get("/api/chargers/CP001/status")).json()
    assert status["availability"] == "charging"
    assert await violations(central) == []


async def test_a_charger_that_never_booted_is_refused_and_noted(central, play_charger):
    key = await central.add_charger("CP001")
    charger = await play_charger(central.ocpp, "CP001", key)
    answer = await charger.send("Heartbeat", {})
    assert answer.code == "SecurityError"
    assert await violations(central) == [("Heartbeat", "SecurityError")]


def told(central, path, field="status"):
    """Return a look at a field of what is told at a path."""

    async def look():
        return (await central.admin.get(path)).json()[field]

    return look


@pytest.mark.parametrize("central", SOON, indirect=True)
@pytest.mark.parametrize("status", ["Accepted", "Occupied"])
async def test_a_reservation_is_what_its_late_answer_says(central, connect_charger, status, until):
    released = asyncio.Event()
    await connect_charger("CP001", ReserveNow=answering_late(released, {"status": status}))
    body = {
        "charge_point_id": "CP001",
        "connector_id": 1,
        "id_tag": central.user_tag,
        "expires_at": "2026-06-01T13:00:00Z",
    }
    assert (await central.admin.post("/api/reservations", json=body)).status_code == 504
    await until(told(central, "/api/reservations/1"), "unanswered")
    released.set()
    await until(told(central, "/api/reservations/1"), status.lower())


@pytest.mark.parametrize("central", SOON, indirect=True)
async def test_a_log_that_the_charger_refused_late_may_not_be_brought(
    central, connect_charger, until
):
    released = asyncio.Event()
    late = answering_late(released, {"status": "Rejected"})
    await connect_charger("CP001", GetLog=late)
    body = {"log_type": "SecurityLog", "request_id": 1, "log": {}}
    assert (await central.admin.post("/api/ocpp/CP001/get-log", json=body)).status_code == 504
    job = (await central.admin.get("/api/admin/file-jobs/1")).json()
    assert (job["outcome"], job["command_id"]) == ("open", None)
    released.set()
    await until(told(central, "/api/admin/file-jobs/1", "outcome"), "cancelled")
    await until(told(central, "/api/admin/file-jobs/1", "command_id"), 1)
