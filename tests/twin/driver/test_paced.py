"""Paced and wall time, on an event loop whose clock the tests move themselves."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from twin.clock import Clock
from twin.driver import DriverFailed, PacedDriver


class _JumpingSelector(selectors.DefaultSelector):
    """Never waits: the loop's time jumps ahead by what it would have waited."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 1_000.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready and timeout:
            self.now_s += timeout
        return ready


class _JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.jumping = _JumpingSelector()
        super().__init__(self.jumping)

    def time(self) -> float:
        return self.jumping.now_s


Runner = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]


@pytest.fixture
def run() -> Runner:
    """Run a coroutine on a loop whose time passes at once."""

    def runner(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
        with asyncio.Runner(loop_factory=_JumpingLoop) as made:
            made.run(main())

    return runner


@pytest.mark.parametrize(("factor", "wall_s"), [(1.0, 60.0), (20.0, 3.0), (0.5, 120.0)])
def test_a_minute_of_the_twin_takes_a_minute_through_the_factor(
    run: Runner, factor: float, wall_s: float
) -> None:
    async def main() -> None:
        clock = Clock()
        loop = asyncio.get_running_loop()
        async with PacedDriver(clock, factor=factor) as driver:
            before_s = loop.time()
            await driver.advance(60_000_000)
            assert loop.time() - before_s == pytest.approx(wall_s, rel=0.01)
            assert clock.now_us == 60_000_000

    run(main)


def test_events_happen_at_their_instant_of_wall_time(run: Runner) -> None:
    async def main() -> None:
        clock = Clock()
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        seen: list[float] = []
        for at_s in (1, 2, 30):
            clock.at(at_s * 1_000_000, lambda: seen.append(loop.time() - began_s))
        async with PacedDriver(clock, factor=10) as driver:
            await driver.advance(40_000_000)
        assert seen == pytest.approx([0.1, 0.2, 3.0], abs=0.01)

    run(main)


def test_a_message_takes_effect_at_the_instant_it_arrives(run: Runner) -> None:
    async def main() -> None:
        clock = Clock()
        seen: list[int] = []
        async with PacedDriver(clock, factor=10) as driver:
            await asyncio.sleep(2)
            driver.deliver("CP1", lambda: seen.append(clock.now_us))
            await driver.advance(1_000_000)
        assert seen == [pytest.approx(20_000_000, rel=0.01)]

    run(main)


def test_time_goes_on_while_a_call_is_in_flight(run: Runner) -> None:
    async def main() -> None:
        clock = Clock()
        async with PacedDriver(clock, factor=10) as driver:
            with driver.hold("a call"):
                await driver.advance(5_000_000)
            assert clock.now_us == 5_000_000

    run(main)


def test_an_advance_until_ends_when_it_comes_true(run: Runner) -> None:
    async def main() -> None:
        clock = Clock()
        seen: list[int] = []
        clock.after(3_000_000, lambda: seen.append(1))
        clock.after(3_500_000, lambda: seen.append(2))
        async with PacedDriver(clock, factor=10) as driver:
            assert await driver.advance_until(lambda: bool(seen), 10_000_000)
            assert seen == [1]
            assert not await driver.advance_until(lambda: False, 1_000_000)

    run(main)


def test_an_error_in_the_twin_reaches_whoever_waits(run: Runner) -> None:
    async def main() -> None:
        clock = Clock()
        clock.after(1_000, lambda: [][0])
        driver = PacedDriver(clock)
        with pytest.raises(DriverFailed) as caught:
            async with driver:
                await driver.advance(1_000_000)
        assert isinstance(caught.value.__cause__, IndexError)

    run(main)


@pytest.mark.parametrize("factor", [0.0, -1.0, float("nan")])
def test_a_speed_that_is_none_is_refused(factor: float) -> None:
    with pytest.raises(ValueError, match="factor above 0"):
        PacedDriver(Clock(), factor=factor)
