"""The contactor: when it closes, how it opens, and what its mirror contacts say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from twin.link.pins import PilotMode
from twin.process import FaultCode, Memory, Phase, StopKind


@pytest.mark.parametrize("state", ["B", "C"])
def test_the_contactor_closes_within_three_seconds_of_the_last_condition(
    bench: Any, state: str
) -> None:
    bench.monitor_delay_us = 700_000  # a slow monitor: 1.4 s of test
    bench.plug(state)
    bench.command(permitted=True, limit_a=16.0)
    if state == "B":
        bench.run(2_000)
        bench.pilot = "C"
    assert bench.ticks_until(lambda: bench.coil, 3_000) < 2_900


def test_one_phase_asked_for_closes_one_contactor(bench: Any) -> None:
    bench.command(phases=1)
    bench.charge()
    assert (bench.outputs.contactor_main, bench.outputs.contactor_l2l3) == (True, False)


def test_a_change_of_phases_stops_softly_and_closes_anew(bench: Any) -> None:
    bench.charge()
    assert bench.outputs.contactor_l2l3
    bench.command(phases=1)
    bench.run(100)
    assert bench.phase is Phase.STOPPING
    bench.amps(0.0)
    bench.run(10)
    assert not bench.coil
    bench.run(6_000)
    assert (bench.outputs.contactor_main, bench.outputs.contactor_l2l3) == (True, False)
    assert not any(
        outputs.contactor_l2l3 and not outputs.contactor_main for _, outputs in bench.log
    )


def test_an_offer_for_one_phase_is_withdrawn_before_three_close(bench: Any) -> None:
    bench.command(permitted=True, limit_a=30.0, phases=1)
    bench.pilot = "B"
    bench.run(3_000)
    assert bench.phase is Phase.OFFERING
    bench.command(limit_a=6.5, phases=3)
    bench.run(2)
    assert bench.phase is Phase.PLUGGED
    bench.pilot = "C"
    assert bench.ticks_until(lambda: bench.coil, 6_000) > 2_900
    assert bench.outputs.contactor_l2l3
    assert bench.outputs.pilot_duty_ppm == 108_333, "6.5 A from the start"


def test_a_soft_stop_goes_steady_first_and_opens_when_the_vehicle_has_stopped_drawing(
    bench: Any,
) -> None:
    bench.charge(amps=16.0)
    bench.command(permitted=False)
    bench.run(2_000)
    assert (bench.outputs.pilot_mode, bench.coil) == (PilotMode.STEADY_POSITIVE, True)
    bench.amps(0.2, 1.0, 0.2)
    bench.run(5)
    assert bench.coil
    bench.amps(0.2, 0.999, 0.2)
    bench.run(1)
    assert not bench.coil
    assert bench.report.last_stop is StopKind.SOFT


def test_a_soft_stop_opens_when_the_vehicle_goes_back_to_b(bench: Any) -> None:
    bench.charge(amps=16.0)
    bench.command(permitted=False)
    bench.run(500)
    bench.pilot = "B"
    bench.run(21)
    assert not bench.coil
    assert bench.report.last_stop is StopKind.SOFT


def test_a_vehicle_that_does_not_let_go_is_opened_on_between_six_and_seven_seconds(
    bench: Any,
) -> None:
    bench.charge(amps=16.0)
    bench.command(permitted=False)
    opened_ms = bench.ticks_until(lambda: not bench.coil, 8_000)
    assert 6_000 < opened_ms < 7_000


@pytest.mark.parametrize("cause", ["stop button", "no current", "out of service", "unlock"])
def test_what_a_person_asks_for_is_a_soft_stop(bench: Any, cause: str) -> None:
    bench.charge(amps=16.0)
    if cause == "stop button":
        bench.inputs.button_stop = True
        bench.run(200)
        bench.inputs.button_stop = False
    elif cause == "no current":
        bench.command(limit_a=5.0)
    elif cause == "out of service":
        bench.command(available=False)
    else:
        bench.command(unlock_count=1)
    bench.run(3_000)
    assert (bench.phase, bench.coil) == (Phase.STOPPING, True)
    bench.amps(0.0)
    bench.run(30)
    assert not bench.coil
    assert bench.report.last_stop is StopKind.SOFT


def test_the_start_button_takes_a_local_stop_back(bench: Any) -> None:
    bench.charge(amps=0.0)
    for button in ("button_stop", "button_start"):
        setattr(bench.inputs, button, True)
        bench.run(200)
        setattr(bench.inputs, button, False)
        bench.run(500)
        assert not bench.coil
    bench.run(4_000)
    assert bench.coil


def test_a_stop_button_counts_as_long_as_it_is_held(bench: Any) -> None:
    bench.inputs.button_stop = True
    bench.plug("C")
    bench.command(permitted=True, limit_a=16.0)
    bench.run(5_000)
    assert not bench.coil
    bench.inputs.button_start = True
    bench.run(5_000)
    assert not bench.coil
    bench.inputs.button_start = bench.inputs.button_stop = False
    bench.run(5_000)
    assert not bench.coil
    bench.inputs.button_start = True
    bench.run(5_000)
    assert bench.coil


def test_a_start_button_that_is_stuck_undoes_no_stop(bench: Any) -> None:
    bench.inputs.button_start = True
    bench.charge(amps=0.0)
    bench.inputs.button_stop = True
    bench.run(200)
    bench.inputs.button_stop = False
    bench.run(10_000)
    assert not bench.coil


def test_a_local_stop_ends_with_the_vehicle(bench: Any) -> None:
    bench.charge(amps=0.0)
    bench.inputs.button_stop = True
    bench.run(200)
    bench.inputs.button_stop = False
    bench.run(5_000)
    assert not bench.coil
    bench.pilot = "A"
    bench.run(300)
    bench.plug("C")
    bench.run(500)
    assert bench.coil


@pytest.mark.parametrize("contactor", [0, 1])
def test_a_welded_pole_is_seen_after_the_opening_and_ends_all_sessions(
    bench: Any, contactor: int
) -> None:
    bench.charge(amps=0.0)
    bench.welded[contactor] = True
    bench.command(permitted=False)
    bench.ticks_until(lambda: not bench.coil, 5)
    assert bench.ticks_until(lambda: bool(bench.faults), 400) + 1 == 200
    assert bench.faults == {FaultCode.CONTACTOR_WELDED}
    assert bench.phase is Phase.FAULTED
    bench.pilot = "A"
    bench.run(2_000)
    bench.command(permitted=True)
    bench.plug("C")
    bench.run(20_000)
    assert not bench.coil
    assert bench.controller.memory(bench.now_us).welded


def test_a_slow_contactor_is_not_taken_for_a_welded_one(bench: Any) -> None:
    bench.mirror_delay_us = 190_000
    bench.charge(amps=0.0)
    bench.command(permitted=False)
    bench.run(1_000)
    assert not bench.faults


def test_a_weld_is_remembered_over_a_power_cut_until_it_is_acknowledged(
    make_bench: Callable[..., Any],
) -> None:
    bench = make_bench(memory=Memory(welded=True))
    bench.run(500)
    assert bench.faults == {FaultCode.CONTACTOR_WELDED}
    bench.command(clear_faults_count=1)
    bench.run(5)
    assert bench.phase is Phase.IDLE
    assert not bench.controller.memory(bench.now_us).welded


def test_acknowledging_a_weld_that_is_still_there_clears_nothing(bench: Any) -> None:
    bench.welded[0] = True
    bench.run(300)
    bench.command(clear_faults_count=1)
    bench.run(500)
    assert bench.faults == {FaultCode.CONTACTOR_WELDED}


def test_a_contactor_that_does_not_close_is_seen_within_half_a_second(bench: Any) -> None:
    bench.stuck_open = [True, False]
    bench.plug("C")
    bench.command(permitted=True, limit_a=16.0)
    bench.ticks_until(lambda: bench.coil, 3_000)
    assert bench.ticks_until(lambda: bool(bench.faults), 500) + 1 == 300
    assert bench.faults == {FaultCode.CONTACTOR_STUCK_OPEN}
    assert not bench.coil


def test_the_second_contactor_is_watched_like_the_first(bench: Any) -> None:
    bench.stuck_open = [False, True]
    bench.plug("C")
    bench.command(permitted=True, limit_a=16.0)
    bench.run(2_000)
    assert bench.faults == {FaultCode.CONTACTOR_STUCK_OPEN}


def test_a_single_phase_charger_does_not_miss_a_second_contactor(
    make_bench: Callable[..., Any],
) -> None:
    bench = make_bench(phases=1)
    bench.inputs.mirror_l2l3_open = False
    bench.welded[1] = True
    bench.run(1_000)
    bench.charge()
    assert not bench.faults
    assert not bench.outputs.contactor_l2l3


def test_state_d_with_ventilation_closes_after_the_ventilation_has_run(
    make_bench: Callable[..., Any],
) -> None:
    bench = make_bench(ventilation=True)
    bench.run(300)
    bench.plug("B")
    bench.command(permitted=True, limit_a=16.0)
    bench.run(500)
    bench.pilot = "D"
    vented = bench.ticks_until(lambda: bench.outputs.ventilation, 100)
    closed = vented + 1 + bench.ticks_until(lambda: bench.coil, 3_000)
    assert vented == 20
    assert closed - vented == 500
    bench.pilot = "B"
    bench.run(50)
    assert not bench.outputs.ventilation


def test_a_vehicle_that_turns_to_d_while_charging_gets_its_ventilation_and_stays_closed(
    make_bench: Callable[..., Any],
) -> None:
    bench = make_bench(ventilation=True)
    bench.run(300)
    bench.charge()
    bench.pilot = "D"
    bench.run(21)
    assert (bench.outputs.ventilation, bench.coil) == (True, True)


def test_state_d_without_ventilation_never_closes(bench: Any) -> None:
    bench.plug("D")
    bench.command(permitted=True, limit_a=16.0)
    bench.run(60_000)
    assert not any(outputs.contactor_main for _, outputs in bench.log)
    assert bench.faults == {FaultCode.VENTILATION_UNAVAILABLE}


def test_a_vehicle_that_turns_to_d_without_ventilation_is_stopped_softly(bench: Any) -> None:
    bench.charge(amps=16.0)
    bench.pilot = "D"
    bench.run(500)
    assert (bench.phase, bench.coil) == (Phase.STOPPING, True)
    assert bench.outputs.pilot_mode is PilotMode.STEADY_POSITIVE
    bench.amps(0.0)
    bench.run(5)
    assert not bench.coil
    assert bench.phase is Phase.RECOVERING
