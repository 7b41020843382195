"""SQLite: one writer, groups, a disk that stalls or fails, other processes that write."""

import asyncio
import contextlib
import sqlite3
import threading

import pytest
from sqlalchemy import Engine, event, insert, select, text
from sqlalchemy.exc import OperationalError

from central.domain.meter_values import METER_ROWS, MeterRow, list_readings
from central.domain.storage import StorageBusyError, engines, open_storage
from central.models import server_secrets

LIMIT = 20


@pytest.fixture
def backend():
    return "sqlite"


@pytest.fixture
async def storage(database_url):
    storage = await open_storage(database_url, max_queued=LIMIT)
    yield storage
    await storage.close()


@pytest.fixture
def path(database_url, tmp_path):
    return tmp_path / "central.db"


def add_secret(conn, name):
    conn.execute(insert(server_secrets).values(name=name, value_hex="00"))
    return name


def names(conn):
    return set(conn.execute(select(server_secrets.c.name)).scalars())


@contextlib.contextmanager
def at_commit_of_the_writer(hook):
    """Run a hook where the writer's commit would go to the disk."""

    def before_commit(_conn):
        if threading.current_thread().name == "sqlite-writer":
            hook()

    event.listen(Engine, "commit", before_commit)
    try:
        yield
    finally:
        event.remove(Engine, "commit", before_commit)


class StalledDisk:
    """A commit that does not come back before it is released."""

    def __init__(self):
        self.reached = threading.Event()
        self.released = threading.Event()

    def __call__(self):
        self.reached.set()
        assert self.released.wait(60)

    async def wait_until_reached(self):
        assert await asyncio.to_thread(self.reached.wait, 60)


async def settle():
    """Let every task run until it waits."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_commits_wait_for_the_disk(storage):
    assert await storage.read(lambda conn: conn.execute(text("PRAGMA journal_mode")).scalar()) == (
        "wal"
    )
    full = 2
    assert (
        await storage.write(lambda conn: conn.execute(text("PRAGMA synchronous")).scalar()) == full
    )


async def test_nobody_is_acknowledged_while_the_disk_stalls(storage):
    disk = StalledDisk()
    with at_commit_of_the_writer(disk):
        writes = [asyncio.create_task(storage.write(add_secret, f"n{n}")) for n in range(10)]
        await disk.wait_until_reached()
        await settle()
        assert not any(write.done() for write in writes)
        assert await storage.read(names) == set()
        disk.released.set()
        assert await asyncio.gather(*writes) == [f"n{n}" for n in range(10)]
    assert await storage.read(names) == {f"n{n}" for n in range(10)}


async def test_what_waits_during_a_stall_shares_the_next_commit(storage):
    disk = StalledDisk()
    with at_commit_of_the_writer(disk):
        first = asyncio.create_task(storage.write(add_secret, "first"))
        await disk.wait_until_reached()
        rest = [asyncio.create_task(storage.write(add_secret, f"n{n}")) for n in range(LIMIT - 1)]
        await settle()
        disk.released.set()
        await asyncio.gather(first, *rest)
    assert (storage.figures.groups, storage.figures.largest_group) == (2, LIMIT - 1)


async def test_a_full_queue_refuses_some_and_makes_others_wait_in_their_order(storage):
    disk = StalledDisk()
    with at_commit_of_the_writer(disk):
        queued = [asyncio.create_task(storage.write(add_secret, f"n{n}")) for n in range(LIMIT)]
        await disk.wait_until_reached()
        await settle()
        assert not storage.has_room
        with pytest.raises(StorageBusyError) as refused:
            await storage.try_write(add_secret, "refused")
        assert refused.value.retry_after_s > 0
        done = []
        for number in range(5):
            write = asyncio.create_task(storage.write(add_secret, f"late{number}"))
            write.add_done_callback(lambda _, number=number: done.append(number))
            queued.append(write)
        await settle()
        assert storage.waiting == LIMIT + 5
        disk.released.set()
        await asyncio.gather(*queued)
    assert done == sorted(done)
    assert storage.has_room
    assert "refused" not in await storage.read(names)
    assert len(await storage.read(names)) == LIMIT + 5


async def test_who_gives_up_waiting_for_a_place_leaves_it_to_the_next(storage):
    disk = StalledDisk()
    with at_commit_of_the_writer(disk):
        queued = [asyncio.create_task(storage.write(add_secret, f"n{n}")) for n in range(LIMIT)]
        await disk.wait_until_reached()
        leaving = asyncio.create_task(storage.write(add_secret, "leaving"))
        staying = asyncio.create_task(storage.write(add_secret, "staying"))
        await settle()
        leaving.cancel()
        disk.released.set()
        await asyncio.gather(*queued, staying)
    assert {"leaving", "staying"} & await storage.read(names) == {"staying"}
    assert storage.waiting == 0


async def test_closing_tells_who_waits_for_a_place(storage):
    disk = StalledDisk()
    with at_commit_of_the_writer(disk):
        queued = [asyncio.create_task(storage.write(add_secret, f"n{n}")) for n in range(LIMIT)]
        await disk.wait_until_reached()
        waiting = asyncio.create_task(storage.write(add_secret, "late"))
        await settle()
        closing = asyncio.create_task(storage.close())
        with pytest.raises(RuntimeError, match="closed"):
            await waiting
        disk.released.set()
        await asyncio.gather(closing, *queued)


async def test_when_the_commit_fails_all_of_the_group_fail(storage, now):
    def broken_disk():
        raise sqlite3.OperationalError("disk I/O error")

    row = MeterRow("CP1", now, 1, 0, "Sample.Periodic", "[{}]")
    with at_commit_of_the_writer(broken_disk):
        outcomes = await asyncio.gather(
            *(storage.write(add_secret, f"n{n}") for n in range(5)),
            storage.write_rows(METER_ROWS, [row]),
            return_exceptions=True,
        )
    assert [str(outcome) for outcome in outcomes] == ["disk I/O error"] * 6
    assert await storage.read(names) == set()
    assert await storage.read(list_readings, "CP1") == []
    assert await storage.write(add_secret, "after") == "after"


async def test_meter_values_alone_that_meet_a_full_disk_are_not_tried_again(storage, now):
    statements = []

    def watch(conn):
        conn.exec_driver_sql("PRAGMA max_page_count = 1")
        conn.connection.driver_connection.set_trace_callback(statements.append)

    await storage.write(watch)
    row = MeterRow("CP1", now, 1, 0, "Sample.Periodic", f'[{{"value":"{"x" * 100_000}"}}]')
    with pytest.raises(sqlite3.OperationalError, match="full"):
        await storage.write_rows(METER_ROWS, [row])
    assert len([text for text in statements if text.startswith("INSERT")]) == 1
    await storage.write(lambda conn: conn.execute(text("PRAGMA max_page_count = 1000000")))
    await storage.write_rows(METER_ROWS, [row])
    assert len(await storage.read(list_readings, "CP1")) == 1


async def test_meter_values_alone_are_one_statement_that_commits_by_itself(storage, now):
    statements = []
    await storage.write(
        lambda conn: conn.connection.driver_connection.set_trace_callback(statements.append)
    )
    statements.clear()
    rows = [MeterRow(f"CP{n}", now, 1, 0, "Sample.Periodic", "[]") for n in range(20)]
    await asyncio.gather(*(storage.write_rows(METER_ROWS, [row]) for row in rows))
    assert [text.split()[0] for text in statements if text != "COMMIT"] == ["INSERT"]
    assert len(await storage.read(list_readings, "CP7")) == 1


async def test_who_submits_rows_is_told_when_they_are_committed(storage, now, path):
    row = MeterRow("CP1", now, 1, 0, "Sample.Periodic", "[]")
    told = asyncio.get_running_loop().create_future()

    def done(error):
        # Another process sees them already.
        with contextlib.closing(sqlite3.connect(path)) as other:
            count = other.execute("SELECT count(*) FROM meter_values").fetchone()[0]
        told.set_result((error, count))

    storage.submit_rows(METER_ROWS, [row], done)
    assert await told == (None, 1)
    assert storage.waiting == 0


async def test_a_full_queue_takes_no_submitted_rows(storage, now):
    disk = StalledDisk()
    row = MeterRow("CP1", now, 1, 0, "Sample.Periodic", "[]")
    told = []
    with at_commit_of_the_writer(disk):
        queued = [asyncio.create_task(storage.write(add_secret, f"n{n}")) for n in range(LIMIT)]
        await disk.wait_until_reached()
        await settle()
        with pytest.raises(StorageBusyError):
            storage.submit_rows(METER_ROWS, [row], told.append)
        disk.released.set()
        await asyncio.gather(*queued)
    assert told == []


async def test_one_that_is_told_and_has_a_bug_keeps_the_news_from_nobody(storage, now):
    rows = [MeterRow(f"CP{n}", now, 1, 0, "Sample.Periodic", "[]") for n in range(2)]

    def buggy(_error):
        raise LookupError

    storage.submit_rows(METER_ROWS, rows[:1], buggy)
    await storage.write_rows(METER_ROWS, rows[1:])
    assert len(await storage.read(list_readings, "CP0")) == 1


async def test_a_full_disk_loses_nothing_that_was_acknowledged(storage, now):
    await storage.write(add_secret, "before")
    await storage.write(lambda conn: conn.execute(text("PRAGMA max_page_count = 1")))
    frame = "x" * 100_000
    row = MeterRow("CP1", now, 1, 0, "Sample.Periodic", frame)
    outcomes = await asyncio.gather(
        storage.write(add_secret, "with it"),
        storage.write_rows(METER_ROWS, [row]),
        return_exceptions=True,
    )
    assert "full" in str(outcomes[1])
    acknowledged = {outcome for outcome in outcomes if isinstance(outcome, str)}
    assert await storage.read(names) == {"before"} | acknowledged
    await storage.write(lambda conn: conn.execute(text("PRAGMA max_page_count = 1000000")))
    assert await storage.write(add_secret, "after") == "after"


async def test_a_unit_that_ends_the_transaction_itself_takes_nobody_for_acknowledged(storage):
    def spoil(conn):
        conn.exec_driver_sql("ROLLBACK")  # as SQLite does by itself when the disk is full
        raise LookupError("spoilt")

    outcomes = await asyncio.gather(
        storage.write(add_secret, "one"), storage.write(spoil), return_exceptions=True
    )
    stored = await storage.read(names)
    acknowledged = {outcome for outcome in outcomes if isinstance(outcome, str)}
    assert acknowledged == stored
    assert isinstance(outcomes[1], Exception)
    assert await storage.write(add_secret, "after") == "after"


async def test_another_process_that_writes_is_waited_for(storage, path):
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO server_secrets VALUES ('other', '00')")
        write = asyncio.create_task(storage.write(add_secret, "ours"))
        await settle()
        assert not write.done()
        other.execute("COMMIT")
        assert await write == "ours"
    assert await storage.read(names) == {"other", "ours"}


async def test_another_process_that_never_ends_makes_writes_fail_and_harms_no_later_one(
    database_url, path, monkeypatch
):
    monkeypatch.setattr(engines, "_BUSY_TIMEOUT_S", 0)
    storage = await open_storage(database_url)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            await storage.write(add_secret, "ours")
        other.execute("ROLLBACK")
    assert await storage.write(add_secret, "ours") == "ours"
    await storage.close()


async def test_a_clean_end_leaves_one_file(storage, path):
    await storage.write(add_secret, "one")
    await storage.read(names)
    await storage.close()
    assert sorted(file.name for file in path.parent.iterdir()) == [path.name]
