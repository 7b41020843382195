"""The message log finds what belongs together, and stays within its size."""

import sqlite3
from datetime import timedelta

import pytest

from central.domain import logged_frames
from central.domain.logged_frames_search import FrameQuery, Reach, search
from central.domain.message_log import log_path, open_message_log
from central.domain.storage import parse_url


@pytest.fixture
async def log(database_url):
    # So long an interval that only the tests write.
    log = await open_message_log(database_url, interval_s=3600)
    yield log
    await log.close()


def ms(now, count):
    return now + timedelta(milliseconds=count)


async def test_a_call_is_found_with_its_answer_and_how_long_that_took(log, now):
    log.append("CP1", now, "in", "Heartbeat", '[2,"7","Heartbeat",{}]')
    # The same id the other way: unique ids are each side's own.
    log.append("CP1", ms(now, 1), "out", "Reset", '[2,"7","Reset",{"type":"Soft"}]')
    log.append("CP1", ms(now, 3), "out", "Heartbeat", '[3,"7",{"currentTime":"now"}]')
    log.append("CP1", ms(now, 9), "in", "Reset", '[4,"7","NotSupported","",{}]')
    await log.flush()
    found = (await log.search("CP1")).frames
    assert [(one.direction, one.answer, one.latency_us) for one in found] == [
        ("in", None, 8_000),
        ("out", None, 3_000),
        ("out", '[4,"7","NotSupported","",{}]', 8_000),
        ("in", '[3,"7",{"currentTime":"now"}]', 3_000),
    ]


async def test_an_answer_is_found_that_was_written_later_than_its_call(log, now):
    log.append("CP1", now, "out", "Reset", '[2,"1","Reset",{"type":"Soft"}]')
    await log.flush()
    log.append("CP1", ms(now, 5), "in", "Heartbeat", '[2,"x","Heartbeat",{}]')
    log.append("CP2", ms(now, 6), "in", "", '[3,"1",{}]')
    await log.flush()
    log.append("CP1", ms(now, 900), "in", "Reset", '[3,"1",{"status":"Accepted"}]')
    await log.flush()
    call, answer = reversed((await log.search("CP1", action="Reset")).frames)
    assert (call.answer, call.latency_us) == (answer.frame, 900_000)
    assert answer.latency_us == 900_000
    (unanswered,) = (await log.search("CP1", action="Heartbeat")).frames
    assert (unanswered.answer, unanswered.latency_us) == (None, None)


async def test_frames_are_found_by_direction(log, now):
    for number in range(4):
        log.append("CP1", ms(now, number), ("in", "out")[number % 2], "A", f"frame {number}")
    await log.flush()
    found = (await log.search("CP1", direction="out")).frames
    assert [one.frame for one in found] == ["frame 3", "frame 1"]


async def test_a_clock_that_was_set_back_a_little_hides_no_frame(log, now):
    for second in (0, 10, 4, 12):
        log.append("CP1", now + timedelta(seconds=second), "in", "A", f"frame {second}")
        await log.flush()
    found = await log.search(
        "CP1", not_before=now + timedelta(seconds=5), before=now + timedelta(seconds=12)
    )
    assert [one.frame for one in found.frames] == ["frame 10"]


async def test_the_oldest_frames_beyond_the_size_are_forgotten(log, now):
    for number in range(50):
        log.append("CP1", ms(now, number), "in", "A", f"{number:02d}" + "x" * 1_000)
        await log.flush()
    forgotten = await log.purge_beyond(10_700)
    found = (await log.search("CP1")).frames
    assert forgotten == 39, "one row too many stays rather than one too few"
    assert [one.frame[:2] for one in found] == [f"{number}" for number in range(49, 38, -1)]
    assert await log.purge_beyond(10_700) == 0


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_file_of_an_earlier_version_is_brought_up_to_date(database_url, now, backend):
    path = log_path(parse_url(database_url).path)
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE message_log (id INTEGER PRIMARY KEY AUTOINCREMENT, charge_point_id "
            "VARCHAR(64) NOT NULL, first_at DATETIME NOT NULL, last_at DATETIME NOT NULL, "
            "frames TEXT NOT NULL)"
        )
        connection.execute(
            "INSERT INTO message_log (charge_point_id, first_at, last_at, frames) VALUES ('CP1', "
            "'2026-05-01 00:00:00.000000', '2026-05-01 00:00:00.000000', "
            """'[["2026-05-01T00:00:00Z","in","A","old"]]')"""
        )
    connection.close()
    log = await open_message_log(database_url, interval_s=3600)
    log.append("CP1", now, "in", "A", "new")
    await log.flush()
    assert [one.frame for one in (await log.search("CP1")).frames] == ["new", "old"]
    assert await log.purge_beyond(30) == 1
    assert [one.frame for one in (await log.search("CP1")).frames] == ["new"]
    await log.close()


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize(
    "query",
    [{}, {"before": timedelta(days=-3)}, {"not_before": timedelta(days=-3)}],
)
async def test_a_search_walks_an_index_and_never_the_table(log, storage, now, query, backend):
    times = {name: now + span for name, span in query.items()}
    wanted = FrameQuery("CP1", times.get("not_before"), times.get("before"), None, None, None)
    plans = []

    def explain(conn):
        logged_frames.create_table(conn)
        connection = conn.connection.dbapi_connection
        connection.set_trace_callback(plans.append)
        search(conn, wanted, before_cursor=None, limit=100, reach=Reach())
        connection.set_trace_callback(None)
        return [
            line[3]
            for statement in plans
            if statement.startswith("SELECT")
            for line in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")
        ]

    steps = await storage.write(explain)
    assert steps
    assert all(step.startswith("SEARCH") for step in steps), steps
