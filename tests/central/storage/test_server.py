"""PostgreSQL and MariaDB: deadlocks are tried again, a bounded number of times, and counted."""

import asyncio

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import await_

from central.domain.meter_values import METER_ROWS, MeterRow, add_rows, list_readings
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


async def test_a_deadlock_inside_a_savepoint_is_tried_again_too(storage):
    # MariaDB has then undone the whole transaction, the savepoint with it.
    await storage.write(add_secret, "a")
    await storage.write(add_secret, "b")
    both_hold_one = asyncio.Barrier(2)
    met = set()

    def unit(conn, first, second):
        for name in (first, second):
            with conn.begin_nested():
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
    assert sorted(stored["a"][2:]) == sorted(stored["b"][2:]) == ["a", "b"]
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


async def test_rows_that_meet_a_deadlock_with_a_unit_are_all_stored(storage, now):
    def row(connector_id):
        return MeterRow("CP1", now, connector_id, 0, "Other", "[{}]")

    holds_the_second, goes_on = asyncio.Event(), asyncio.Event()

    def unit(conn):
        add_rows(conn, [row(2)])
        if not holds_the_second.is_set():
            holds_the_second.set()
            await_(goes_on.wait())
        add_rows(conn, [row(1)])

    unit_done = asyncio.create_task(storage.write(unit))
    await holds_the_second.wait()
    rows_done = asyncio.create_task(storage.write_rows(METER_ROWS, [row(1), row(2)]))
    async with asyncio.timeout(120):
        # No server tells that somebody waits, so it has to be asked; and MariaDB brings this
        # table up to date at most every 0.1 s, and only when nobody asks.
        while not await storage.read(somebody_waits_for_a_lock):  # noqa: ASYNC110
            await asyncio.sleep(0.15)
    goes_on.set()
    await asyncio.gather(unit_done, rows_done)
    assert storage.figures.retries == 1
    assert len(await storage.read(list_readings, "CP1")) == 2


def somebody_waits_for_a_lock(conn):
    if conn.dialect.name == "postgresql":
        query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    else:
        query = "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"
    return conn.execute(text(query)).scalar_one() > 0
