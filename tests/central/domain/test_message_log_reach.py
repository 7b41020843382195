"""A search of the message log reads only so much at once, and goes on where it has stopped."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from central.domain import logged_frames
from central.domain.logged_frames_search import FrameQuery, Reach, search
from central.domain.message_log import open_message_log

START = datetime(2026, 1, 1, tzinfo=UTC)
# The frames of rows of one charger: whether each is looked for.
ROWS = st.lists(st.lists(st.booleans(), min_size=1, max_size=4), max_size=12)


@pytest.fixture
async def log(database_url):
    # So long an interval that only the tests write.
    log = await open_message_log(database_url, interval_s=3600)
    yield log
    await log.close()


async def write(log, now, first, count, charger="CP1"):
    """Write rows of two frames each; each tenth row has a needle."""
    for number in range(first, first + count):
        at = now + timedelta(seconds=number)
        what = "needle" if number % 10 == 0 else "hay"
        log.append(charger, at, "in", "A", f"{what} {number}")
        log.append(charger, at, "out", "A", f"answer {number}")
        await log.flush()


async def test_pages_find_all_that_is_rare_exactly_once_while_frames_keep_coming_in(log, now):
    await write(log, now, 0, 60)
    log.reach = Reach(rows=7)
    found, pages, cursor = [], 0, None
    while pages == 0 or cursor is not None:
        page = await log.search("CP1", text="needle", before_cursor=cursor)
        found += [one.frame for one in page.frames]
        pages, cursor = pages + 1, page.cursor
        await write(log, now, 60 + 10 * pages, 10)
        await write(log, now, 0, 3, "CP2")
    assert found == [f"needle {number}" for number in (50, 40, 30, 20, 10, 0)]
    assert pages == 9, "7 rows each"


async def test_a_page_may_be_empty_and_go_on(log, now):
    await write(log, now, 0, 8)
    log.reach = Reach(rows=5)
    page = await log.search("CP1", text="needle")
    assert page.frames == []
    page = await log.search("CP1", text="needle", before_cursor=page.cursor)
    assert ([one.frame for one in page.frames], page.cursor) == (["needle 0"], None)


async def test_rows_of_others_and_of_other_times_are_not_read(log, now):
    await write(log, now, 0, 3)
    await write(log, now, 0, 20, "CP2")
    await write(log, now + timedelta(hours=1), 1, 9)
    log.reach = Reach(rows=4)
    page = await log.search("CP1", text="needle", before=now + timedelta(minutes=30))
    assert ([one.frame for one in page.frames], page.cursor) == (["needle 0"], None)


async def test_long_frames_end_a_page_sooner(log, now):
    for number in range(10):
        log.append("CP1", now + timedelta(seconds=number), "in", "A", f"{number}" + "x" * 1_000)
        await log.flush()
    log.reach = Reach(characters=2_500)
    page = await log.search("CP1")
    assert [one.frame[0] for one in page.frames] == ["9", "8", "7"]
    log.reach = Reach(characters=1)
    page = await log.search("CP1", before_cursor=page.cursor)
    assert [one.frame[0] for one in page.frames] == ["6"], "one row at least: it goes on"


async def test_a_search_goes_on_where_rows_were_forgotten_meanwhile(log, now):
    await write(log, now, 0, 30)
    page = await log.search("CP1", limit=5)
    await log.purge(now + timedelta(seconds=28))
    page = await log.search("CP1", before_cursor=page.cursor)
    assert ([one.frame for one in page.frames], page.cursor) == ([], None)


@settings(deadline=None)
@given(st.data(), ROWS, st.integers(1, 5), st.integers(1, 5), st.integers(1, 500))
def test_pages_are_the_whole_however_they_are_cut(data, rows, limit, reach, characters):
    engine = create_engine("sqlite://")
    query = FrameQuery("CP1", None, None, None, None, "needle")
    count = 0

    def written(conn, rows):
        nonlocal count
        texts = []
        for row in rows:
            frames = []
            for wanted in row:
                count += 1
                text = f"{'needle' if wanted else 'hay'} {count}"
                frames.append(("CP1", START + timedelta(seconds=count), "in", "A", text))
                texts += [text] * wanted
            logged_frames.add(conn, frames)
        return texts

    with engine.begin() as conn:
        logged_frames.create_table(conn)
        whole = written(conn, rows)
        found, cursor = [], None
        while True:
            page = search(
                conn, query, before_cursor=cursor, limit=limit, reach=Reach(reach, characters)
            )
            found += [one.frame for one in page.frames]
            cursor = page.cursor
            if cursor is None:
                break
            written(conn, data.draw(ROWS.filter(lambda rows: len(rows) < 3)))
    assert found == whole[::-1]
