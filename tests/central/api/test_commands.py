"""Commands as records: searched, durable before they are sent, and repeated."""

import asyncio
import signal

from tests.peers.central_process import CentralProcess


async def test_commands_are_searched_and_tell_who_asked(central, connect_charger):
    await connect_charger("CP001", ClearCache={"status": "Accepted"})
    await connect_charger("CP002")
    for charger, operation in (
        ("CP001", "clear-cache"),
        ("CP002", "clear-cache"),
        ("CP001", "get-local-list-version"),
    ):
        await central.admin.post(f"/api/ocpp/{charger}/{operation}", json={})

    async def search(**query):
        answer = await central.admin.get("/api/admin/commands", params=query)
        assert answer.status_code == 200, answer.text
        return [(one["charge_point_id"], one["action"]) for one in answer.json()]

    assert await search(charger="CP002") == [("CP002", "ClearCache")]
    assert await search(action="ClearCache", status="answered") == [("CP001", "ClearCache")]
    assert len(await search(status="refused")) == 2
    assert await search(to=central.clock.now().isoformat()) == []
    assert len(await search(**{"from": central.clock.now().isoformat()})) == 3
    listed = (await central.admin.get("/api/admin/commands")).json()
    assert {one["requested_by_email"] for one in listed} == {"admin@example.org"}
    assert (await central.admin.get("/api/admin/commands?status=nonsense")).status_code == 422


async def test_a_repetition_is_a_record_of_its_own(central, connect_charger):
    charger = await connect_charger("CP001", Reset={"status": "Rejected"})
    first = (await central.admin.post("/api/ocpp/CP001/reset", json={"type": "Hard"})).json()
    assert first["success"] is False
    charger.answers["Reset"] = {"status": "Accepted"}
    again = await central.admin.post(f"/api/admin/commands/{first['command_id']}/repeat")
    assert again.json()["success"] is True
    assert again.json()["command_id"] > first["command_id"]
    assert [call.payload for call in charger.commands] == [{"type": "Hard"}] * 2
    assert (await central.admin.post("/api/admin/commands/4711/repeat")).status_code == 404


async def test_a_command_whose_secret_is_not_kept_is_not_repeated(central, connect_charger):
    charger = await connect_charger("CP001", GetDiagnostics={})
    body = {"location": "ftp://user:pa55word@files.example/diagnostics/"}
    told = (await central.admin.post("/api/ocpp/CP001/get-diagnostics", json=body)).json()
    assert charger.commands[0].payload == body
    record = f"/api/admin/commands/{told['command_id']}"
    shown = (await central.admin.get(record)).json()["payload"]["location"]
    assert shown == "ftp://(hidden)@files.example/diagnostics/"
    await central.system.services.message_log.flush()
    assert "pa55word" not in (await central.admin.get("/api/messages/CP001")).text
    again = await central.admin.post(f"{record}/repeat")
    assert again.status_code == 409
    assert "secret" in again.json()["error"]["what"]
    assert len(charger.commands) == 1


async def test_a_central_system_that_is_killed_knows_afterwards_that_it_does_not_know(
    start_central, play_charger
):
    central: CentralProcess = start_central()
    key = await asyncio.to_thread(central.add_charger, "CP001")
    arrived = asyncio.Event()

    async def never(_payload):
        arrived.set()
        await asyncio.Event().wait()

    charger = await play_charger(central.ocpp, "CP001", key, Reset=never)
    await charger.boot()

    def reset():
        with central.admin() as admin:
            admin.post("/api/ocpp/CP001/reset", json={"type": "Soft"})

    asking = asyncio.create_task(asyncio.to_thread(reset))
    await arrived.wait()
    await asyncio.to_thread(central.end, signal.SIGKILL)
    await asyncio.gather(asking, return_exceptions=True)
    restarted = await asyncio.to_thread(start_central)
    with restarted.admin() as admin:
        (record,) = (await asyncio.to_thread(admin.get, "/api/admin/commands")).json()
    assert (record["action"], record["outcome"]) == ("Reset", "unknown")
    assert record["payload"] == {"type": "Soft"}
