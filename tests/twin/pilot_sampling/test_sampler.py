"""The sampler on its own: blocks, ends of the range, what it says of itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.control.pilot_sampler import FULL_CODE, PilotSampler


def code_of(millivolts: float) -> int:
    return round((millivolts + 15_000) * FULL_CODE / 30_000)


def pwm(high_mv: int, low_mv: int, high: int, low: int, count: int) -> list[int]:
    period = [code_of(high_mv)] * high + [code_of(low_mv)] * low
    return (period * (count // len(period) + 1))[:count]


def reading(sampler: PilotSampler) -> tuple[int, int, int, int]:
    return sampler.high_mv, sampler.low_mv, sampler.n_high, sampler.n_low


@given(blocks=st.lists(st.integers(1, 1500), min_size=3, max_size=12))
def test_the_size_of_the_blocks_does_not_matter(blocks):
    codes = pwm(5995, -12_000, 22, 61, sum(blocks))
    at_once, by_blocks = PilotSampler(), PilotSampler()
    at_once.feed(codes, 1000)
    windows = 0
    for size in blocks:
        windows += by_blocks.feed(codes[:size], 1000)
        del codes[:size]
    assert reading(by_blocks) == reading(at_once)
    assert (windows > 0) == (sum(blocks) >= by_blocks.window)


def test_a_block_that_ends_a_window_says_so_and_dates_it():
    sampler = PilotSampler()
    codes = pwm(5995, -12_000, 22, 61, sampler.window)
    assert not sampler.feed(codes[:-1], 9_000)
    assert sampler.newest_us < 0
    assert (sampler.n_high, sampler.n_low) == (0, 0)
    assert sampler.feed(codes[-1:], 10_080)
    assert sampler.newest_us == 10_080
    assert reading(sampler)[:2] == (pytest.approx(5995, abs=4), pytest.approx(-12_000, abs=4))


def test_a_window_that_ends_inside_a_block_is_dated_by_its_own_last_sample():
    sampler = PilotSampler()
    assert sampler.feed(pwm(5995, -12_000, 22, 61, sampler.window + 100), 12_000)
    assert sampler.newest_us == 12_000 - 1_200


@pytest.mark.parametrize(("code", "high_mv"), [(FULL_CODE, 15_000), (code_of(9_000), 9_000)])
def test_one_level_above_0_v_is_an_upper_plateau_and_nothing_else(code, high_mv):
    sampler = PilotSampler()
    sampler.feed([code] * sampler.window, 0)
    assert sampler.high_mv == pytest.approx(high_mv, abs=4)
    assert sampler.n_high > 800
    assert sampler.n_low == 0


def test_the_lowest_code_is_minus_15_v():
    sampler = PilotSampler()
    sampler.feed([0] * sampler.window, 0)
    assert (sampler.low_mv, sampler.n_high) == (-15_000, 0)


@given(high_mv=st.integers(300, 15_000), low_mv=st.integers(-15_000, -300), high=st.integers(1, 82))
def test_levels_without_edges_and_noise_are_read_to_a_step_of_the_converter(high_mv, low_mv, high):
    sampler = PilotSampler()
    sampler.feed(pwm(high_mv, low_mv, high, 83 - high, sampler.window), 0)
    assert sampler.high_mv == pytest.approx(high_mv, abs=5)
    assert sampler.low_mv == pytest.approx(low_mv, abs=5)


def test_a_half_that_shows_in_three_periods_only_is_not_there_and_in_four_it_is():
    for periods, there in ((3, False), (4, True)):
        sampler = PilotSampler()
        low = ([code_of(9_000)] * 70 + [code_of(-12_000)] * 13) * periods
        sampler.feed(low + [code_of(9_000)] * (sampler.window - len(low)), 0)
        assert (sampler.n_low > 0) is there


def test_a_mean_of_two_levels_is_never_told():
    sampler = PilotSampler()
    half = sampler.window // 2
    sampler.feed([code_of(5_995)] * (half - 20) + [code_of(8_979)] * (half + 20), 0)
    assert sampler.high_mv == pytest.approx(8_979, abs=5)


@pytest.mark.parametrize("sample_ns", [4_999, 20_001])
def test_a_sample_distance_that_it_is_not_made_for_is_refused(sample_ns):
    with pytest.raises(ValueError, match="5,000 to 20,000"):
        PilotSampler(sample_ns)
