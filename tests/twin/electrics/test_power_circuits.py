"""Proximity, supply, contactor, residual current, meter and temperature, each by itself."""

from __future__ import annotations

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.electrics import proximity
from twin.electrics.contactor import Contactor, Pole, next_zero_us
from twin.electrics.load import Constant, Ramp
from twin.electrics.meter import Meter
from twin.electrics.residual_current import DEVICE_CURVE, MONITOR_CURVE, Delay, trip_time_us
from twin.electrics.supply import Supply
from twin.electrics.thermal import ThermalNode
from twin.vehicle.onboard_charger import Inlet, OnboardCharger, Taper


@pytest.mark.parametrize(
    ("ohm", "millivolt"), [(None, 3300), (1500, 1980), (680, 1336), (220, 595), (100, 300), (0, 0)]
)
def test_the_proximity_pin_shows_the_divider_of_the_cables_resistor(ohm, millivolt):
    assert proximity.voltage_mv(ohm) == millivolt


def test_a_cable_without_code_is_refused():
    with pytest.raises(ValueError, match="16 A has no proximity code"):
        proximity.resistance_ohm(16)


def test_a_lost_neutral_lifts_two_phases_above_110_percent_and_lowers_the_third():
    supply = Supply()
    supply.shift_v = 60.0
    supply.refresh()
    first, second, third = supply.open_v
    assert first == pytest.approx(170.0)
    assert second == pytest.approx(third)
    assert second > 1.1 * 230


@pytest.mark.parametrize(("towards", "volts"), [(0, 170.0), (1, 265.1), (2, 265.1)])
def test_a_lost_neutral_upstream_lifts_or_lowers_a_single_phase(towards, volts):
    supply = Supply(phases=1)
    supply.shift_v, supply.shift_towards = 60.0, towards
    supply.refresh()
    assert supply.open_v == (pytest.approx(volts, abs=0.1), 0.0, 0.0)


@pytest.mark.parametrize(
    ("loaded", "volts"),
    [
        ((), (230.0, 230.0, 230.0)),
        ((0, 1, 2), (230.0, 230.0, 230.0)),
        ((0,), (0.0, 398.4, 398.4)),
        ((0, 1), (199.2, 199.2, 345.0)),
    ],
)
def test_with_its_own_neutral_open_a_three_phase_supply_has_the_star_point_of_its_load(
    loaded, volts
):
    supply = Supply()
    supply.neutral_open, supply.loaded = True, loaded
    supply.refresh()
    assert supply.open_v == pytest.approx(volts, abs=0.1)


def test_with_its_own_neutral_open_a_single_phase_supply_is_dead():
    supply = Supply(phases=1)
    supply.neutral_open = True
    supply.refresh()
    assert supply.open_v == (0.0, 0.0, 0.0)
    assert not supply.alive


def test_a_single_phase_supply_has_one_line():
    assert Supply(phases=1).open_v == (230.0, 0.0, 0.0)


@pytest.mark.parametrize("gone", ["outage", "tripped", "off"])
def test_a_dead_supply_has_no_voltage_anywhere(gone):
    supply = Supply()
    setattr(supply, gone, True)
    supply.refresh()
    assert supply.open_v == (0.0, 0.0, 0.0)
    assert not supply.alive


def test_an_armature_follows_its_coil_unless_it_is_stuck():
    contactor = Contactor({"n": Pole(), "l1": Pole()})
    assert contactor.moves_after_us() is None
    contactor.coil = True
    assert contactor.moves_after_us() == contactor.close_us
    contactor.stuck_open = True
    assert contactor.moves_after_us() is None


def test_the_mirror_contact_is_open_only_while_every_pole_is():
    # IEC 60947-4-1 Annex F
    contactor = Contactor({"l2": Pole(), "l3": Pole()})
    assert contactor.mirror_open
    contactor.poles["l3"].touching = True
    assert not contactor.mirror_open
    contactor.poles["l3"].touching = False
    contactor.closed = True
    assert not contactor.mirror_open


@given(
    st.integers(min_value=0, max_value=500),
    st.integers(min_value=1, max_value=100_000),
    st.integers(min_value=0, max_value=10**9),
)
def test_a_pole_touches_late_bounces_and_comes_to_rest_closed(lag_us, bounce_us, armature_us):
    edges = Pole(lag_us, 0, bounce_us).edges(armature_us, closes=True)
    assert [touches for _, touches in edges] == [True, False, True, False, True]
    assert [at for at, _ in edges] == sorted(at for at, _ in edges)
    assert edges[0][0] == armature_us + lag_us
    assert edges[-1][0] == armature_us + lag_us + bounce_us


def test_a_pole_parts_once():
    assert Pole(100, 200, 1500).edges(1000, closes=False) == ((1200, False),)


@given(
    st.integers(min_value=0, max_value=10**9),
    st.integers(min_value=0, max_value=19_999),
    st.integers(min_value=0, max_value=2),
)
def test_a_current_zero_is_never_more_than_half_a_cycle_away(now_us, phase_us, line):
    zero_us = next_zero_us(now_us, 20_000, phase_us, line)
    assert 0 <= zero_us - now_us < 10_000
    assert (zero_us - phase_us - line * 20_000 // 3) % 10_000 == 0


@pytest.mark.parametrize(
    ("curve", "current_ma", "limit_us"),
    [
        (MONITOR_CURVE, 6.0, 10e6),
        (MONITOR_CURVE, 60.0, 0.3e6),
        (MONITOR_CURVE, 200.0, 0.1e6 - 42_000),
        (DEVICE_CURVE, 30.0, 300_000),
        (DEVICE_CURVE, 60.0, 150_000),
        (DEVICE_CURVE, 150.0, 40_000),
    ],
)
def test_trip_times_stay_inside_the_standards_even_when_slow(curve, current_ma, limit_us):
    # IEC 62955 (end to end, less firmware, release and arc) and IEC 61008.
    assert 1.3 * trip_time_us(curve, current_ma) <= limit_us


@given(st.floats(min_value=4.5, max_value=1000), st.floats(min_value=1.01, max_value=3))
def test_a_larger_current_never_trips_later(current_ma, more):
    assert trip_time_us(MONITOR_CURVE, more * current_ma) <= trip_time_us(MONITOR_CURVE, current_ma)


def test_a_current_that_changes_on_the_way_counts_for_its_share_of_the_way():
    delay = Delay(MONITOR_CURVE, 4.5)
    assert delay.set_current(0, 6.0) == 1_000_000
    assert delay.set_current(500_000, 60.0) == 500_000 + 60_000
    assert delay.set_current(510_000, 4.0) is None
    assert delay.set_current(600_000, 6.0) == 1_600_000


def test_the_meter_counts_with_its_gain_and_in_whole_steps():
    meter = Meter(1.01, 1.02, 1.0, resolution_ws=3.6)
    assert meter.power_gain == pytest.approx(1.0302)
    assert meter.whole_ws(10.0) == pytest.approx(7.2)
    meter.dead = True
    assert meter.energy_gain == 0.0


def march(node, leg, seconds, step=0.01):
    celsius = node.celsius
    for index in range(round(seconds / step)):
        current = leg.current((index + 0.5) * step)
        settled = node.ambient_c + node.gain * current * current
        celsius = settled + (celsius - settled) * exp(-step / node.tau_s)
    return celsius


@pytest.mark.parametrize(
    "leg",
    [
        Constant(32.0),
        Ramp(0.0, 0.4, 80.0),
        Taper(OnboardCharger(11e3, 0.92, 100, 0.99), Inlet(690.0, 0.4), 400.0, 25.0, 60.0, 80.0),
    ],
    ids=["constant", "ramp", "taper"],
)
def test_the_temperature_agrees_with_the_marched_equation_on_every_leg(leg):
    node = ThermalNode(0.02, 12.0, 90.0, 20.0)
    node.celsius = 35.0
    assert node.after(leg, 80.0) == pytest.approx(march(node, leg, 80.0), abs=1e-3)


@given(
    st.floats(min_value=0, max_value=80),
    st.floats(min_value=-20, max_value=90),
    st.floats(min_value=25, max_value=85),
)
def test_a_steady_current_leaves_a_temperature_band_exactly_when_it_says(amps, celsius, high_c):
    node = ThermalNode(0.001, 12.0, 900.0, 20.0)
    node.celsius = celsius
    if celsius > high_c:
        return
    leaves_s = node.leaves_s(celsius, -100.0, high_c, amps, amps)
    if leaves_s < 1e7:
        assert node.after(Constant(amps), leaves_s) == pytest.approx(high_c, abs=1e-6)
    else:
        assert node.after(Constant(amps), 1e6) <= high_c + 1e-6


@given(
    st.floats(min_value=0, max_value=60),
    st.floats(min_value=-2, max_value=3),
    st.floats(min_value=0.1, max_value=10),
)
def test_a_ramps_integrals_agree_with_fine_sums(amps, slope, seconds):
    leg, n = Ramp(amps, slope, seconds), 2000
    step = seconds / n
    currents = [leg.current((index + 0.5) * step) for index in range(n)]
    first, second = leg.integrals(0.0, seconds)
    assert first == pytest.approx(step * sum(currents), rel=1e-6, abs=1e-6)
    assert second == pytest.approx(step * sum(c * c for c in currents), rel=1e-5, abs=1e-4)
