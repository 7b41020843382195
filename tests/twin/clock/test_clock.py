"""The virtual clock: order, cancelling, and standing where it was told to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.clock import TICK, Clock


def test_actions_run_in_order_of_time_then_priority_then_asking():
    clock, seen = Clock(), []
    clock.at(5, lambda: seen.append("tick"), TICK)
    clock.at(5, lambda: seen.append("first plant event"))
    clock.at(5, lambda: seen.append("second plant event"))
    clock.at(3, lambda: seen.append("earlier"))
    clock.run_until(10)
    assert seen == ["earlier", "first plant event", "second plant event", "tick"]


def test_a_cancelled_action_neither_runs_nor_moves_time():
    clock, seen = Clock(), []
    handle = clock.at(5, lambda: seen.append("never"))
    clock.at(9, lambda: seen.append(clock.now_us))
    handle.cancel()
    handle.cancel()
    assert clock.peek_us() == 9
    clock.step()
    assert seen == [9]
    assert not handle.pending


def test_an_idle_clock_has_nothing_to_peek_at_and_still_runs_to_a_time():
    clock = Clock()
    assert clock.peek_us() is None
    clock.run_until(7)
    assert clock.now_us == 7


def test_run_until_includes_what_happens_at_that_very_instant():
    clock, seen = Clock(), []
    clock.at(7, lambda: clock.at(7, lambda: seen.append("asked for at the last moment")))
    clock.run_until(7)
    assert seen == ["asked for at the last moment"]


def test_the_past_is_refused_and_names_both_times():
    clock = Clock(start_us=100)
    with pytest.raises(ValueError, match=r"99 us is in the past: it is 100 us now"):
        clock.at(99, lambda: None)


def test_whoever_acts_from_outside_acts_after_the_ticks_of_that_instant():
    clock, seen = Clock(), []
    clock.at(5, lambda: seen.append(clock.before_ticks))
    clock.at(5, lambda: seen.append(clock.before_ticks), TICK)
    clock.run_until(5)
    assert seen == [True, False]
    assert not clock.before_ticks


def test_a_generator_of_simpy_runs_among_the_actions():
    clock, seen = Clock(), []

    def process():
        yield clock.env.timeout(4)
        seen.append(clock.now_us)

    clock.env.process(process())
    clock.at(3, lambda: seen.append(clock.now_us))
    clock.at(5, lambda: seen.append(clock.now_us))
    clock.run_until(6)
    assert seen == [3, 4, 5]


@given(st.lists(st.integers(min_value=0, max_value=1_000_000), max_size=50))
def test_time_never_runs_backwards_and_stays_an_integer(times):
    clock, seen = Clock(), []
    for time_us in times:
        clock.at(time_us, lambda: seen.append(clock.now_us))
    clock.run_for(1_000_000)
    assert seen == sorted(times)
    assert all(type(value) is int for value in seen)
