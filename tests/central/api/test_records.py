"""What can be looked up afterwards."""

from central.domain.logged_frames_search import Reach
from wire.times import format_time


async def test_frames_are_found_by_charger_action_text_and_time(central, connect_charger):
    charger = await connect_charger("CP001")
    moment = central.clock.now().replace(minute=30)
    central.clock.set(moment)
    await charger.call("Authorize", idTag="NEEDLE")
    await charger.call("Heartbeat")
    await central.system.services.message_log.flush()

    async def search(**params):
        answer = await central.admin.get("/api/messages/CP001", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    found = await search(text="NEEDLE")
    assert [(frame["direction"], frame["action"]) for frame in found] == [("in", "Authorize")]
    assert "NEEDLE" in found[0]["frame"]
    both = await search(action="Heartbeat")
    assert [frame["direction"] for frame in both] == ["out", "in"], "newest first"
    recent = await search(**{"from": format_time(moment)})
    assert {frame["action"] for frame in recent} == {"Authorize", "Heartbeat"}
    early = await search(to=format_time(moment))
    assert {frame["action"] for frame in early} == {"BootNotification", "StatusNotification"}
    assert (await central.admin.get("/api/messages/CP002")).json() == []


async def test_frames_go_on_page_by_page(central, connect_charger):
    charger = await connect_charger("CP001")
    for _ in range(3):
        await charger.call("Heartbeat")
    await central.system.services.message_log.flush()
    whole = (await central.admin.get("/api/messages/CP001")).json()
    answer = await central.admin.get("/api/messages/CP001?limit=3")
    seen = []
    while True:
        seen += answer.json()
        if "next" not in answer.links:
            break
        answer = await central.admin.get(answer.links["next"]["url"])
    assert seen == whole
    assert len(whole) == 10


async def test_a_search_for_something_rare_goes_on_after_pages_without_frames(
    central, connect_charger
):
    charger = await connect_charger("CP001")
    message_log = central.system.services.message_log
    for tag in ("NEEDLE", *["HAY"] * 5):
        await charger.call("Authorize", idTag=tag)
        await message_log.flush()
    message_log.reach = Reach(rows=2)
    answer = await central.admin.get("/api/messages/CP001?text=NEEDLE")
    pages = [answer.json()]
    while "next" in answer.links:
        answer = await central.admin.get(answer.links["next"]["url"])
        pages.append(answer.json())
    assert pages[0] == []
    assert [frame["action"] for page in pages for frame in page] == ["Authorize"]


async def test_a_key_never_stands_in_the_message_log(central, play_charger):
    key = await central.add_charger("CP001")
    charger = await play_charger(central.ocpp, "CP001", key)
    await charger.boot()
    await central.system.services.message_log.flush()
    assert key not in (await central.admin.get("/api/messages/CP001")).text


async def test_commands_are_listed_newest_first_with_who_asked(central, connect_charger):
    await connect_charger("CP001", ClearCache={"status": "Accepted"})
    await connect_charger("CP002", ClearCache={"status": "Rejected"})
    for charge_point_id in ("CP001", "CP002", "CP001"):
        await central.admin.post(f"/api/ocpp/{charge_point_id}/clear-cache", json={})
    listed = (await central.admin.get("/api/admin/commands")).json()
    assert [command["charge_point_id"] for command in listed] == ["CP001", "CP002", "CP001"]
    assert all(command["requested_by"] == 1 for command in listed)
    of_one = (await central.admin.get("/api/admin/commands?charger=CP002")).json()
    assert [command["response"] for command in of_one] == [{"status": "Rejected"}]
    page = await central.admin.get("/api/admin/commands?limit=2")
    assert "next" in page.links
    rest = await central.admin.get(page.links["next"]["url"])
    assert [command["id"] for command in page.json() + rest.json()] == [
        command["id"] for command in listed
    ]


async def test_a_command_that_never_was_is_not_found(central):
    assert (await central.admin.get("/api/admin/commands/4711")).status_code == 404


async def test_what_a_charger_did_against_the_protocol_is_listed(central, connect_charger):
    charger = await connect_charger("CP001")
    await charger.call(
        "StopTransaction",
        transactionId=4711,
        meterStop=5,
        timestamp=format_time(central.clock.now()),
    )
    listed = (await central.admin.get("/api/violations?charge_point_id=CP001")).json()
    assert [violation["action"] for violation in listed] == ["StopTransaction"]
    assert (await central.admin.get("/api/violations?charge_point_id=CP002")).json() == []


async def test_figures_are_there_for_prometheus(central, connect_charger):
    await connect_charger("CP001")
    answer = await central.admin.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "evseloop_chargers_connected 1.0" in answer.text
    assert "evseloop_storage_groups_total" in answer.text


async def test_health_needs_no_token(central):
    answer = await central.anonymous.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}
