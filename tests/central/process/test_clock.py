"""Business time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.domain.clock import (
    EXTERNAL_EPOCH,
    ClockError,
    ExternalClock,
    ScaledClock,
    WallClock,
    make_clock,
)

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def test_wall_time_is_utc_and_the_machine_s():
    before = datetime.now(UTC)
    now = WallClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta(0)


def test_a_scaled_clock_runs_by_its_factor_from_its_start():
    ticks = [0]
    clock = ScaledClock(20, start=NEW_YEAR, monotonic_ns=lambda: ticks[0])
    ticks[0] = 3_000_000_000
    assert clock.now() == NEW_YEAR + timedelta(minutes=1)


@given(st.floats(0.001, 100_000), st.lists(st.integers(0, 10**15), min_size=2))
def test_a_scaled_clock_never_goes_back(factor, ticks):
    now = [0]
    clock = ScaledClock(factor, start=NEW_YEAR, monotonic_ns=lambda: now[0])
    seen = []
    for tick in sorted(ticks):
        now[0] = tick
        seen.append(clock.now())
    assert seen == sorted(seen)


def test_a_scaled_clock_goes_on_where_the_last_run_had_come_to():
    clock = ScaledClock(20, start=NEW_YEAR, monotonic_ns=lambda: 0)
    clock.start_no_earlier_than(NEW_YEAR + timedelta(days=3))
    assert clock.now() == NEW_YEAR + timedelta(days=3)
    clock.start_no_earlier_than(NEW_YEAR)
    assert clock.now() == NEW_YEAR + timedelta(days=3)


def test_an_external_clock_stands_still_until_it_is_set():
    clock = ExternalClock()
    assert clock.now() == EXTERNAL_EPOCH
    clock.set(NEW_YEAR)
    assert clock.now() == NEW_YEAR


def test_an_external_clock_takes_any_zone_and_keeps_utc():
    clock = ExternalClock()
    clock.set(datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now() == NEW_YEAR
    assert clock.now().tzinfo is UTC


def test_an_external_clock_may_be_set_to_the_time_it_has():
    clock = ExternalClock(NEW_YEAR)
    clock.set(NEW_YEAR)
    assert clock.now() == NEW_YEAR


@given(st.timedeltas(timedelta(microseconds=1), timedelta(days=700_000)))
def test_an_external_clock_refuses_to_go_back_and_stays_where_it_is(step):
    clock = ExternalClock(NEW_YEAR)
    with pytest.raises(ClockError, match="never goes back"):
        clock.set(NEW_YEAR - step)
    assert clock.now() == NEW_YEAR


def test_a_time_without_zone_is_refused():
    clock = ExternalClock()
    with pytest.raises(ClockError, match="Z"):
        clock.set(datetime(2026, 1, 1))  # noqa: DTZ001
    assert clock.now() == EXTERNAL_EPOCH


def test_the_command_line_names_every_clock():
    assert make_clock("wall").factor == 1.0
    assert make_clock("x20").factor == 20.0
    assert make_clock("x0.5").factor == 0.5
    assert make_clock("external").factor is None


@pytest.mark.parametrize("name", ["", "x", "x0", "x-1", "xinf", "20", "x1e400", "X20", "sun"])
def test_any_other_clock_is_refused_in_one_line(name):
    with pytest.raises(ClockError) as refused:
        make_clock(name)
    assert "\n" not in str(refused.value)
