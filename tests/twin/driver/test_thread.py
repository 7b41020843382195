"""The twin's own thread."""

from __future__ import annotations

import asyncio
import threading

import pytest

from twin.clock import Clock
from twin.driver import HeldDriver, TwinThread, WallTimeout


def test_everything_runs_on_the_one_thread_of_the_twin() -> None:
    with TwinThread("bench") as thread:
        names = {thread.call(lambda: threading.current_thread().name) for _ in range(3)}
    assert names == {"bench"}


def test_a_submitted_coroutine_returns_its_result() -> None:
    with TwinThread() as thread:
        clock = thread.call(Clock)
        driver = thread.call(lambda: HeldDriver(clock))
        thread.submit(driver.advance(5_000))
        assert thread.call(lambda: clock.now_us) == 5_000


def test_an_error_reaches_the_caller_as_it_is() -> None:
    with TwinThread() as thread, pytest.raises(ZeroDivisionError):
        thread.call(lambda: 1 // 0)


def test_a_call_that_hangs_is_inconclusive() -> None:
    with TwinThread(wall_timeout_s=0.01) as thread, pytest.raises(WallTimeout):
        thread.submit(asyncio.Event().wait())


def test_an_exchange_of_the_calling_thread_lets_deliveries_in() -> None:
    with TwinThread() as thread:
        clock = Clock()
        driver = thread.call(lambda: HeldDriver(clock))
        seen: list[int] = []
        with thread.exchange(driver):
            thread.call(lambda: driver.deliver("CP1", lambda: seen.append(clock.now_us)))
        assert len(seen) == 1


def test_closing_twice_is_closing_once() -> None:
    thread = TwinThread("closed twice")
    thread.close()
    thread.close()
    assert "closed twice" not in {each.name for each in threading.enumerate()}


def test_what_was_left_running_is_cancelled_at_the_end() -> None:
    ended = threading.Event()

    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def leave_behind() -> None:
        tasks.append(asyncio.create_task(hang()))
        await asyncio.sleep(0)

    tasks: list[asyncio.Task[None]] = []
    with TwinThread() as thread:
        thread.submit(leave_behind())
    assert ended.is_set()
