"""What REST answers when a database server says that it cannot be used."""

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from central.api import errors
from central.domain.storage.server import ServerStorage
from central.domain.storage.urls import parse_url


@pytest.fixture
def ask():
    """Ask an API whose one route reads with the given query."""

    async def ask(storage, query):
        app = FastAPI()
        errors.install(app)

        @app.get("/")
        async def route():
            await storage.read(query)

        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://central") as client:
            return await client.get("/")

    return ask


def _saying(statement):
    return lambda conn: conn.execute(text(statement))


def _raising(state):
    return _saying(f"DO $$ BEGIN RAISE EXCEPTION 'said' USING ERRCODE = '{state}'; END $$")


@pytest.mark.parametrize("backend", ["postgresql"])
@pytest.mark.parametrize("state", ["57P01", "57P02", "57P03", "08006", "53100", "53200"])
async def test_postgresql_that_starts_ends_or_has_no_room_is_a_503(storage, ask, state):
    answer = await ask(storage, _raising(state))
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.json()["error"]["where"] == "the database"


@pytest.mark.parametrize("backend", ["postgresql"])
async def test_postgresql_without_a_free_connection_is_a_503(database_url, postgresql, ask):
    await postgresql.sql("CREATE ROLE crowded LOGIN CONNECTION LIMIT 0")
    url = database_url.replace("postgres@", "crowded@")
    storage = ServerStorage(parse_url(url), max_queued=1, writers=1, readers=1)
    try:
        answer = await ask(storage, _saying("SELECT 1"))
    finally:
        await storage.close()
        await postgresql.sql("DROP ROLE crowded")
    assert answer.status_code == 503


@pytest.mark.parametrize("backend", ["mariadb"])
@pytest.mark.parametrize(
    ("state", "number"),
    [("08S01", 1053), ("08004", 1040), ("HY000", 1021), ("HY000", 3), ("HY000", 20)],
)
async def test_mariadb_that_ends_or_has_no_room_is_a_503(storage, ask, state, number):
    said = f"SIGNAL SQLSTATE '{state}' SET MYSQL_ERRNO = {number}"
    answer = await ask(storage, _saying(said))
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1


@pytest.mark.parametrize("backend", ["postgresql"])
@pytest.mark.parametrize("state", ["22012", "57014", "P0001"])
async def test_another_error_of_the_database_is_a_bug_and_stays_one(storage, ask, state):
    assert (await ask(storage, _raising(state))).status_code == 500
