"""Components drawn from their bands."""

from __future__ import annotations

import pytest

from twin.process import Phase
from twin.tolerances import draw_evse
from twin.vehicle import Vehicle


@pytest.mark.parametrize("tolerance", ["nominal", "random", "worst"])
def test_every_component_stays_inside_its_band(tolerance):
    for seed in range(200):
        parts = draw_evse(tolerance, seed, 1.0)
        assert 11.4 <= parts.positive_v <= 12.6
        assert -12.6 <= parts.negative_v <= -11.4
        assert 970 <= parts.source_ohm <= 1030
        assert 980 <= 1e6 / parts.pilot_period_us <= 1020
        assert parts.release_us + min(parts.release_lags_us) >= 8_000
        assert parts.release_us + max(parts.release_lags_us) <= 30_000
        assert all(0 <= lag_us <= 500 for lag_us in parts.close_lags_us)
        assert abs(parts.voltage_gain * parts.current_gain - 1) < 0.01


def test_worst_puts_components_at_the_ends_and_random_between():
    ends = {draw_evse("worst", seed, 1.0).positive_v for seed in range(40)}
    assert ends == {11.4, 12.6}
    assert len({draw_evse("random", seed, 1.0).positive_v for seed in range(40)}) == 40
    assert {draw_evse("nominal", seed, 1.0).positive_v for seed in range(40)} == {12.0}


def test_phases_of_ticks_and_mains_are_drawn_whatever_the_tolerance():
    parts = [draw_evse("nominal", seed, 1.0) for seed in range(50)]
    assert len({part.tick_phase_us for part in parts}) > 40
    assert len({part.mains_phase_us for part in parts}) > 40


@pytest.mark.parametrize("tolerance", ["random", "worst"])
@pytest.mark.parametrize("seed", range(12))
def test_a_session_runs_whatever_is_drawn(build, tolerance, seed):
    bench = build(tolerance=tolerance, seed=seed)
    bench.charge(Vehicle("bmw-i3-120", tolerance=tolerance, seed=seed))
    assert bench.evse.report().phase is Phase.CHARGING
    pulled_us = bench.clock.now_us
    bench.evse.unplug()
    bench.run(1)
    assert bench.trace.last("pole_l1", 0) - pulled_us <= 100_000
