"""A plain socket: no pilot, a relay and the current through it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from twin.link.pins import PilotMode
from twin.process import FaultCode, Phase


@pytest.fixture
def plain(make_bench: Callable[..., Any]) -> Any:
    bench = make_bench(kind="plain", phases=1, rating_a=10.0)
    bench.pilot_dead = True
    bench.run(300)
    return bench


def _close(bench: Any) -> None:
    bench.command(permitted=True, limit_a=10.0)
    bench.ticks_until(lambda: bench.coil, 3_000)


def test_permission_closes_the_relay_after_the_self_test(plain: Any) -> None:
    _close(plain)
    assert plain.report.plugged
    assert any(outputs.residual_test for _, outputs in plain.log)
    assert {outputs.pilot_mode for _, outputs in plain.log} == {PilotMode.STEADY_POSITIVE}


def test_a_missing_pilot_is_no_lost_sensor(plain: Any) -> None:
    plain.run(1_000)
    assert plain.phase is Phase.IDLE
    assert not plain.faults


def test_withdrawing_permission_opens_at_once(plain: Any) -> None:
    _close(plain)
    plain.amps(8.0, 0.0, 0.0)
    plain.run(2_000)
    plain.command(permitted=False)
    plain.tick()
    assert not plain.coil
    assert plain.phase is Phase.IDLE
    assert not plain.report.plugged


@pytest.mark.parametrize(("amps", "ends"), [(0.0999, True), (0.1, False)])
def test_a_minute_below_a_tenth_of_an_ampere_is_the_end_of_charge(
    plain: Any, amps: float, ends: bool
) -> None:
    _close(plain)
    plain.amps(8.0, 0.0, 0.0)
    plain.run(2_000)
    plain.amps(amps, 0.0, 0.0)
    plain.run(60_000)
    assert plain.coil
    plain.run(1)
    assert plain.coil is not ends


def test_a_charge_that_has_ended_begins_again_with_new_permission_only(plain: Any) -> None:
    _close(plain)
    plain.run(70_000)
    assert not plain.coil
    plain.amps(0.0)
    plain.run(20_000)
    assert not plain.coil
    plain.command(permitted=False)
    plain.run(10)
    _close(plain)


def test_more_than_the_rating_opens(plain: Any) -> None:
    _close(plain)
    plain.amps(11.6, 0.0, 0.0)
    plain.run(7_000)
    assert not plain.coil
    assert plain.faults == {FaultCode.OVER_CURRENT}


def test_a_residual_current_opens_and_stands_until_permission_is_withdrawn(plain: Any) -> None:
    _close(plain)
    plain.leak = True
    plain.run(100)
    assert plain.phase is Phase.FAULTED
    plain.leak = False
    plain.run(100)
    plain.command(permitted=False)
    plain.run(10)
    assert plain.phase is Phase.IDLE
