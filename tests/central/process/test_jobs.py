"""Periodic work by the business clock."""

import asyncio
import itertools
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from central.domain.clock import ExternalClock, ScaledClock
from central.jobs import Job, Schedule

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


class Recorder:
    """Notes when it ran."""

    def __init__(self):
        self.ran = []

    async def run(self, now):
        self.ran.append(now)


@pytest.fixture
def clock():
    return ExternalClock(NOON)


async def test_a_job_runs_at_once_and_then_when_it_is_due(clock):
    recorder = Recorder()
    schedule = Schedule(clock, [Job("sweep", timedelta(minutes=1), recorder.run)])
    await schedule.run_due()
    await schedule.run_due()
    clock.set(NOON + timedelta(seconds=59))
    await schedule.run_due()
    assert recorder.ran == [NOON]
    clock.set(NOON + timedelta(seconds=60))
    await schedule.run_due()
    assert recorder.ran == [NOON, NOON + timedelta(seconds=60)]


async def test_a_jump_over_many_periods_runs_a_job_once_at_the_new_time(clock):
    recorder = Recorder()
    schedule = Schedule(clock, [Job("sweep", timedelta(minutes=1), recorder.run)])
    await schedule.run_due()
    clock.set(NOON + timedelta(days=7))
    await schedule.run_due()
    assert recorder.ran == [NOON, NOON + timedelta(days=7)]


async def test_a_database_that_fails_costs_a_turn_and_no_other_job(clock):
    recorder = Recorder()
    failures = [OperationalError("SELECT 1", {}, Exception("the disk is full"))]

    async def fails_once(now):
        if failures:
            raise failures.pop()
        await recorder.run(now)

    schedule = Schedule(
        clock,
        [
            Job("first", timedelta(minutes=1), fails_once),
            Job("second", timedelta(minutes=1), recorder.run),
        ],
    )
    await schedule.run_due()
    assert recorder.ran == [NOON]
    clock.set(NOON + timedelta(minutes=1))
    await schedule.run_due()
    assert len(recorder.ran) == 3


async def test_a_bug_in_a_job_is_not_swallowed(clock):
    async def buggy(_now):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Schedule(clock, [Job("buggy", timedelta(minutes=1), buggy)]).run_due()


async def test_a_fast_clock_runs_its_jobs_by_business_time():
    clock = ScaledClock(100_000)
    enough = asyncio.Event()
    ran = []

    async def note(now):
        ran.append(now)
        if len(ran) == 3:
            enough.set()

    schedule = Schedule(clock, [Job("hourly", timedelta(hours=1), note)])
    task = asyncio.create_task(schedule.run_forever())
    await asyncio.wait_for(enough.wait(), 60)
    task.cancel()
    assert all(later - earlier >= timedelta(hours=1) for earlier, later in itertools.pairwise(ran))


async def test_a_clock_that_stands_still_does_not_run_by_itself(clock):
    with pytest.raises(ValueError, match="run_due"):
        await Schedule(clock, []).run_forever()
