"""Chargers over REST: added, listed, looked at."""

from urllib.parse import quote


async def test_a_new_charger_s_key_is_told_once(central):
    answer = await central.admin.post("/api/chargers", json={"charge_point_id": "CP001"})
    assert answer.status_code == 201
    key = answer.json()["key"]
    assert 32 <= len(key) <= 40
    bytes.fromhex(key)
    for path in ("/api/chargers", "/api/chargers/CP001/status", "/api/admin/commands"):
        assert key not in (await central.admin.get(path)).text


async def test_a_charger_is_added_once(central):
    await central.add_charger("CP001")
    again = await central.admin.post("/api/chargers", json={"charge_point_id": "CP001"})
    assert again.status_code == 409
    assert again.json()["error"]["where"] == "charge_point_id"


async def test_identities_differ_by_case(central):
    await central.add_charger("CP001")
    await central.add_charger("cp001")
    listed = (await central.user.get("/api/chargers")).json()
    assert [charger["charge_point_id"] for charger in listed] == ["CP001", "cp001"]


async def test_an_identity_that_cannot_be_told_apart_is_refused(central, subtests):
    for identity in ["", " CP", "CP\n", "x" * 65, "\x00", "\u2028", 7, None]:
        with subtests.test(repr(identity)):
            answer = await central.admin.post("/api/chargers", json={"charge_point_id": identity})
            assert answer.status_code == 422, answer.text
    assert (await central.admin.get("/api/chargers")).json() == []


async def test_any_printable_identity_is_reached_by_its_path(central, subtests):
    for identity in ["EV 1", "Säule-1", "DE*ABC*E1", "a:b", "100%", "a?b#c"]:
        with subtests.test(identity):
            await central.add_charger(identity)
            answer = await central.user.get(f"/api/chargers/{quote(identity, safe='')}/status")
            assert answer.status_code == 200, answer.text
            assert answer.json()["charge_point_id"] == identity


async def test_a_charger_is_online_while_it_is_connected(central, connect_charger):
    charger = await connect_charger("CP001")
    online = (await central.user.get("/api/chargers/CP001/status")).json()
    assert online["status"] == "online"
    assert online["availability"] == "available"
    assert online["vendor"] == "evseloop"
    assert online["registration"] == "Accepted"
    assert [(each["connector_id"], each["status"]) for each in online["connectors"]] == [
        (1, "Available")
    ]
    assert online["security_profile"] == 1
    await charger.websocket.close()
    offline = (await central.user.get("/api/chargers/CP001/status")).json()
    assert offline["status"] == "offline"
    assert offline["security_profile"] is None


async def test_last_seen_follows_a_heartbeat_at_once(central, connect_charger):
    charger = await connect_charger("CP001")
    moment = central.clock.now().replace(minute=30)
    central.clock.set(moment)
    await charger.call("Heartbeat")
    seen = (await central.user.get("/api/chargers/CP001/status")).json()["last_seen_at"]
    assert seen == "2026-06-01T12:30:00Z"


AVAILABILITY = [
    ({}, "unknown"),
    ({1: "Charging"}, "charging"),
    ({1: "Charging", 2: "Available"}, "available"),
    ({1: "SuspendedEV", 2: "Faulted"}, "charging"),
    ({1: "Preparing"}, "preparing"),
    ({1: "Reserved", 2: "Unavailable"}, "reserved"),
    ({1: "Faulted"}, "faulted"),
    ({0: "Unavailable", 1: "Available"}, "unavailable"),
    ({0: "Faulted", 1: "Available"}, "faulted"),
]


async def test_availability_is_the_best_that_a_driver_may_expect(central, play_charger, subtests):
    for number, (statuses, availability) in enumerate(AVAILABILITY):
        with subtests.test(f"{statuses}: {availability}"):
            identity = f"CP{number}"
            key = await central.add_charger(identity)
            charger = await play_charger(central.ocpp, identity, key)
            await charger.call("BootNotification", chargePointVendor="v", chargePointModel="m")
            for connector_id, status in statuses.items():
                await charger.status(status, connector_id)
            told = (await central.user.get(f"/api/chargers/{identity}/status")).json()
            assert told["availability"] == availability


async def test_an_unknown_charger_is_not_found(central):
    answer = await central.user.get("/api/chargers/CP404/status")
    assert answer.status_code == 404
    assert answer.json() == {
        "success": False,
        "error": {
            "what": "there is no charger CP404",
            "where": "charge_point_id",
            "how": "admit it with: evseloop central add-charger ID",
        },
    }


async def test_a_list_goes_on_where_the_page_ends(central):
    for number in range(5):
        await central.add_charger(f"CP{number}")
    answer = await central.user.get("/api/chargers?limit=2")
    seen = []
    while True:
        seen += [charger["charge_point_id"] for charger in answer.json()]
        if "next" not in answer.links:
            break
        answer = await central.user.get(answer.links["next"]["url"])
    assert seen == ["CP0", "CP1", "CP2", "CP3", "CP4"]
