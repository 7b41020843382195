"""Whether a connector keeps its limit is seen at the plant, not believed of the controller."""

from __future__ import annotations

import pytest

from twin.clock import Clock
from twin.controller import ControllerSettings, Hardware, ReferenceController
from twin.evse import Evse
from twin.evse_config import EvseConfig
from twin.fleet.obedience import Kept, Obedience
from twin.vehicle import Vehicle

SECOND_US = 1_000_000


@pytest.fixture
def charging() -> Evse:
    clock = Clock()
    evse = Evse(clock, EvseConfig(), ReferenceController(ControllerSettings(), Hardware()))
    clock.run_until(2 * SECOND_US)
    evse.plug_in(Vehicle("renault-zoe-ze50", soc_percent=20))
    evse.command(permitted=True, limit_a=32)
    clock.run_until(60 * SECOND_US)
    assert evse.current_a() > 25
    return evse


def test_a_limit_is_kept_and_counted(charging: Evse) -> None:
    kept = Kept()
    obedience = Obedience(charging, kept)
    assert obedience.look() is None
    charging.command(limit_a=16)
    charging.clock.run_for(30 * SECOND_US)
    assert obedience.look() is None, "the limit before it still counts"
    charging.clock.run_for(30 * SECOND_US)
    assert obedience.look() is None
    assert (kept.looks, kept.limited, kept.over) == (3, 2, 0)


def test_a_current_above_the_limit_is_seen(charging: Evse) -> None:
    kept = Kept()
    obedience = Obedience(charging, kept)
    charging.command(limit_a=16)
    assert obedience.look() is None, "the limit before it still counts"
    charging.clock.run_for(SECOND_US // 10)
    wrong = obedience.look()
    assert wrong is not None, "the vehicle cannot have followed yet"
    assert wrong.endswith("where 16.0 A are allowed")
    assert kept.over == 1
    assert kept.worst_a > 8


def test_a_limit_that_was_higher_for_a_moment_is_the_one_that_counts(charging: Evse) -> None:
    obedience = Obedience(charging, Kept())
    charging.command(limit_a=8)
    obedience.look()
    charging.clock.run_for(20 * SECOND_US)
    charging.command(limit_a=32)
    charging.clock.run_for(9 * SECOND_US)
    charging.command(limit_a=8)
    charging.clock.run_for(SECOND_US // 10)
    assert charging.current_a() > 8 * 1.05 + 0.5
    assert obedience.look() is None
    charging.clock.run_for(30 * SECOND_US)
    assert obedience.look() is None
    assert charging.current_a() < 9


def test_below_6_a_nothing_may_flow(charging: Evse) -> None:
    obedience = Obedience(charging, Kept())
    charging.command(limit_a=5.9)
    obedience.look()
    charging.clock.run_for(SECOND_US // 10)
    wrong = obedience.look()
    assert wrong is not None
    assert wrong.endswith("where 0.0 A are allowed")
    charging.clock.run_for(30 * SECOND_US)
    assert obedience.look() is None
    assert charging.current_a() == 0


def test_a_broken_charger_is_not_judged(charging: Evse) -> None:
    charging.inject("over_current", factor=1.3)
    charging.clock.run_for(SECOND_US)
    kept = Kept()
    assert Obedience(charging, kept).look() is None
    assert kept.looks == 0
