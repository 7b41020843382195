"""Vehicle state from the pilot: boundaries, hysteresis, filter, diode, state E and F."""

from __future__ import annotations

from typing import Any

import pytest

from twin.control.pilot import PilotMonitor
from twin.controller import ControllerSettings, Hardware
from twin.link.pins import PilotMode
from twin.process import FaultCode, Phase, PilotState

A, B, C, D, E = PilotState.A, PilotState.B, PilotState.C, PilotState.D, PilotState.E


@pytest.fixture
def monitor() -> PilotMonitor:
    return PilotMonitor(ControllerSettings(), Hardware())


@pytest.mark.parametrize(
    ("high_mv", "state"),
    [
        (12_600, A),
        (10_501, A),
        (10_500, B),
        (7_501, B),
        (7_500, C),
        (4_501, C),
        (4_500, D),
        (2_001, D),
        (2_000, E),
        (1_800, E),  # 80 Ω to earth behind the diode
        (0, E),
        (-500, E),
    ],
)
def test_a_plateau_seen_afresh_is_classified_by_the_plain_boundaries(
    monitor: PilotMonitor, high_mv: int, state: PilotState
) -> None:
    assert monitor.classify(high_mv, None) is state


@pytest.mark.parametrize(
    ("previous", "high_mv", "state"),
    [
        (A, 10_351, A),
        (A, 10_350, B),
        (B, 10_650, B),
        (B, 10_651, A),
        (B, 7_351, B),
        (B, 7_350, C),
        (C, 7_650, C),
        (C, 7_651, B),
        (C, 4_351, C),
        (C, 4_350, D),
        (D, 4_650, D),
        (D, 4_651, C),
        (D, 1_851, D),
        (D, 1_850, E),
        (E, 2_150, E),
        (E, 2_151, D),
        (C, 12_000, A),
        (A, 0, E),
    ],
)
def test_a_plateau_leaves_its_state_only_beyond_the_hysteresis(
    monitor: PilotMonitor, previous: PilotState, high_mv: int, state: PilotState
) -> None:
    assert monitor.classify(high_mv, previous) is state


def test_a_new_state_counts_after_the_filter_time_and_not_a_tick_before(bench: Any) -> None:
    bench.pilot = "B"
    bench.run(20)
    assert bench.report.state is A
    bench.run(1)
    assert bench.report.state is B
    assert bench.report.plugged


@pytest.mark.parametrize("glitch", ["A", "B", "D", "E"])
@pytest.mark.parametrize("glitch_ms", [1, 2, 19])
def test_a_glitch_shorter_than_the_filter_moves_nothing(
    bench: Any, glitch: str, glitch_ms: int
) -> None:
    bench.charge()
    changes = len(bench.log)
    bench.pilot = glitch
    bench.run(glitch_ms)
    bench.pilot = "C"
    bench.run(1000)
    assert len(bench.log) == changes


@pytest.mark.parametrize("state", ["A", "B"])
def test_leaving_c_turns_the_coil_off_within_the_filter_and_one_tick(
    bench: Any, state: str
) -> None:
    bench.charge()
    bench.pilot = state
    assert bench.ticks_until(lambda: not bench.coil, 100) == 20


def test_a_pilot_that_chatters_between_a_and_b_opens_as_fast_as_one_that_stands(
    bench: Any,
) -> None:
    bench.charge()
    for count in range(21):
        bench.pilot = "AB"[count // 3 % 2]
        bench.tick()
    assert not bench.coil


def test_a_vehicle_that_toggles_b_c_b_is_seen_in_both_states(bench: Any) -> None:
    bench.plug("B")
    for state, expected in (("C", C), ("B", B), ("C", C)):
        bench.pilot = state
        bench.run(200)  # least length of a BCB pulse
        assert bench.report.state is expected


@pytest.mark.parametrize(("low_mv", "fault"), [(-10_000, False), (-9_999, True), (-5_600, True)])
def test_a_lower_plateau_above_minus_ten_volts_while_charging_opens_for_the_diode(
    bench: Any, low_mv: int, fault: bool
) -> None:
    bench.charge()
    bench.low_mv = low_mv
    bench.run(20)
    assert bench.coil
    bench.run(1)
    assert bench.coil is not fault
    assert (FaultCode.DIODE_MISSING in bench.faults) is fault


def test_without_a_diode_the_contactor_never_closes(bench: Any) -> None:
    bench.low_mv = -8_800
    bench.plug("B")
    bench.command(permitted=True, limit_a=16.0)
    bench.pilot = "C"
    bench.run(10_000)
    assert not any(outputs.contactor_main for _, outputs in bench.log)
    assert bench.faults == {FaultCode.DIODE_MISSING}
    assert bench.phase is Phase.FAULTED


def test_a_simplified_vehicle_is_not_closed_on_before_its_diode_has_shown(bench: Any) -> None:
    bench.pilot = "C"
    bench.run(50)
    bench.monitor_delay_us = 1000
    bench.command(permitted=True, limit_a=16.0)
    pwm_on = bench.ticks_until(lambda: bench.outputs.pilot_mode is PilotMode.PWM, 5)
    closed = bench.ticks_until(lambda: bench.coil, 100)
    assert pwm_on == 0
    assert closed >= 20


def test_both_plateaus_near_zero_are_a_short_and_not_a_diode(bench: Any) -> None:
    bench.charge()
    bench.pilot = "E"
    bench.run(21)
    assert not bench.coil
    assert bench.faults == {FaultCode.PILOT_SHORTED}


def test_a_short_behind_the_diode_leaves_the_lower_plateau_and_is_a_short_all_the_same(
    bench: Any,
) -> None:
    bench.charge()
    bench.high_mv, bench.low_mv = 1_700, -12_000
    bench.run(21)
    assert not bench.coil
    assert bench.faults == {FaultCode.PILOT_SHORTED}


def test_state_f_stands_for_300_ms_after_a_fault_and_then_the_charger_looks(bench: Any) -> None:
    bench.charge()
    bench.pilot = "E"
    bench.ticks_until(lambda: bench.outputs.pilot_mode is PilotMode.STEADY_NEGATIVE, 50)
    assert bench.report.state is PilotState.F
    looked = bench.ticks_until(lambda: bench.outputs.pilot_mode is PilotMode.STEADY_POSITIVE, 400)
    assert looked + 1 == 310
    assert not bench.coil


def test_an_unplugged_vehicle_is_noticed_after_state_f(bench: Any) -> None:
    bench.charge()
    bench.pilot = "E"
    bench.run(100)
    bench.pilot = "A"
    bench.run(100)
    assert bench.report.plugged  # nobody can tell in state F
    bench.run(300)
    assert not bench.report.plugged
    assert bench.phase is Phase.IDLE


def test_out_of_service_is_state_f_for_as_long_as_it_lasts(bench: Any) -> None:
    bench.plug("B")
    bench.command(available=False)
    bench.run(5_000)
    assert bench.outputs.pilot_mode is PilotMode.STEADY_NEGATIVE
    assert bench.report.plugged
    bench.command(available=True)
    bench.run(30)
    assert bench.phase is Phase.PLUGGED


def test_a_short_return_to_service_does_not_cut_state_f_below_300_ms(bench: Any) -> None:
    bench.command(available=False)
    bench.run(10)
    bench.command(available=True)
    assert bench.outputs.pilot_mode is PilotMode.STEADY_NEGATIVE
    bench.run(299)
    assert bench.outputs.pilot_mode is PilotMode.STEADY_NEGATIVE
    bench.run(3)
    assert bench.outputs.pilot_mode is PilotMode.STEADY_POSITIVE
