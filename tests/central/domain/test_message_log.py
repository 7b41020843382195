"""The message log: never holds up a charger, found by charger, time, action and text."""

import asyncio
import sqlite3
import threading
from datetime import timedelta

import pytest
import structlog

from central.domain.errors import InvalidError
from central.domain.message_log import MessageLog, log_path, open_message_log
from central.domain.storage import parse_url


@pytest.fixture
async def log(database_url):
    # So long an interval that only the tests write.
    log = await open_message_log(database_url, max_waiting=1000, interval_s=3600)
    yield log
    await log.close()


def fill(log, now, count, charger="CP1"):
    for number in range(count):
        action = "Heartbeat" if number % 2 else "MeterValues"
        direction = "out" if number % 2 else "in"
        log.append(charger, now + timedelta(seconds=number), direction, action, f"frame {number}")


async def frames(log, charger="CP1", **query):
    return [found.frame for found in (await log.search(charger, **query)).frames]


async def test_frames_are_found_newest_first_once_they_are_flushed(log, now):
    fill(log, now, 3)
    assert await frames(log) == []
    await log.flush()
    found = (await log.search("CP1")).frames
    assert [one.frame for one in found] == ["frame 2", "frame 1", "frame 0"]
    assert (found[0].at, found[0].direction, found[0].action) == (
        now + timedelta(seconds=2),
        "in",
        "MeterValues",
    )
    assert found[0].charge_point_id == "CP1"


async def test_chargers_do_not_see_each_others_frames(log, now):
    fill(log, now, 2)
    fill(log, now, 1, "cp1")
    await log.flush()
    assert len(await frames(log)) == 2
    assert len(await frames(log, "cp1")) == 1


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"action": "Heartbeat"}, [9, 7, 5, 3, 1]),
        ({"text": "frame 7"}, [7]),
        ({"text": "Frame"}, []),
        ({"limit": 2}, [9, 8]),
        ({"not_before": 7}, [9, 8, 7]),
        ({"before": 2}, [1, 0]),
        ({"not_before": 2, "before": 5, "action": "MeterValues"}, [4, 2]),
    ],
)
async def test_frames_are_chosen(log, now, query, numbers):
    for part in range(3):
        for number in ((0, 1, 2, 3), (4, 5), (6, 7, 8, 9))[part]:
            action = "Heartbeat" if number % 2 else "MeterValues"
            log.append("CP1", now + timedelta(seconds=number), "in", action, f"frame {number}")
        await log.flush()
    times = {
        name: now + timedelta(seconds=query[name])
        for name in ("not_before", "before")
        if name in query
    }
    assert await frames(log, **query | times) == [f"frame {number}" for number in numbers]


async def test_pages_give_every_frame_once(log, now):
    for part in range(60):
        fill(log, now + timedelta(minutes=part), 3)
        await log.flush()
    seen, cursor = [], None
    while True:
        page = await log.search("CP1", before_cursor=cursor, limit=7)
        seen += page.frames
        cursor = page.cursor
        if cursor is None:
            break
    assert len(seen) == len({one.cursor for one in seen}) == 180
    assert [one.at for one in seen] == sorted((one.at for one in seen), reverse=True)


@pytest.mark.parametrize("cursor", ["", "x", "1", "1.", "-1.2", "9" * 40 + ".1"])
async def test_a_cursor_that_is_none_is_refused(log, cursor):
    with pytest.raises(InvalidError):
        await log.search("CP1", before_cursor=cursor)


async def test_frames_that_would_be_too_many_are_dropped_oldest_first_and_counted(log, now):
    fill(log, now, 1200)
    await log.flush()
    assert log.dropped == 200
    assert await frames(log, limit=1) == ["frame 1199"]
    assert len(await frames(log, limit=5000)) == 1000


async def test_any_text_is_logged_as_it_was(log, now):
    texts = ["", "\x00", '"quoted" \\ {}', "ünï 🚗", "x" * 300_000, "'; DROP TABLE x; --"]
    for text in texts:
        log.append("CP1", now, "in", "", text)
    await log.flush()
    assert await frames(log) == list(reversed(texts))


async def test_old_frames_are_forgotten(log, now):
    fill(log, now, 2)
    await log.flush()
    fill(log, now + timedelta(days=10), 2)
    await log.flush()
    await log.purge(now + timedelta(days=5))
    assert len(await frames(log)) == 2


async def test_closing_writes_what_waits(log, now, database_url):
    fill(log, now, 3)
    await log.close()
    again = await open_message_log(database_url, interval_s=3600)
    assert len(await frames(again)) == 3
    await again.close()


async def test_it_is_written_by_itself_after_a_while(database_url, now):
    log = await open_message_log(database_url, interval_s=0)
    fill(log, now, 1)
    while not await frames(log):
        pass
    assert await frames(log) == ["frame 0"]
    await log.close()


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_on_sqlite_it_has_a_file_of_its_own(log, now, database_url, backend):
    fill(log, now, 1)
    await log.flush()
    database = parse_url(database_url).path
    assert log_path(database).name == "central-messages.db"
    with sqlite3.connect(log_path(database)) as connection:
        assert connection.execute("SELECT count(*) FROM message_log").fetchone() == (1,)
    connection.close()
    with sqlite3.connect(database) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    assert "message_log" not in tables


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_log_that_cannot_be_written_costs_its_frames_and_nothing_else(
    log, now, database_url, backend
):
    path = log_path(parse_url(database_url).path)
    with sqlite3.connect(path) as connection:
        connection.execute("ALTER TABLE message_log RENAME TO away")
    fill(log, now, 3)
    await log.flush()
    assert log.dropped == 3
    with sqlite3.connect(path) as connection:
        connection.execute("ALTER TABLE away RENAME TO message_log")
    connection.close()
    fill(log, now, 2)
    await log.flush()
    assert len(await frames(log)) == 2


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_frames_that_would_be_too_large_together_are_dropped_and_said_once(
    database_url, now, backend
):
    log = await open_message_log(database_url, max_waiting_bytes=100_000, interval_s=3600)
    with structlog.testing.capture_logs() as lines:
        for number in range(30):
            log.append("CP1", now, "in", "DataTransfer", f"{number:02d}" + "x" * 10_000)
    assert log.dropped == 21
    (line,) = lines
    assert line["event"] == "message log behind, its oldest frames are dropped"
    assert line["waiting_bytes"] <= 100_000
    await log.flush()
    assert [frame[:2] for frame in await frames(log)] == [f"{n:02d}" for n in range(29, 20, -1)]
    await log.close()


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_frames_on_their_way_to_a_disk_that_stalls_count_too(storage, now, backend):
    log = MessageLog(storage, max_waiting=1_000, max_waiting_bytes=100_000)
    let_go = threading.Event()
    stalled = asyncio.ensure_future(storage.write(lambda _conn: let_go.wait(30)))
    frame = "x" * 45_000
    for _ in range(2):
        log.append("CP1", now, "in", "", frame)
    writing = asyncio.ensure_future(log.flush())
    while storage.waiting < 2:  # noqa: ASYNC110 -- what is waited for has no event of its own
        await asyncio.sleep(0)
    log.append("CP1", now, "in", "", frame)
    assert log.dropped == 1, "as many as may be are being written"
    let_go.set()
    await stalled
    await writing
    log.append("CP1", now, "in", "", frame)
    assert log.dropped == 3, "those being written had no table to go to"


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_once_the_log_has_kept_up_it_says_again_that_it_is_behind(database_url, now, backend):
    log = await open_message_log(database_url, max_waiting=10, interval_s=3600)
    with structlog.testing.capture_logs() as lines:
        for overload in (True, True, False, True):
            fill(log, now, 20 if overload else 5)
            await log.flush()
    assert len(lines) == 2
    assert log.dropped == 30
    await log.close()
