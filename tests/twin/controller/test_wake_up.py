"""Waking a vehicle that sleeps in state B."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from twin.link.pins import PilotMode
from twin.process import Phase

PLUS, PWM, MINUS = PilotMode.STEADY_POSITIVE, PilotMode.PWM, PilotMode.STEADY_NEGATIVE


@pytest.fixture
def offering(bench: Any) -> Any:
    bench.plug("B")
    bench.command(permitted=True, limit_a=16.0)
    bench.tick()
    assert bench.outputs.pilot_mode is PWM
    return bench


def _pilot_changes(bench: Any) -> list[tuple[int, PilotMode]]:
    changes: list[tuple[int, PilotMode]] = []
    for at_us, outputs in bench.log:
        if not changes or changes[-1][1] is not outputs.pilot_mode:
            changes.append((at_us, outputs.pilot_mode))
    return changes


def test_a_vehicle_that_stays_in_b_sees_three_seconds_steady_four_of_f_and_pwm_again(
    offering: Any,
) -> None:
    offering.run(90_000)
    changes = _pilot_changes(offering)[1:]
    assert [mode for _, mode in changes] == [PWM, PLUS, MINUS, PLUS, PWM]
    times = [at_us for at_us, _ in changes]
    lengths = [after - before for before, after in pairwise(times)]
    assert lengths == [30_000_000, 3_010_000, 4_010_000, 3_010_000]


def test_a_vehicle_is_woken_once_for_each_offer(offering: Any) -> None:
    offering.run(120_000)
    assert len(_pilot_changes(offering)) == 6
    offering.command(limit_a=0.0)
    offering.run(5_000)
    offering.command(limit_a=16.0)
    offering.run(45_000)
    assert [mode for _, mode in _pilot_changes(offering)][6:] == [PLUS, PWM, PLUS, MINUS, PLUS, PWM]


def test_a_vehicle_that_went_back_to_b_by_itself_is_full_and_left_alone(bench: Any) -> None:
    bench.charge(amps=0.0)
    bench.pilot = "B"
    bench.run(60_000)
    assert _pilot_changes(bench)[-1][1] is PWM


def test_a_vehicle_that_asks_in_time_is_not_toggled(offering: Any) -> None:
    offering.run(29_000)
    offering.pilot = "C"
    offering.run(30_000)
    assert offering.coil
    assert _pilot_changes(offering)[-1][1] is PWM


def test_during_f_the_vehicle_counts_as_plugged_and_nothing_closes(offering: Any) -> None:
    offering.run(35_000)
    assert offering.outputs.pilot_mode is MINUS
    offering.pilot = "C"
    offering.run(3_500)
    assert offering.report.plugged
    assert not offering.coil


def test_a_vehicle_that_wakes_up_charges_when_pwm_is_back(offering: Any) -> None:
    offering.run(35_000)
    offering.pilot = "C"
    offering.run(5_000)
    assert not offering.coil
    offering.run(500)
    assert offering.coil


def test_a_vehicle_that_leaves_during_f_is_missed_and_noticed_after_it(offering: Any) -> None:
    offering.run(35_000)
    offering.pilot = "A"
    offering.run(1_000)
    assert offering.report.plugged
    offering.run(2_500)
    assert offering.phase is Phase.IDLE


def test_withdrawing_permission_ends_the_toggle(offering: Any) -> None:
    offering.run(35_000)
    offering.command(permitted=False)
    offering.run(1)
    assert (offering.phase, offering.outputs.pilot_mode) == (Phase.PLUGGED, PLUS)
