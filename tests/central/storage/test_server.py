"""PostgreSQL and MariaDB: deadlocks are tried again, a bounded number of times, and counted."""

import asyncio

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import await_

from central.domain.storage import open_storage
from central.models import server_secrets

SAYS_DEADLOCK = {
    "postgresql": "DO $$ BEGIN RAISE EXCEPTION 'made up' USING ERRCODE = '40P01'; END $$",
    "mariadb": "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213",
}
SAYS_NO_SERIALIZATION = {
    "postgresql": "DO $$ BEGIN RAISE EXCEPTION 'made up' USING ERRCODE = '40001'; END $$",
    "mariadb": "SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1205",
}


@pytest.fixture(params=["postgresql", "mariadb"])
def backend(request):
    return request.param


def add_secret(conn, name):
    conn.execute(insert(server_secrets).values(name=name, value_hex="00"))


def values(conn):
    return dict(conn.execute(select(server_secrets.c.name, server_secrets.c.value_hex)).all())


@pytest.mark.parametrize("said", [SAYS_DEADLOCK, SAYS_NO_SERIALIZATION])
async def test_a_unit_is_tried_again_when_the_database_asks_for_it(storage, backend, said):
    attempts = []

    def unit(conn):
        attempts.append(len(attempts))
        add_secret(conn, "one")
        if len(attempts) < 3:
            conn.execute(text(said[backend]))
        return "done"

    assert await storage.write(unit) == "done"
    assert (len(attempts), storage.figures.retries) == (3, 2)
    assert await storage.read(values) == {"one": "00"}


async def test_attempts_are_bounded_and_then_the_error_is_told(storage, backend):
    def unit(conn):
        add_secret(conn, "one")
        conn.execute(text(SAYS_DEADLOCK[backend]))

    with pytest.raises(DBAPIError):
        await storage.write(unit)
    assert storage.figures.retries == 4
    assert await storage.read(values) == {}


async def test_other_errors_are_not_tried_again(storage):
    attempts = []

    def unit(conn):
        attempts.append(1)
        add_secret(conn, "one")
        add_secret(conn, "one")

    with pytest.raises(DBAPIError):
        await storage.write(unit)
    assert (len(attempts), storage.figures.retries) == (1, 0)


async def test_two_units_that_lock_each_other_out_both_succeed_in_the_end(storage):
    await storage.write(add_secret, "a")
    await storage.write(add_secret, "b")
    both_hold_one = asyncio.Barrier(2)
    met = set()

    def unit(conn, first, second):
        for name in (first, second):
            conn.execute(
                update(server_secrets)
                .where(server_secrets.c.name == name)
                .values(value_hex=server_secrets.c.value_hex + first)
            )
            if name == first and first not in met:
                met.add(first)
                await_(both_hold_one.wait())

    await asyncio.gather(storage.write(unit, "a", "b"), storage.write(unit, "b", "a"))
    stored = await storage.read(values)
    assert {name: sorted(value[2:]) for name, value in stored.items()} == {
        "a": ["a", "b"],
        "b": ["a", "b"],
    }
    assert storage.figures.retries >= 1


async def test_a_restarted_connection_is_replaced(storage, backend, request):
    await storage.write(add_secret, "one")
    server = request.getfixturevalue(backend)
    await server.end_connections()
    await storage.write(add_secret, "two")
    assert set(await storage.read(values)) == {"one", "two"}


async def test_a_server_that_cannot_be_reached_is_told_at_once():
    with pytest.raises((OSError, DBAPIError)):
        await open_storage("postgresql://nobody@127.0.0.1:1/nothing")
