"""A charger is removed over REST: its socket, key and place in the list go, its books stay."""

import pytest
from websockets.exceptions import InvalidStatus


async def start(charger, tag, timestamp="2026-06-01T12:00:00Z"):
    answer = await charger.call(
        "StartTransaction", connectorId=1, idTag=tag, meterStart=1000, timestamp=timestamp
    )
    return answer["transactionId"]


async def test_a_removed_charger_is_disconnected_and_its_key_is_void(central, play_charger):
    key = await central.add_charger("CP001")
    charger = await play_charger(central.ocpp, "CP001", key)
    await charger.boot()
    answer = await central.admin.delete("/api/chargers/CP001")
    assert (answer.status_code, answer.json()["closed_sessions"]) == (200, [])
    await charger.websocket.wait_closed()
    assert charger.websocket.close_code == 1008
    assert charger.websocket.close_reason == "the charger was removed"
    assert (await central.admin.get("/api/chargers")).json() == []
    assert (await central.admin.get("/api/chargers/CP001/status")).status_code == 404
    with pytest.raises(InvalidStatus) as refused:
        await play_charger(central.ocpp, "CP001", key)
    assert refused.value.response.status_code == 404


async def test_its_identity_is_admitted_again_with_a_new_key_only(central, play_charger):
    old = await central.add_charger("CP001")
    await central.admin.delete("/api/chargers/CP001")
    new = await central.add_charger("CP001")
    with pytest.raises(InvalidStatus) as refused:
        await play_charger(central.ocpp, "CP001", old)
    assert refused.value.response.status_code == 401
    charger = await play_charger(central.ocpp, "CP001", new)
    await charger.boot()
    told = (await central.admin.get("/api/chargers/CP001/status")).json()
    assert told["status"] == "online"


async def test_an_open_session_is_in_the_way_unless_by_force(central, connect_charger):
    charger = await connect_charger("CP001")
    session = await start(charger, central.user_tag)
    refused = await central.admin.delete("/api/chargers/CP001")
    assert refused.status_code == 409
    assert str(session) in refused.json()["error"]["what"]
    assert "?force=true" in refused.json()["error"]["how"]
    assert (await central.admin.get("/api/chargers/CP001/status")).json()["status"] == "online"
    removed = await central.admin.delete("/api/chargers/CP001?force=true")
    assert removed.json()["closed_sessions"] == [session]
    kept = (await central.user.get(f"/api/sessions/{session}")).json()
    assert (kept["status"], kept["provisional"], kept["energy_wh"]) == ("completed", True, 0)


async def test_a_charger_that_is_not_there_cannot_be_removed(central):
    assert (await central.admin.delete("/api/chargers/nowhere")).status_code == 404


async def test_users_remove_nothing(central):
    await central.add_charger("CP001")
    assert (await central.user.delete("/api/chargers/CP001")).status_code == 403
