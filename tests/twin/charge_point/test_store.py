"""The non-volatile memory and its file."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.charge_point import StoreError
from twin.charge_point.queue import MessageQueue
from twin.charge_point.records import Records
from twin.charge_point.store import Store
from twin.charge_point.wall_time import WallTime
from twin.clock import Clock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "cp.db"


def test_messages_come_out_in_the_order_they_went_in_also_after_a_reopening(path: Path) -> None:
    store = Store(path)
    queue = MessageQueue(store)
    for number in range(5):
        with store.commit() as database:
            queue.add(database, "MeterValues", {"number": number}, None)
    store.close()
    store = Store(path)
    queue = MessageQueue(store)
    seen = []
    while (message := queue.head()) is not None:
        seen.append(message.payload["number"])
        with store.commit() as database:
            queue.remove(database, message)
    assert seen == [0, 1, 2, 3, 4]


def test_attempts_are_counted_over_a_reopening(path: Path) -> None:
    store = Store(path)
    with store.commit() as database:
        MessageQueue(store).add(database, "MeterValues", {}, None)
    message = MessageQueue(store).head()
    assert message is not None
    MessageQueue(store).count_attempt(message)
    store.close()
    again = MessageQueue(Store(path)).head()
    assert again is not None
    assert again.attempts == 1


def test_what_was_not_committed_is_gone_altogether(path: Path) -> None:
    store = Store(path)

    def begin_and_fail() -> None:
        with store.commit() as database:
            record = Records(store).open(
                database,
                connector=1,
                id_tag="T",
                parent_id_tag=None,
                meter_start_wh=0,
                started_at="x",
            )
            MessageQueue(store).add(database, "StartTransaction", {}, record.local_id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        begin_and_fail()
    assert MessageQueue(store).head() is None
    assert Records(store).running() == []


def test_a_full_disk_is_told_as_such_and_the_next_commit_begins_anew(path: Path) -> None:
    store = Store(path)
    store.set_setting("before", "kept")
    (pages,) = store.database.execute("PRAGMA page_count").fetchone()
    store.database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        store.set_setting("large", "x" * 100_000)
    store.set_setting("after", "kept")
    assert (store.setting("before"), store.setting("after")) == ("kept", "kept")
    assert store.setting("large") is None


def test_a_commit_that_fails_at_its_end_leaves_nothing_open(path: Path) -> None:
    store = Store(path)

    def refer_to_nothing() -> None:
        with store.commit() as database:
            # Foreign keys are looked at when the transaction ends, and there is no charging 7.
            database.execute("PRAGMA defer_foreign_keys = ON")
            MessageQueue(store).add(database, "StopTransaction", {}, 7)

    with pytest.raises(sqlite3.IntegrityError):
        refer_to_nothing()
    store.set_setting("after", "kept")
    assert MessageQueue(store).head() is None


def test_every_commit_is_forced_to_the_disk(path: Path) -> None:
    store = Store(path)
    assert store.database.execute("PRAGMA synchronous").fetchone() == (2,)
    assert store.database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_file_is_for_its_owner_alone(path: Path) -> None:
    store = Store(path)
    store.set_setting("key", "secret")
    modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
    assert set(modes.values()) == {0o600}, modes


def test_a_second_charge_point_on_the_same_file_is_refused(path: Path) -> None:
    store = Store(path)
    with pytest.raises(StoreError, match="is another charge point using this file"):
        Store(path)
    store.close()
    Store(path).close()


def test_a_file_that_is_no_store_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is not a database, but it is long enough to look at " * 20)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="move the file away"):
        Store(path)
    assert path.read_bytes() == before


def test_a_store_of_another_version_is_refused(path: Path) -> None:
    Store(path).close()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(StoreError, match="store 99"):
        Store(path)


def test_a_missing_transaction_is_named(path: Path) -> None:
    with pytest.raises(LookupError, match="no transaction 7"):
        Records(Store(path)).find(7)


@given(
    at=st.integers(1_577_836_800_000_000, 2_208_988_800_000_000),
    interval_s=st.integers(1, 86_400),
)
def test_the_next_instant_of_the_grid_is_on_the_grid(at: int, interval_s: int) -> None:
    moment = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=at)
    delay_us = WallTime(Clock(), moment).until_next_multiple_us(interval_s)
    then = moment + timedelta(microseconds=delay_us)
    midnight = then.replace(hour=0, minute=0, second=0, microsecond=0)
    assert 0 < delay_us <= interval_s * 1_000_000
    assert (then - midnight) % timedelta(seconds=interval_s) == timedelta(0)


def test_a_clock_needs_to_know_its_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        WallTime(Clock(), datetime(2026, 1, 1))  # noqa: DTZ001
