"""The battery's closed forms against a marched differential equation and its own books."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.vehicle.battery import Battery, taper_charge_c

CURVE = [(0.0, 330.0), (0.1, 345.0), (0.5, 360.0), (0.9, 395.0), (1.0, 410.0)]


def battery(**changes):
    facts = {
        "capacity_ah": 100.0,
        "curve": CURVE,
        "resistance_ohm": 0.2,
        "max_v": 410.0,
        "cutoff_a": 3.0,
    }
    return Battery(**(facts | changes))


@given(
    st.floats(min_value=0, max_value=350_000),
    st.floats(min_value=100, max_value=50_000),
    st.floats(min_value=1, max_value=3600),
)
def test_charge_after_some_time_and_time_to_a_charge_are_inverse(start_c, power_w, seconds):
    cell = battery()
    end_c = cell.charge_after(start_c, seconds, power_w)
    assert cell.seconds_at_power(start_c, end_c, power_w) == pytest.approx(seconds, abs=1e-6)


@given(st.floats(min_value=0, max_value=0.9), st.floats(min_value=500, max_value=30_000))
def test_a_constant_power_charge_agrees_with_the_marched_equation(share, power_w):
    cell = battery()
    charge = share * cell.capacity_c
    expected = cell.charge_after(charge, 600.0, power_w)
    for _ in range(6000):
        half = charge + 0.05 * cell.current_at_power(charge, power_w)
        charge += 0.1 * cell.current_at_power(half, power_w)
    assert expected == pytest.approx(charge, rel=1e-6)


@given(st.floats(min_value=0, max_value=0.95), st.floats(min_value=500, max_value=30_000))
def test_energy_in_is_energy_stored_plus_what_the_resistance_takes(share, power_w):
    cell, seconds = battery(), 900.0
    start = share * cell.capacity_c
    end = cell.charge_after(start, seconds, power_w)
    lost, steps, charge = 0.0, 900, start
    for _ in range(steps):
        middle = cell.charge_after(charge, 0.5 * seconds / steps, power_w)
        lost += cell.current_at_power(middle, power_w) ** 2 * cell.resistance_ohm * seconds / steps
        charge = cell.charge_after(charge, seconds / steps, power_w)
    stored = cell.stored_ws(end) - cell.stored_ws(start)
    assert power_w * seconds == pytest.approx(stored + lost, rel=1e-6)


def test_the_taper_decays_as_the_marched_equation_does():
    cell = battery()
    start = 0.95 * cell.capacity_c
    now_a, tau_s, _ = cell.taper_piece(start)
    charge = start
    for _ in range(60_000):
        charge += 0.01 * (cell.max_v - cell.open_v(charge)) / cell.resistance_ohm
    assert start + taper_charge_c(now_a, tau_s, 600.0) == pytest.approx(charge, rel=1e-6)


def test_the_taper_begins_where_the_terminals_reach_their_limit():
    cell = battery()
    charge = cell.taper_charge(20_000.0)
    current = cell.current_at_power(charge, 20_000.0)
    assert cell.open_v(charge) + current * cell.resistance_ohm == pytest.approx(cell.max_v)
    assert cell.power_limit_w(charge) == pytest.approx(20_000.0)


@given(st.floats(min_value=0, max_value=1))
def test_charge_and_open_circuit_voltage_are_inverse(share):
    cell = battery()
    charge = share * cell.capacity_c
    assert cell.charge_at(cell.open_v(charge)) == pytest.approx(charge, abs=1e-3)


def test_without_power_nothing_is_ever_reached_and_nothing_changes():
    cell = battery()
    assert cell.seconds_at_power(0.0, 10.0, 0.0) == float("inf")
    assert cell.charge_after(10.0, 100.0, 0.0) == 10.0


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"capacity_ah": 0.0}, "capacity_ah is 0.0"),
        ({"curve": [(0.1, 300.0), (1.0, 400.0)]}, "from state of charge 0 to 1"),
        ({"curve": [(0.0, 300.0), (0.5, 290.0), (1.0, 400.0)]}, "has to rise"),
    ],
)
def test_an_impossible_battery_is_refused_with_the_reason(wrong, says):
    with pytest.raises(ValueError, match=says):
        battery(**wrong)
