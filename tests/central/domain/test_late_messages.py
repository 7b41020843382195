"""A queue that takes longer than the grace: while it comes in, its session is not closed."""

from datetime import timedelta

import pytest

from central.domain import gone_sessions
from central.domain.late_messages import LATE, Backlog, LateMessages
from central.domain.transactions import State

GRACE = timedelta(minutes=15)


@pytest.fixture
def late():
    return LateMessages()


@pytest.fixture
def sweep(bench, late):
    async def sweep():
        return await bench.storage.write(gone_sessions.close_overdue, bench.now, GRACE, late.take())

    return sweep


def test_only_what_is_late_by_a_clock_that_is_right_is_noted(late, now):
    late.note("LIVE", now - LATE + timedelta(microseconds=1), now)
    late.note("AHEAD", now + timedelta(hours=1), now)
    late.note("OFF", now.replace(year=2000), now)
    assert late.take() == {}


def test_the_oldest_and_the_last_arrival_are_given_once(late, now):
    for hours, minutes in ((3, 0), (5, 1), (4, 2)):
        late.note("CP1", now - timedelta(hours=hours), now + timedelta(minutes=minutes))
    assert late.take() == {
        "CP1": Backlog(now - timedelta(hours=5), now + timedelta(minutes=2)),
    }
    assert late.take() == {}


async def test_while_messages_from_before_it_seemed_over_arrive_a_session_waits_for_its_stop(
    bench, late, sweep
):
    started = await bench.start()
    await bench.offline()
    bench.later(days=7)
    await bench.online()
    await bench.status("Available")
    for minutes in range(60):
        bench.later(minutes=1)
        late.note("CP1", bench.now - timedelta(days=7, minutes=-minutes), bench.now)
        assert await sweep() == []
    await bench.stop(started.transaction_id, timestamp=bench.now - timedelta(days=6))
    assert (await bench.session(started.transaction_id)).state == State.CLOSED
    assert await bench.entries() == [("charge", -100, -100)], "no correction was needed"


async def test_the_grace_begins_anew_with_the_last_of_them(bench, late, sweep):
    await bench.start()
    await bench.status("Available")
    bench.later(minutes=10)
    late.note("CP1", bench.now - timedelta(hours=1), bench.now)
    bench.later(minutes=14, seconds=59)
    assert await sweep() == []
    assert await sweep() == [], "what was granted is kept, also over a restart"
    bench.later(seconds=1)
    assert len(await sweep()) == 1


async def test_messages_from_after_it_seemed_over_say_that_its_stop_is_lost(bench, late, sweep):
    await bench.start()
    await bench.status("Available")
    since = bench.now
    bench.later(minutes=14)
    late.note("CP1", since + timedelta(seconds=1), bench.now)
    bench.later(minutes=1)
    assert len(await sweep()) == 1


async def test_the_queue_of_another_charger_is_no_reason_to_wait(bench, late, sweep):
    await bench.start()
    await bench.status("Available")
    bench.later(minutes=15)
    late.note("CP2", bench.now - timedelta(hours=1), bench.now)
    assert len(await sweep()) == 1


async def test_a_late_message_brings_no_closed_session_back(bench, late, sweep):
    started = await bench.start()
    await bench.status("Available")
    bench.later(minutes=15)
    assert len(await sweep()) == 1
    late.note("CP1", bench.now - timedelta(hours=1), bench.now)
    assert await sweep() == []
    assert (await bench.session(started.transaction_id)).state == State.PROVISIONAL
