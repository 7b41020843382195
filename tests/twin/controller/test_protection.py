"""Residual current, over-current, short-circuit, temperature, earth, sensors: at their limits."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from twin.link.pins import PilotMode
from twin.process import FaultCode, Phase, StopKind

# --- residual current ---


def test_a_trip_opens_at_the_very_tick_that_sees_it(bench: Any) -> None:
    bench.charge()
    bench.monitor_delay_us = 0
    bench.leak = True
    bench.tick()
    assert not bench.coil
    assert bench.faults == {FaultCode.RESIDUAL_CURRENT}
    assert bench.report.last_stop is StopKind.IMMEDIATE


def test_a_residual_current_ends_the_session_until_the_vehicle_is_unplugged(bench: Any) -> None:
    bench.charge()
    bench.leak = True
    bench.run(100)
    bench.leak = False
    bench.run(60_000)
    assert bench.phase is Phase.FAULTED
    bench.pilot = "A"
    bench.run(100)
    assert bench.phase is Phase.IDLE


def test_the_monitor_is_tested_in_b_as_soon_as_there_is_permission(bench: Any) -> None:
    bench.plug("B")
    bench.run(2_000)
    assert not any(outputs.residual_test for _, outputs in bench.log)
    bench.command(permitted=True, limit_a=16.0)
    bench.tick()
    assert bench.outputs.residual_test
    assert bench.ticks_until(lambda: not bench.outputs.residual_test, 1_500) < 100


def test_every_closing_has_a_test_of_its_own_before_it(bench: Any) -> None:
    bench.charge(amps=0.0)
    bench.pilot = "B"
    bench.run(500)
    bench.pilot = "C"
    bench.run(500)
    assert bench.coil
    events = [
        name
        for (_, before), (_, after) in pairwise(bench.log)
        for name, was, now in (
            ("test", before.residual_test, after.residual_test),
            ("close", before.contactor_main, after.contactor_main),
        )
        if now and not was
    ]
    assert events == ["test", "close", "test", "close"]


def test_a_test_serves_for_sixty_seconds(bench: Any) -> None:
    bench.plug("B")
    bench.command(permitted=True, limit_a=16.0)
    bench.run(29_000)  # before the charger tries to wake the vehicle
    tests = sum(outputs.residual_test for _, outputs in bench.log)
    bench.pilot = "C"
    bench.run(500)
    assert bench.coil
    assert sum(outputs.residual_test for _, outputs in bench.log) == tests


def test_a_test_that_is_older_is_made_again(bench: Any) -> None:
    bench.plug("B")
    bench.command(permitted=True, limit_a=16.0)
    bench.run(75_000)
    tests = len([1 for _, outputs in bench.log if outputs.residual_test])
    bench.pilot = "C"
    bench.run(500)
    assert bench.coil
    assert len([1 for _, outputs in bench.log if outputs.residual_test]) > tests


@pytest.mark.parametrize(("delay_us", "passes"), [(740_000, True), (760_000, False)])
def test_the_test_has_to_be_over_within_a_second_and_a_half(
    bench: Any, delay_us: int, passes: bool
) -> None:
    bench.monitor_delay_us = delay_us
    bench.plug("C")
    bench.command(permitted=True, limit_a=16.0)
    bench.run(1_520)
    assert bench.coil is passes
    assert (FaultCode.RESIDUAL_TEST_FAILED in bench.faults) is not passes


def test_a_monitor_that_is_stuck_shows_a_residual_current_and_nothing_closes(bench: Any) -> None:
    bench.leak = True
    bench.plug("C")
    bench.command(permitted=True, limit_a=16.0)
    bench.run(5_000)
    assert not any(outputs.contactor_main for _, outputs in bench.log)
    assert bench.faults == {FaultCode.RESIDUAL_CURRENT}


def test_a_trip_between_test_and_closing_keeps_the_contactor_open(bench: Any) -> None:
    bench.plug("B")
    bench.command(permitted=True, limit_a=16.0)
    bench.run(500)
    bench.leak = True
    bench.run(50)
    bench.pilot = "C"
    bench.run(50)
    assert not any(outputs.contactor_main for _, outputs in bench.log)
    assert bench.faults == {FaultCode.RESIDUAL_CURRENT}


def test_a_dead_monitor_is_tested_anew_for_the_next_vehicle(bench: Any) -> None:
    bench.monitor_dead = True
    bench.plug("C")
    bench.command(permitted=True, limit_a=16.0)
    bench.run(3_000)
    assert bench.faults == {FaultCode.RESIDUAL_TEST_FAILED}
    bench.monitor_dead = False
    bench.pilot = "A"
    bench.run(500)
    bench.plug("C")
    bench.run(500)
    assert bench.coil


# --- over-current, per phase ---


@pytest.mark.parametrize(("amps", "stops"), [(18.1, False), (18.101, True)])
@pytest.mark.parametrize("line", [0, 1, 2])
def test_more_than_a_tenth_and_half_an_ampere_above_the_limit_stops_softly_after_six_seconds(
    bench: Any, line: int, amps: float, stops: bool
) -> None:
    bench.charge(amps=10.0, limit_a=16.0)
    currents = [10.0] * 3
    currents[line] = amps
    bench.amps(*currents)
    bench.run(6_000)
    assert bench.phase is Phase.CHARGING
    bench.run(1_000)
    assert (bench.phase is Phase.STOPPING) is stops
    assert (FaultCode.OVER_CURRENT in bench.faults) is stops
    assert bench.coil


def test_an_over_current_that_pauses_begins_to_count_anew(bench: Any) -> None:
    bench.charge(amps=10.0, limit_a=16.0)
    for _ in range(3):
        bench.amps(20.0)
        bench.run(5_000)
        bench.amps(16.0)
        bench.run(20)
    assert bench.phase is Phase.CHARGING


def test_after_a_reduction_the_old_limit_counts_for_eight_seconds(bench: Any) -> None:
    bench.charge(amps=32.0, limit_a=32.0)
    bench.run(4_000)
    bench.command(limit_a=10.0)
    bench.run(1)
    assert bench.report.offered_a == 10.0
    stopping_ms = bench.ticks_until(lambda: bench.phase is Phase.STOPPING, 16_000)
    assert 14_000 <= stopping_ms + 1 <= 15_000


def test_a_short_circuit_opens_after_a_hundred_milliseconds(bench: Any) -> None:
    bench.charge(amps=16.0, limit_a=32.0)
    bench.amps(16.0, 64.1, 16.0)
    bench.run(100)
    assert bench.coil
    bench.run(1)
    assert not bench.coil
    assert bench.faults == {FaultCode.SHORT_CIRCUIT}


@pytest.mark.parametrize(
    ("limit_a", "amps", "opens"), [(32.0, 64.0, False), (6.0, 32.0, False), (6.0, 32.01, True)]
)
def test_a_short_circuit_is_twice_the_limit_but_never_less_than_twice_sixteen_amps(
    bench: Any, limit_a: float, amps: float, opens: bool
) -> None:
    bench.charge(amps=6.0, limit_a=limit_a)
    bench.amps(amps, 0.0, 0.0)
    bench.run(200)
    assert bench.coil is not opens


def test_the_inrush_of_the_first_second_and_a_half_is_no_short_circuit(bench: Any) -> None:
    bench.plug("C")
    bench.command(permitted=True, limit_a=16.0)
    bench.ticks_until(lambda: bench.coil, 3_000)
    bench.amps(90.0)
    assert bench.ticks_until(lambda: not bench.coil, 2_000) + 1 == 1_550


# --- temperature ---


@pytest.mark.parametrize(
    ("celsius", "offered_a"),
    [(64.9, 32.0), (65.0, 29.4), (66.0, 26.8), (70.0, 16.4), (74.0, 6.0), (74.9, 6.0)],
)
def test_from_65_degrees_the_offer_goes_down_a_step_per_kelvin(
    bench: Any, celsius: float, offered_a: float
) -> None:
    bench.charge(amps=6.0, limit_a=32.0)
    bench.run(5_000)
    bench.celsius(celsius)
    bench.run(1)
    assert bench.report.offered_a == pytest.approx(offered_a)
    assert bench.phase is Phase.CHARGING


def test_the_offer_comes_back_one_kelvin_later_than_it_went(bench: Any) -> None:
    bench.charge(amps=6.0, limit_a=32.0)
    bench.run(5_000)
    for celsius, offered_a in ((67.0, 24.2), (66.0, 24.2), (65.99, 26.8), (63.99, 32.0)):
        bench.celsius(celsius)
        bench.run(5_001)
        assert bench.report.offered_a == pytest.approx(offered_a)


@pytest.mark.parametrize(
    ("celsius", "phase", "coil"),
    [
        (74.99, Phase.CHARGING, True),
        (75.0, Phase.STOPPING, True),
        (84.99, Phase.STOPPING, True),
        (85.0, Phase.RECOVERING, False),
    ],
)
def test_75_degrees_stop_softly_and_85_at_once(
    bench: Any, celsius: float, phase: Phase, coil: bool
) -> None:
    bench.charge()
    bench.celsius(celsius)
    bench.run(1)
    assert (bench.phase, bench.coil) == (phase, coil)


def test_the_hotter_of_both_sensors_counts(bench: Any) -> None:
    bench.charge()
    bench.inputs.temperature_connector_c = 85.0
    bench.run(1)
    assert not bench.coil


def test_charging_resumes_below_60_degrees_and_not_at_60(bench: Any) -> None:
    bench.charge(amps=0.0)
    bench.celsius(80.0)
    bench.run(100)
    bench.celsius(60.0)
    bench.run(20_000)
    assert bench.faults == {FaultCode.OVER_TEMPERATURE}
    bench.celsius(59.9)
    bench.run(3_000)
    assert bench.coil


# --- earth and sensors ---


@pytest.mark.parametrize(("lost_ms", "opens"), [(20, False), (21, True)])
def test_a_lost_earth_opens_after_its_filter(bench: Any, lost_ms: int, opens: bool) -> None:
    bench.charge()
    bench.inputs.earth_sense = False
    bench.run(lost_ms)
    assert bench.coil is not opens


def test_without_earth_the_contactor_never_closes(bench: Any) -> None:
    bench.inputs.earth_sense = False
    bench.plug("C")
    bench.command(permitted=True, limit_a=16.0)
    bench.run(10_000)
    assert not any(outputs.contactor_main for _, outputs in bench.log)
    assert bench.faults == {FaultCode.EARTH_LOST}


@pytest.mark.parametrize(("age_us", "opens"), [(20_000, False), (20_001, True)])
def test_a_stale_pilot_opens_at_once(bench: Any, age_us: int, opens: bool) -> None:
    bench.charge()
    bench.inputs.pilot_age_us = age_us
    bench.run(1)
    assert bench.coil is not opens
    assert (bench.faults == {FaultCode.SENSOR_LOST}) is opens


@pytest.mark.parametrize("sensor", ["plateaus", "cycles", "temperature"])
def test_a_sensor_without_data_opens_within_sixty_milliseconds(bench: Any, sensor: str) -> None:
    bench.charge()
    if sensor == "plateaus":
        bench.pilot_dead = True
    elif sensor == "cycles":
        bench.inputs.cycle_n = (0, 0, 0)
    else:
        bench.inputs.temperature_valid = False
    assert bench.ticks_until(lambda: not bench.coil, 60) == 30
    assert FaultCode.SENSOR_LOST in bench.faults


def test_a_sensor_that_is_away_for_a_moment_moves_nothing(bench: Any) -> None:
    bench.charge()
    bench.pilot_dead = True
    bench.run(29)
    bench.pilot_dead = False
    bench.run(500)
    assert bench.coil


def test_after_a_reset_sensors_have_time_to_come_up(make_bench: Any) -> None:
    bench = make_bench()
    bench.pilot_dead = True
    bench.inputs.cycle_n = (0, 0, 0)
    bench.run(195)
    bench.pilot_dead = False
    bench.inputs.cycle_n = (40, 40, 40)
    bench.run(500)
    assert (bench.phase, bench.faults) == (Phase.IDLE, frozenset())


def test_a_dead_pilot_while_out_of_service_is_noticed(bench: Any) -> None:
    bench.command(available=False)
    bench.run(500)
    bench.pilot_dead = True
    bench.run(40)
    assert bench.faults == {FaultCode.SENSOR_LOST}
    assert bench.outputs.pilot_mode is PilotMode.STEADY_NEGATIVE
