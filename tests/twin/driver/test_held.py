"""Held time."""

from __future__ import annotations

import asyncio

import pytest

from twin.clock import Clock
from twin.driver import HeldDriver, WallTimeout


async def test_time_moves_exactly_as_far_as_asked() -> None:
    clock = Clock()
    driver = HeldDriver(clock)
    seen: list[int] = []
    clock.after(1_000, lambda: seen.append(clock.now_us))
    clock.after(3_000, lambda: seen.append(clock.now_us))
    await driver.advance(2_000)
    assert (clock.now_us, seen) == (2_000, [1_000])


async def test_an_event_at_the_very_end_of_an_advance_still_happens() -> None:
    clock = Clock()
    seen: list[int] = []
    clock.after(2_000, lambda: seen.append(clock.now_us))
    await HeldDriver(clock).advance(2_000)
    assert seen == [2_000]


async def test_time_stands_still_while_an_exchange_is_in_flight() -> None:
    clock = Clock()
    driver = HeldDriver(clock)
    seen: list[int] = []

    def send() -> None:
        hold = driver.hold("a call")

        async def answer() -> None:
            for _ in range(50):
                await asyncio.sleep(0)
            seen.append(clock.now_us)
            driver.deliver("CP1", lambda: seen.append(clock.now_us))
            hold.release()

        tasks.append(asyncio.create_task(answer()))

    tasks: list[asyncio.Task[None]] = []
    clock.after(1_000, send)
    for at_us in range(2_000, 900_000, 1_000):
        clock.at(at_us, lambda: None)
    await driver.advance(1_000_000)
    asked_us, answered_us = seen
    assert asked_us == 1_000, "the answer came while time stood still"
    assert 21_000 <= answered_us <= 81_000, "and took effect after a latency"


async def test_the_same_seed_draws_the_same_latencies() -> None:
    def latencies(seed: int) -> list[int]:
        clock = Clock()
        driver = HeldDriver(clock, seed=seed)
        seen: list[int] = []
        for _ in range(10):
            driver.deliver("CP1", lambda: seen.append(clock.now_us))
            clock.run_for(100_000)
        return seen

    assert latencies(1) == latencies(1)
    assert latencies(1) != latencies(2)


async def test_the_latencies_of_one_lane_do_not_depend_on_another() -> None:
    def latencies(other: bool) -> list[int]:
        clock = Clock()
        driver = HeldDriver(clock)
        seen: list[int] = []
        for _ in range(5):
            if other:
                driver.deliver("CP2", lambda: None)
            driver.deliver("CP1", lambda: seen.append(clock.now_us))
            clock.run_for(100_000)
        return seen

    assert latencies(other=True) == latencies(other=False)


async def test_messages_of_one_lane_are_delivered_in_order() -> None:
    clock = Clock()
    driver = HeldDriver(clock)
    seen: list[int] = []
    for number in range(50):
        driver.deliver("CP1", lambda number=number: seen.append(number))  # type: ignore[misc]
    await driver.advance(100_000)
    assert seen == list(range(50))


async def test_an_advance_until_stops_at_the_very_instant() -> None:
    clock = Clock()
    driver = HeldDriver(clock)
    seen: list[int] = []
    clock.after(123_457, lambda: seen.append(1))
    clock.after(123_458, lambda: seen.append(2))
    assert await driver.advance_until(lambda: bool(seen), 1_000_000)
    assert (clock.now_us, seen) == (123_457, [1])


async def test_an_advance_until_in_vain_moves_all_the_way_and_says_so() -> None:
    clock = Clock()
    driver = HeldDriver(clock)
    assert not await driver.advance_until(lambda: False, 5_000)
    assert clock.now_us == 5_000


async def test_an_exchange_that_hangs_is_inconclusive_and_named() -> None:
    driver = HeldDriver(Clock(), wall_timeout_s=0.01)
    with driver.hold("Heartbeat of CP1"), pytest.raises(WallTimeout, match="Heartbeat of CP1"):
        await driver.advance(1_000)


async def test_unheld_time_passes_over_a_call_that_is_never_answered() -> None:
    clock = Clock()
    driver = HeldDriver(clock, wall_timeout_s=0.01)
    driver.hold("a call", for_answer=True)
    with driver.unheld():
        await driver.advance(60_000_000)
    assert clock.now_us == 60_000_000


async def test_unheld_time_still_waits_for_what_is_the_twins_own_turn() -> None:
    driver = HeldDriver(Clock(), wall_timeout_s=0.01)
    with driver.unheld(), driver.hold("a frame"), pytest.raises(WallTimeout, match="a frame"):
        await driver.advance(1_000)


async def test_in_an_exchange_only_what_is_delivered_moves_time() -> None:
    clock = Clock()
    driver = HeldDriver(clock)
    seen: list[str] = []
    clock.after(500_000, lambda: seen.append("plant"))
    async with driver.exchange():
        driver.deliver("CP1", lambda: seen.append("message"))
    assert seen == ["message"]
    assert 20_000 <= clock.now_us <= 80_000


async def test_an_exchange_may_be_given_time_to_move() -> None:
    clock = Clock()
    driver = HeldDriver(clock)
    done = asyncio.Event()
    clock.after(500_000, done.set)
    clock.after(2_000_000, lambda: None)
    async with driver.exchange(moving_us=1_000_000):
        await done.wait()
    assert clock.now_us == 500_000


async def test_an_exchange_moves_on_for_whoever_the_network_waits_for() -> None:
    clock = Clock()
    driver = HeldDriver(clock)
    seen: list[int] = []

    def asked() -> None:
        demand = driver.demand("an answer that takes 6 s")

        def answer() -> None:
            seen.append(clock.now_us)
            demand.release()

        clock.after(6_000_000, answer)

    async with driver.exchange():
        driver.deliver("CP1", asked)
    assert len(seen) == 1
    assert clock.now_us == seen[0]


async def test_the_harness_hears_the_time_before_an_exchange() -> None:
    heard: list[int] = []

    async def on_exchange(now_us: int) -> None:
        heard.append(now_us)

    clock = Clock()
    driver = HeldDriver(clock, on_exchange=on_exchange)
    await driver.advance(7_000)
    async with driver.exchange():
        pass
    assert heard == [7_000]


async def test_an_error_in_the_twin_reaches_whoever_moves_time() -> None:
    clock = Clock()
    clock.after(10, lambda: [][0])
    with pytest.raises(IndexError):
        await HeldDriver(clock).advance(100)
