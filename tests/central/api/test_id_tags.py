"""Id tags over REST."""


async def test_an_admin_adds_changes_and_forgets_a_tag(central):
    made = await central.admin.post("/api/id-tags", json={"id_tag": "USER001"})
    assert made.status_code == 201, made.text
    assert made.json()["status"] == "Accepted"
    changed = await central.admin.put(
        "/api/id-tags/user001",
        json={
            "status": "Blocked",
            "expires_at": "2026-12-31T23:00:00+01:00",
            "parent_id_tag": "FLEET",
        },
    )
    assert changed.json()["id_tag"] == "USER001"
    assert changed.json()["status"] == "Blocked"
    assert changed.json()["expires_at"] == "2026-12-31T22:00:00Z"
    assert changed.json()["parent_id_tag"] == "FLEET"
    assert (await central.admin.delete("/api/id-tags/USER001")).status_code == 204
    assert (await central.admin.get("/api/id-tags/USER001")).status_code == 404


async def test_tags_that_differ_in_case_are_the_same(central):
    await central.admin.post("/api/id-tags", json={"id_tag": "USER001"})
    again = await central.admin.post("/api/id-tags", json={"id_tag": "user001"})
    assert again.status_code == 409


async def test_a_tag_without_text_gets_a_random_one_of_at_most_twenty_characters(central):
    made = [(await central.admin.post("/api/id-tags", json={})).json()["id_tag"] for _ in range(3)]
    assert len(set(made)) == 3
    assert all(0 < len(tag) <= 20 for tag in made)


async def test_a_user_sees_their_own_tags_and_no_others(central):
    await central.admin.post("/api/id-tags", json={"id_tag": "OTHER"})
    await central.admin.post("/api/id-tags", json={"id_tag": "SECOND", "user_id": central.user_id})
    own = (await central.user.get("/api/id-tags")).json()
    assert [tag["id_tag"] for tag in own] == [central.user_tag, "SECOND"]
    assert (await central.user.get("/api/id-tags/SECOND")).status_code == 200
    hidden = await central.user.get("/api/id-tags/OTHER")
    missing = await central.user.get("/api/id-tags/THIRD")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.text.replace("OTHER", "THIRD") == missing.text


IMPOSSIBLE = [
    {"id_tag": "x" * 21},
    {"id_tag": ""},
    {"id_tag": "a\x00b"},
    {"status": "Expired"},
    {"status": "ConcurrentTx"},
    {"expires_at": "2026-01-01"},
    {"expires_at": "2026-01-01T00:00:00"},
    {"expires_at": "9999-12-31T23:59:59-12:00"},
    {"user_id": 0},
    {"user_id": 2**63},
    {"owner": 1},
]


async def test_a_tag_that_cannot_be_is_refused(central, subtests):
    before = (await central.admin.get("/api/id-tags")).json()
    for body in IMPOSSIBLE:
        with subtests.test(repr(body)):
            answer = await central.admin.post("/api/id-tags", json=body)
            assert answer.status_code == 422, answer.text
    assert (await central.admin.get("/api/id-tags")).json() == before


async def test_a_tag_of_nobody_that_exists_is_not_found(central):
    answer = await central.admin.post("/api/id-tags", json={"id_tag": "A", "user_id": 4711})
    assert answer.status_code == 404
    assert answer.json()["error"]["where"] == "user_id"


async def test_a_charger_hears_at_once_that_a_tag_was_blocked(central, connect_charger):
    charger = await connect_charger()
    await central.admin.post("/api/id-tags", json={"id_tag": "USER001"})
    assert (await charger.call("Authorize", idTag="user001"))["idTagInfo"]["status"] == "Accepted"
    await central.admin.put("/api/id-tags/USER001", json={"status": "Blocked"})
    assert (await charger.call("Authorize", idTag="user001"))["idTagInfo"]["status"] == "Blocked"
