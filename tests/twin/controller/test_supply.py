"""The supply: what opens, how, and when charging resumes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from twin.link.pins import PilotMode
from twin.process import FaultCode, Phase

UNDER_V = 0.85 * 230
OVER_V = 253.0


@pytest.mark.parametrize("line", [0, 1, 2])
@pytest.mark.parametrize(("volts", "stops"), [(UNDER_V, False), (UNDER_V - 0.01, True)])
def test_under_voltage_for_half_a_second_stops_softly(
    bench: Any, line: int, volts: float, stops: bool
) -> None:
    bench.charge()
    values = [230.0] * 3
    values[line] = volts
    bench.volts(*values)
    bench.run(500)
    assert bench.phase is Phase.CHARGING
    bench.run(1)
    assert (bench.phase is Phase.STOPPING) is stops
    assert bench.coil
    assert bench.faults == ({FaultCode.UNDER_VOLTAGE} if stops else frozenset())


def test_a_sag_shorter_than_half_a_second_moves_nothing(bench: Any) -> None:
    bench.charge()
    bench.volts(150.0)
    bench.run(499)
    bench.volts(230.0)
    bench.run(1_000)
    assert (bench.phase, bench.faults) == (Phase.CHARGING, frozenset())


@pytest.mark.parametrize(("volts", "stops"), [(OVER_V, False), (OVER_V + 0.01, True)])
def test_over_voltage_of_all_phases_stops_softly(bench: Any, volts: float, stops: bool) -> None:
    bench.charge()
    bench.volts(volts)
    bench.run(110)
    assert (bench.phase is Phase.STOPPING) is stops
    assert bench.coil
    assert bench.faults == ({FaultCode.OVER_VOLTAGE} if stops else frozenset())


@pytest.mark.parametrize("line", [0, 1, 2])
def test_a_lost_phase_opens_at_once(bench: Any, line: int) -> None:
    bench.charge()
    values = [230.0] * 3
    values[line] = 60.0
    bench.volts(*values)
    bench.run(1)
    assert not bench.coil
    assert bench.faults == {FaultCode.PHASE_LOST}


@pytest.mark.parametrize(
    ("volts", "opens"),
    [
        ((170.0, 265.0, 265.0), True),  # star point 60 V towards L1
        ((253.1, 219.0, 219.0), True),
        ((253.1, 221.0, 221.0), False),  # one phase swells: over-voltage, soft
        ((253.0, 219.0, 219.0), False),
    ],
)
def test_a_lost_neutral_opens_at_once(
    bench: Any, volts: tuple[float, float, float], opens: bool
) -> None:
    bench.charge()
    bench.volts(*volts)
    bench.run(1)
    assert bench.coil is not opens
    assert (FaultCode.NEUTRAL_LOST in bench.faults) is opens


@pytest.mark.parametrize(("volts", "opens"), [(253.1, True), (253.0, False), (180.0, False)])
def test_a_single_phase_charger_takes_any_over_voltage_for_a_lost_neutral(
    make_bench: Callable[..., Any], volts: float, opens: bool
) -> None:
    bench = make_bench(phases=1)
    bench.run(300)
    bench.charge()
    bench.volts(volts, 0.0, 0.0)
    bench.run(1)
    assert bench.coil is not opens
    assert (FaultCode.NEUTRAL_LOST in bench.faults) is opens


def test_a_single_phase_charger_looks_at_its_own_phase_only(
    make_bench: Callable[..., Any],
) -> None:
    bench = make_bench(phases=1)
    bench.run(300)
    bench.volts(230.0, 0.0, 0.0)
    bench.charge()
    assert bench.coil
    assert not bench.faults


def test_a_supply_that_is_gone_opens_and_comes_back_after_ten_seconds_of_stability(
    bench: Any,
) -> None:
    bench.charge()
    bench.inputs.supply_present = False
    bench.inputs.cycle_n = (0, 0, 0)
    bench.run(25)
    assert not bench.coil
    assert bench.faults == {FaultCode.UNDER_VOLTAGE}
    bench.run(2_000)
    bench.inputs.supply_present = True
    bench.run(30)
    bench.inputs.cycle_n = (40, 40, 40)
    bench.amps(0.0)
    bench.run(9_900)
    assert not bench.coil
    bench.run(1_000)
    assert bench.coil


def test_charging_resumes_above_88_percent_stable_for_ten_seconds(bench: Any) -> None:
    bench.charge()
    bench.volts(190.0)
    bench.run(600)
    bench.amps(0.0)
    bench.run(10)
    bench.volts(0.88 * 230)
    bench.run(15_000)
    assert bench.faults == {FaultCode.UNDER_VOLTAGE}
    bench.volts(0.881 * 230)
    bench.run(8_000)
    bench.volts(190.0)  # not stable
    bench.run(10)
    bench.volts(230.0)
    bench.run(9_000)
    assert bench.coil is False
    bench.run(2_000)
    assert bench.coil


def _sag(bench: Any) -> None:
    bench.volts(190.0)
    bench.run(600)
    bench.amps(0.0)
    bench.run(10)
    assert not bench.coil
    bench.volts(230.0)


def test_after_three_retries_in_ten_minutes_the_next_sag_ends_the_session(bench: Any) -> None:
    bench.charge()
    for _ in range(3):
        _sag(bench)
        bench.run(12_000)
        assert bench.coil
    _sag(bench)
    bench.run(60_000)
    assert not bench.coil
    assert bench.phase is Phase.FAULTED
    bench.pilot = "A"
    bench.run(500)
    assert bench.phase is Phase.IDLE


def test_retries_older_than_the_window_are_forgotten(make_bench: Callable[..., Any]) -> None:
    bench = make_bench(settings={"retry_window_us": 60_000_000})
    bench.run(300)
    bench.charge()
    for pause_ms in (12_000, 12_000, 60_000, 12_000):
        _sag(bench)
        bench.run(pause_ms)
        assert bench.coil


def test_a_vehicle_that_has_left_c_is_not_closed_on_when_the_supply_is_back(bench: Any) -> None:
    bench.charge()
    _sag(bench)
    bench.pilot = "B"
    bench.run(20_000)
    assert not bench.coil
    assert bench.phase is Phase.OFFERING
    assert bench.outputs.pilot_mode is PilotMode.PWM


def test_with_a_sagging_supply_the_contactor_does_not_close(bench: Any) -> None:
    bench.plug("B")
    bench.command(permitted=True, limit_a=16.0)
    bench.run(500)
    bench.volts(190.0)
    bench.pilot = "C"
    bench.run(400)
    assert not bench.coil
    bench.volts(230.0)
    assert bench.ticks_until(lambda: bench.coil, 3_000) < 100
