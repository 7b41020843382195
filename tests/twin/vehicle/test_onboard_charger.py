"""Losses, line drop and the current in the taper."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.vehicle.onboard_charger import Inlet, OnboardCharger, Taper


def charger():
    return OnboardCharger(11_000.0, 0.92, 100.0, 0.99)


@given(st.floats(min_value=200, max_value=22_000))
def test_battery_power_and_line_power_are_inverse(line_w):
    stage = charger()
    assert stage.line_w(stage.battery_w(line_w)) == pytest.approx(line_w)


def test_the_efficiency_is_the_rated_one_at_rated_power_and_falls_towards_no_load():
    stage = charger()
    assert stage.battery_w(11_000.0) / 11_000.0 == pytest.approx(0.92)
    assert stage.battery_w(1_000.0) / 1_000.0 < 0.9
    assert stage.battery_w(100.0) == 0.0


@given(st.floats(min_value=0.1, max_value=80), st.floats(min_value=0, max_value=0.5))
def test_current_and_power_at_the_inlet_are_inverse(current_a, b):
    inlet = Inlet(690.0, b)
    assert inlet.current_a(inlet.power_w(current_a)) == pytest.approx(current_a)


def test_a_power_that_the_line_cannot_bring_needs_an_infinite_current():
    assert Inlet(230.0, 1.0).current_a(1e6) == float("inf")
    assert Inlet(0.0, 0.0).current_a(1.0) == float("inf")


def test_the_tapers_integrals_agree_with_fine_sums_and_add_up():
    taper = Taper(charger(), Inlet(690.0, 0.4), 400.0, 25.0, 900.0, 9e3)
    n = 20_000
    step = 2700.0 / n
    currents = [taper.current((index + 0.5) * step) for index in range(n)]
    first, second = taper.integrals(0.0, 2700.0)
    assert first == pytest.approx(step * sum(currents), rel=1e-7)
    assert second == pytest.approx(step * sum(c * c for c in currents), rel=1e-7)
    parts = [taper.integrals(0.0, 1000.0), taper.integrals(1000.0, 2700.0)]
    assert first == pytest.approx(parts[0][0] + parts[1][0], rel=1e-9)


@given(st.floats(min_value=1.0, max_value=14.0))
def test_the_taper_reaches_a_current_when_it_says(current_a):
    taper = Taper(charger(), Inlet(690.0, 0.4), 400.0, 25.0, 900.0, 9e3)
    at = taper.reaches(current_a, 0.0)
    assert taper.current(at) == pytest.approx(current_a)
    assert taper.reaches(current_a, at + 1) == float("inf")


def test_losses_beyond_the_efficiency_are_refused():
    with pytest.raises(ValueError, match="leaves nothing"):
        OnboardCharger(1000.0, 0.95, 100.0, 0.99)
    with pytest.raises(ValueError, match="power_factor"):
        OnboardCharger(1000.0, 0.9, 10.0, 1.2)
