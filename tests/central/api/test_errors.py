"""One shape for every error."""

import asyncio
import threading

import pytest

from central.app import MAX_BODY_BYTES


def _is_error(answer):
    body = answer.json()
    assert set(body) == {"success", "error"}, answer.text
    assert body["success"] is False
    assert set(body["error"]) == {"what", "where", "how"}
    assert all(isinstance(text, str) and text for text in body["error"].values()), body
    return body["error"]


async def test_what_does_not_exist_is_told_in_the_one_shape(central):
    answer = await central.anonymous.get("/api/nothing")
    assert answer.status_code == 404
    assert _is_error(answer)["where"] == "GET /api/nothing"


async def test_the_wrong_method_is_told_in_the_one_shape(central):
    answer = await central.anonymous.delete("/api/users/login")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    _is_error(answer)


async def test_a_body_that_is_no_object_is_told_in_the_one_shape(central, subtests):
    for content in [b"", b"{", b"[]", b'"x"', b"null", b"\xff", b"{}" * 2]:
        with subtests.test(repr(content)):
            answer = await central.anonymous.post(
                "/api/users/login", content=content, headers={"Content-Type": "application/json"}
            )
            assert 400 <= answer.status_code < 500
            _is_error(answer)


async def test_a_body_beyond_the_limit_is_refused(central):
    answer = await central.anonymous.post("/api/users/login", content=b"x" * (MAX_BODY_BYTES + 1))
    assert answer.status_code == 413
    _is_error(answer)


async def test_a_body_that_hides_its_length_is_refused_too(central):
    async def pieces():
        for _ in range(MAX_BODY_BYTES // 1024 + 1):
            yield b"x" * 1024

    answer = await central.anonymous.post("/api/users/login", content=pieces())
    assert answer.status_code == 413
    _is_error(answer)


async def test_a_full_write_queue_is_a_503_that_says_when_to_come_back(central, connect_charger):
    await connect_charger()
    storage = central.system.services.storage
    stalled, go_on = threading.Event(), threading.Event()

    def stall(_connection):
        stalled.set()
        go_on.wait()

    tasks = [asyncio.create_task(storage.write(stall))]
    try:
        await asyncio.to_thread(stalled.wait)
        while storage.has_room:
            tasks.append(asyncio.create_task(storage.write(lambda _connection: None)))
            await asyncio.sleep(0)
        answer = await central.admin.post("/api/id-tags", json={})
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) >= 1
        _is_error(answer)
        command = await central.admin.post("/api/ocpp/CP001/clear-cache", json={})
        assert command.status_code == 503
        assert (await central.admin.get("/api/id-tags")).status_code == 200, "reading goes on"
    finally:
        go_on.set()
        await asyncio.gather(*tasks)
    assert (await central.admin.post("/api/id-tags", json={})).status_code == 201


async def test_a_disk_that_is_full_is_a_503_and_nothing_is_lost(central):
    storage = central.system.services.storage

    def limit(connection, pages):
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    await storage.write(limit, 1)  # SQLite takes this as: not a page more than now
    kept, refused = [], []
    while not refused:
        several = [central.admin.post("/api/id-tags", json={}) for _ in range(20)]
        for answer in await asyncio.gather(*several):
            if answer.status_code == 201:
                kept.append(answer.json()["id_tag"])
            else:
                refused.append(answer)
    for answer in refused:
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) >= 1
        assert _is_error(answer)["where"] == "the database"
    await storage.write(limit, 1_000_000)
    assert (await central.admin.post("/api/id-tags", json={})).status_code == 201
    stored = {tag["id_tag"] for tag in (await central.admin.get("/api/id-tags?limit=1000")).json()}
    assert stored >= set(kept)


async def test_a_browser_elsewhere_may_not_call_unless_it_is_set(central):
    answer = await central.anonymous.options(
        "/api/users/login",
        headers={"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"},
    )
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("central", [{"cors_origins": "http://localhost:3000"}], indirect=True)
async def test_a_browser_of_an_origin_that_is_set_may_call(central):
    headers = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"}
    answer = await central.anonymous.options("/api/users/login", headers=headers)
    assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"
    other = await central.anonymous.options(
        "/api/users/login", headers=headers | {"Origin": "http://evil.example"}
    )
    assert "access-control-allow-origin" not in other.headers
