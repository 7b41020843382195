"""The current that the pilot offers: duty from amps, what caps it, how often it changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.control.offer import CurrentOffer
from twin.controller import ControllerSettings
from twin.link.pins import PilotMode
from twin.process import Phase


def _read_by_vehicle(duty_percent: float) -> float:
    """What a vehicle makes of a duty (IEC 61851-1 Table A.8)."""
    if duty_percent < 8:
        return 0.0
    if duty_percent < 10:
        return 6.0
    if duty_percent <= 85:
        return duty_percent * 0.6
    if duty_percent <= 96:
        return (duty_percent - 64) * 2.5
    return 80.0 if duty_percent <= 97 else 0.0


@pytest.mark.parametrize(
    ("amps", "duty_ppm"),
    [
        (6.0, 100_000),
        (16.0, 266_666),
        (32.0, 533_333),
        (51.0, 850_000),
        (51.001, 850_000),
        (52.5, 850_000),
        (52.501, 850_004),
        (63.0, 892_000),
        (80.0, 960_000),
        (100.0, 960_000),
        (16.1, 268_333),
    ],
)
def test_a_current_becomes_the_duty_of_the_standard(amps: float, duty_ppm: int) -> None:
    offer = CurrentOffer(ControllerSettings())
    assert offer.duty_for(offer.offerable_ma(amps)) == duty_ppm


@pytest.mark.parametrize("amps", [5.999, 5.0, 0.0, -1.0, float("nan")])
def test_less_than_six_amps_offers_nothing(amps: float) -> None:
    assert CurrentOffer(ControllerSettings()).offerable_ma(amps) == 0


@given(amps=st.floats(6.0, 80.0))
def test_a_vehicle_never_reads_more_than_was_meant_and_hardly_less(amps: float) -> None:
    offer = CurrentOffer(ControllerSettings())
    read = _read_by_vehicle(offer.duty_for(offer.offerable_ma(amps)) / 10_000)
    # Offered in whole mA: all that comes to 52.5 A is still in the gap of the two formulas.
    meant = 51.0 if 51.0 < amps < 52.501 else amps
    assert meant - 0.0011 <= read <= amps + 1e-5


def test_below_six_amps_the_pilot_is_steady_and_never_five_percent(bench: Any) -> None:
    bench.plug("B")
    bench.command(permitted=True, limit_a=5.9)
    bench.run(1000)
    assert bench.phase is Phase.PLUGGED
    assert {outputs.pilot_mode for _, outputs in bench.log} == {PilotMode.STEADY_POSITIVE}


@pytest.mark.parametrize(
    ("kind", "rating_a", "ohm", "limit_a", "offered_a"),
    [
        ("tethered", 32.0, None, 80.0, 32.0),
        ("tethered", 16.0, None, 20.0, 16.0),
        ("tethered", 80.0, None, 51.7, 51.0),
        ("socket", 32.0, 680.0, 32.0, 20.0),
        ("socket", 63.0, 220.0, 80.0, 32.0),
        ("socket", 32.0, 1500.0, 10.5, 10.5),
    ],
)
def test_the_least_of_command_charger_and_cable_is_offered(
    make_bench: Callable[..., Any],
    kind: str,
    rating_a: float,
    ohm: float | None,
    limit_a: float,
    offered_a: float,
) -> None:
    bench = make_bench(kind=kind, rating_a=rating_a)
    bench.run(300)
    bench.cable(ohm)
    bench.pilot = "B"
    bench.command(permitted=True, limit_a=limit_a)
    bench.run(500)
    assert bench.report.offered_a == offered_a


def test_two_duties_are_five_seconds_apart(bench: Any) -> None:
    bench.charge(limit_a=32.0)
    bench.run(5_000)
    bench.command(limit_a=20.0)
    bench.run(1)
    assert bench.outputs.pilot_duty_ppm == 333_333
    bench.command(limit_a=16.0)
    bench.run(1000)
    bench.command(limit_a=10.0)
    bench.run(4_009)
    assert bench.outputs.pilot_duty_ppm == 333_333
    bench.run(1)
    assert bench.outputs.pilot_duty_ppm == 166_666
    assert bench.report.offered_a == 10.0


def test_a_change_taken_back_before_its_time_changes_nothing(bench: Any) -> None:
    bench.charge(limit_a=16.0)
    bench.run(3_000)
    bench.command(limit_a=10.0)
    bench.run(1)
    bench.command(limit_a=16.0)
    bench.run(1)
    changes = len(bench.log)
    bench.command(limit_a=20.0)
    bench.run(1)
    bench.command(limit_a=10.0)
    bench.run(6_000)
    assert [outputs.pilot_duty_ppm for _, outputs in bench.log[changes - 1 :]][-1] == 166_666


def test_pwm_comes_back_after_three_seconds_of_steady_twelve_volts(bench: Any) -> None:
    bench.charge()
    bench.amps(0.0)
    bench.command(permitted=False)
    bench.run(1)
    assert bench.outputs.pilot_mode is PilotMode.STEADY_POSITIVE
    bench.command(permitted=True)
    pwm_on = lambda: bench.outputs.pilot_mode is PilotMode.PWM  # noqa: E731
    assert bench.ticks_until(pwm_on, 4_000) + 1 == 3_010


def test_another_vehicle_gets_its_pwm_at_once(bench: Any) -> None:
    bench.charge()
    bench.amps(0.0)
    bench.pilot = "A"
    bench.run(300)
    bench.pilot = "B"
    bench.run(21)
    assert bench.outputs.pilot_mode is PilotMode.PWM
