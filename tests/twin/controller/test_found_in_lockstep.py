"""What random courses of events have found, beside the firmware that went through the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from twin.link.pins import PilotMode
from twin.process import FaultCode, Memory, Phase, PilotState


@pytest.fixture
def socket(make_bench: Callable[..., Any]) -> Any:
    bench = make_bench(kind="socket", lock=True)
    bench.cable(220.0)
    bench.run(300)
    return bench


def test_a_trip_counts_with_a_welded_contactor_too(bench: Any) -> None:
    bench.charge()
    bench.welded = [True, False]
    bench.pilot = "B"
    bench.run(1_000)
    assert not bench.coil
    bench.leak = True
    bench.run(50)
    assert bench.faults == {FaultCode.CONTACTOR_WELDED, FaultCode.RESIDUAL_CURRENT}


def test_a_vehicle_that_is_there_at_a_reset_gets_its_three_seconds_before_pwm(bench: Any) -> None:
    bench.charge()
    reset_us = bench.now_us
    bench.controller.reset(reset_us, Memory())
    bench.run(3_000)
    assert bench.phase is Phase.PLUGGED
    assert bench.outputs.pilot_mode is PilotMode.STEADY_POSITIVE
    bench.run(20)
    assert bench.outputs.pilot_mode is PilotMode.PWM


def test_one_that_comes_after_a_reset_waits_for_nothing(bench: Any) -> None:
    bench.command(permitted=True, limit_a=16.0)
    bench.run(500)
    bench.plug("B")
    bench.run(50)
    assert bench.outputs.pilot_mode is PilotMode.PWM


def test_a_cable_that_is_pulled_in_state_f_is_no_wrong_cable(socket: Any) -> None:
    socket.plug("B")
    socket.run(1_000)
    socket.command(available=False)
    socket.run(1_000)
    socket.pilot = "A"
    socket.cable(None)
    socket.run(1_000)
    assert socket.report.state is PilotState.F
    assert socket.faults == set()


def test_a_pole_that_is_closed_without_its_coil_locks_the_plug(socket: Any) -> None:
    socket.plug("B")
    socket.run(1_000)
    assert not socket.outputs.lock
    socket.welded = [True, False]
    socket.run(100)
    assert socket.outputs.lock


def test_a_state_that_a_dead_converter_has_seen_last_is_not_believed(bench: Any) -> None:
    bench.plug("B")
    bench.run(1_000)
    bench.pilot = "C"
    bench.inputs.pilot_age_us = 30_000
    bench.run(1_000)
    assert bench.report.state is PilotState.B
    assert bench.faults == {FaultCode.SENSOR_LOST}
    bench.inputs.pilot_age_us = 500
    bench.run(30)
    assert bench.report.state is PilotState.C


def test_a_meter_without_samples_is_no_sag(bench: Any) -> None:
    bench.run(1_000)
    bench.inputs.cycle_n = (0, 0, 0)
    bench.run(2_000)
    assert bench.faults == {FaultCode.SENSOR_LOST}


def test_a_sag_soon_after_the_supply_is_back_counts_at_once(bench: Any) -> None:
    bench.run(1_000)
    bench.inputs.supply_present = False
    bench.run(100)
    bench.inputs.supply_present = True
    bench.run(9_000)
    bench.volts(200.0)
    bench.run(60)
    bench.volts(230.0)
    bench.run(9_000)
    assert bench.faults == {FaultCode.UNDER_VOLTAGE}
    bench.run(1_200)
    assert bench.faults == set()


def test_the_monitor_is_tested_anew_as_soon_as_the_vehicle_pauses(bench: Any) -> None:
    bench.charge()
    bench.pilot = "B"
    bench.run(150)
    tests = [at_us for at_us, outputs in bench.log if outputs.residual_test]
    assert bench.phase is Phase.OFFERING
    assert bench.now_us - tests[-1] < 150_000


def test_a_stop_button_that_nobody_was_charging_for_stops_nobody(bench: Any) -> None:
    bench.command(permitted=True, limit_a=16.0)
    bench.inputs.button_stop = True
    bench.run(100)
    bench.inputs.button_stop = False
    bench.run(100)
    bench.plug("C")
    bench.run(1_000)
    assert bench.coil


def test_an_unlock_of_a_fixed_cable_is_over_with_the_vehicle(bench: Any) -> None:
    bench.charge(amps=0.0)
    bench.command(unlock_count=1)
    bench.run(1_000)
    assert bench.phase is Phase.PLUGGED
    bench.pilot = "A"
    bench.run(100)
    bench.plug("C")
    bench.run(1_000)
    assert bench.coil


def test_a_self_test_that_nobody_waits_for_any_more_tells_nothing(bench: Any) -> None:
    bench.monitor_dead = True
    bench.plug("B")
    bench.command(permitted=True, limit_a=16.0)
    bench.run(500)
    assert bench.outputs.residual_test
    bench.pilot = "A"
    bench.run(3_000)
    assert not bench.outputs.residual_test
    assert (bench.phase, bench.faults) == (Phase.IDLE, set())


def test_the_trip_of_a_self_test_that_was_broken_off_is_not_taken_for_real(bench: Any) -> None:
    bench.plug("B")
    bench.command(permitted=True, limit_a=16.0)
    while not bench.outputs.residual_test:
        bench.run(1)
    bench.command(permitted=False)
    bench.run(2)
    assert not bench.outputs.residual_test
    bench.leak = True
    bench.run(50)
    bench.leak = False
    bench.command(permitted=True)
    bench.run(300)
    assert bench.faults == set()
    bench.pilot = "C"
    bench.run(4_000)
    assert bench.coil


def test_a_cable_whose_resistance_changes_stays_plugged_in(socket: Any) -> None:
    socket.command(permitted=True, limit_a=16.0)
    socket.cable(None)
    socket.run(1_000)
    assert not socket.outputs.lock
    socket.cable(220.0)
    socket.run(150)
    socket.cable(0.0)
    socket.run(60)
    assert socket.outputs.lock
