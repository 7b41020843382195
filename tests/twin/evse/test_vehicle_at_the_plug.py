"""How a vehicle follows the pilot, sleeps, wakes and asks for ventilation."""

from __future__ import annotations

import pytest

from twin.vehicle import Vehicle


def test_the_current_follows_the_duty_at_the_vehicles_own_ramp(build):
    bench = build()
    vehicle = bench.charge(Vehicle("instrument", ramp_a_per_s=2.0, reaction_delay_s=0.5))
    assert bench.evse.current_a("l1") == pytest.approx(vehicle.allowed_a)
    bench.evse.command(limit_a=10.0)
    bench.run(15)
    assert bench.evse.current_a("l1") == pytest.approx(10.0, abs=0.2)
    bench.evse.command(limit_a=16.0)
    bench.run(1)
    assert bench.evse.current_a("l1") < 12.5
    bench.run(10)
    assert bench.evse.current_a("l1") == pytest.approx(16.0, abs=0.2)


def test_a_vehicle_never_draws_more_than_pilot_charger_or_cable_allow(build):
    for model, limit_a in (("renault-zoe-ze50", 20.0), ("bmw-i3-120", 32.0)):
        bench = build()
        vehicle = bench.charge(Vehicle(model, soc_percent=20), limit_a)
        bench.run(60)
        most_a = max(amps for _, amps in bench.trace.edges("current_l1_a"))
        assert most_a <= min(limit_a, vehicle.model.max_a) + 1e-4


def test_a_vehicle_with_a_higher_minimum_does_not_ask_below_it(build):
    bench = build()
    vehicle = bench.charge(Vehicle("renault-zoe-ze50", soc_percent=20), limit_a=7.0)
    assert not vehicle.s2_closed
    assert bench.evse.current_a("l1") == 0.0


def test_pausing_opens_s2_without_current_and_resuming_closes_it(build):
    bench = build()
    vehicle = bench.charge()
    vehicle.pause()
    bench.run(10)
    opened_us = bench.trace.last("s2", 0)
    assert bench.trace.value_at("current_l1_a", opened_us) == pytest.approx(0.0, abs=1e-3)
    vehicle.resume()
    bench.run(30)
    assert bench.evse.current_a("l1") > 15


def test_a_sleeping_vehicle_ignores_the_pwm_until_it_is_woken(build):
    bench = build()
    vehicle = Vehicle("bmw-i3-120", soc_percent=40)
    bench.evse.plug_in(vehicle)
    vehicle.fall_asleep()
    bench.evse.command(permitted=True, limit_a=16.0)
    bench.run(20)
    assert not vehicle.s2_closed
    vehicle.wake_up()
    bench.run(20)
    assert vehicle.s2_closed


def test_state_f_wakes_a_sleeping_vehicle(build):
    bench = build()
    vehicle = Vehicle("bmw-i3-120", soc_percent=40)
    bench.evse.plug_in(vehicle)
    vehicle.fall_asleep()
    bench.run(2)
    bench.evse.command(available=False)
    bench.run(5)
    assert not vehicle.asleep


def test_a_vehicle_falls_asleep_after_its_time_without_an_offer(build):
    bench = build()
    vehicle = Vehicle("bmw-i3-120", sleeps_after_s=600)
    bench.evse.plug_in(vehicle)
    bench.run(590)
    assert not vehicle.asleep
    bench.run(20)
    assert vehicle.asleep


def test_a_bcb_toggle_shows_state_c_for_as_long_as_it_lasts(build):
    bench = build()
    vehicle = Vehicle("bmw-i3-120")
    bench.evse.plug_in(vehicle)
    bench.run(2)
    start_us = bench.clock.now_us
    vehicle.toggle_bcb(300_000)
    bench.run(2)
    edges = bench.trace.edges("pilot_high_mv", after_us=start_us)
    assert [at - start_us for at, _ in edges] == [0, 300_000]
    with pytest.raises(ValueError, match="S2 open"):
        Vehicle().toggle_bcb()


def test_asking_for_ventilation_shows_state_d(build):
    bench = build(ventilation=True)
    vehicle = bench.charge()
    vehicle.request_ventilation()
    assert bench.evse.pilot_mv()[0] == pytest.approx(2930, abs=5)
    vehicle.request_ventilation(False)
    assert bench.evse.pilot_mv()[0] == pytest.approx(5995, abs=3)


def test_the_vehicle_stops_within_100_ms_of_losing_the_pilot(build):
    bench = build()
    bench.charge()
    bench.evse.inject("contactor_welded", pole="l1")
    lost_us = bench.clock.now_us
    bench.evse.inject("pilot_open")
    bench.run(3)
    ended_us = bench.trace.first("current_l1_a", 0.0, after_us=lost_us)
    assert ended_us is not None
    assert ended_us - lost_us < 300_000


def test_an_outage_ends_the_current_at_once_and_it_comes_back_by_ramp(build):
    bench = build()
    bench.charge()
    bench.evse.inject("supply_outage")
    assert bench.evse.current_a("l1") == 0.0
    bench.run(5)
    bench.evse.clear("supply_outage")
    bench.run(60)
    assert bench.evse.current_a("l1") > 15
