"""Proximity pilot and connector lock of a socket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from twin.control.proximity import ProximityReader
from twin.controller import ControllerSettings, Hardware
from twin.link.pins import PilotMode
from twin.process import FaultCode, Phase


@pytest.fixture
def socket(make_bench: Callable[..., Any]) -> Any:
    bench = make_bench(kind="socket", lock=True)
    bench.run(300)
    return bench


@pytest.mark.parametrize(
    ("ohm", "rating_a"),
    [
        (0.0, 0.0),
        (59.9, 0.0),
        (60.0, 63.0),
        (80.0, 63.0),
        (140.0, 63.0),
        (140.1, 32.0),  # a gap: the lower rating
        (164.0, 32.0),
        (308.0, 32.0),
        (308.1, 20.0),
        (400.0, 20.0),
        (936.0, 20.0),
        (936.1, 13.0),
        (1100.0, 13.0),
        (2460.0, 13.0),
        (4500.0, 13.0),
        (4500.1, 0.0),
        (float("inf"), 0.0),
    ],
)
def test_a_proximity_resistance_stands_for_a_rating(ohm: float, rating_a: float) -> None:
    reader = ProximityReader(ControllerSettings(), Hardware(kind="socket"), {})
    assert reader.cable_rating_a(ohm) == rating_a


def test_a_single_phase_socket_takes_the_largest_cable_for_70_a() -> None:
    reader = ProximityReader(ControllerSettings(), Hardware(kind="socket", phases=1), {})
    assert reader.cable_rating_a(100.0) == 70.0


@pytest.mark.parametrize("ohm", [50.0, 5000.0, None])
def test_a_wrong_proximity_resistor_never_charges(socket: Any, ohm: float | None) -> None:
    socket.cable(ohm)
    socket.pilot = "C"
    socket.command(permitted=True, limit_a=16.0)
    socket.run(5_000)
    assert not any(outputs.contactor_main for _, outputs in socket.log)
    assert socket.faults == {FaultCode.PROXIMITY_INVALID}
    assert socket.report.cable_rating_a == 0.0


def test_a_mended_proximity_resistor_charges_after_the_retry_delay(socket: Any) -> None:
    socket.cable(5000.0)
    socket.pilot = "C"
    socket.command(permitted=True, limit_a=16.0)
    socket.run(1_000)
    socket.cable(220.0)
    socket.run(9_000)
    assert socket.phase is Phase.RECOVERING
    socket.run(2_000)
    assert socket.phase is Phase.CHARGING


def test_a_proximity_that_breaks_while_charging_opens(socket: Any) -> None:
    socket.charge()
    socket.cable(None)
    socket.run(200)
    assert socket.coil
    socket.run(1)
    assert not socket.coil
    assert socket.faults == {FaultCode.PROXIMITY_INVALID}


def test_the_plug_is_locked_before_the_pilot_offers(socket: Any) -> None:
    socket.plug("B")
    assert not socket.outputs.lock
    socket.command(permitted=True, limit_a=16.0)
    socket.tick()
    assert socket.outputs.lock
    assert socket.outputs.pilot_mode is PilotMode.STEADY_POSITIVE
    socket.ticks_until(lambda: socket.outputs.pilot_mode is PilotMode.PWM, 200)
    assert socket.inputs.lock_feedback


def test_permission_without_a_plug_locks_nothing(socket: Any) -> None:
    socket.command(permitted=True, limit_a=16.0)
    socket.run(1_000)
    assert not socket.outputs.lock


def test_a_lock_that_does_not_go_home_is_a_fault_and_nothing_charges(socket: Any) -> None:
    socket.lock_jammed = True
    socket.plug("C")
    socket.command(permitted=True, limit_a=16.0)
    socket.run(1_000)
    assert not socket.faults
    socket.run(1)
    assert socket.faults == {FaultCode.LOCK_FAILED}
    assert not any(outputs.contactor_main for _, outputs in socket.log)


def test_the_lock_opens_only_when_the_mirror_contacts_show_open(socket: Any) -> None:
    socket.mirror_delay_us = 80_000
    socket.charge()
    socket.amps(0.5)
    socket.command(permitted=False)
    opened = socket.ticks_until(lambda: not socket.coil, 100)
    unlocked = socket.ticks_until(lambda: not socket.outputs.lock, 200)
    assert opened == 0
    assert unlocked + 1 == 80 + 1  # the mirror contact, and the tick that sees it
    assert socket.inputs.mirror_main_open


@pytest.mark.parametrize("contactor", [0, 1])
def test_a_welded_pole_keeps_the_plug_locked(socket: Any, contactor: int) -> None:
    socket.charge()
    socket.welded[contactor] = True
    socket.amps(0.0)
    socket.command(permitted=False)
    socket.run(2_000)
    assert socket.outputs.lock
    assert socket.faults == {FaultCode.CONTACTOR_WELDED}


def test_unlock_stops_softly_first_and_unlocks_after_the_contactor_is_open(socket: Any) -> None:
    socket.charge(amps=16.0)
    socket.command(unlock_count=1)
    socket.run(3_000)
    assert socket.coil
    assert socket.outputs.lock
    assert socket.outputs.pilot_mode is PilotMode.STEADY_POSITIVE
    socket.amps(0.2)
    socket.run(50)
    assert not socket.coil
    assert not socket.outputs.lock
    socket.run(5_000)
    assert not socket.coil  # permission still stands, but it was spent by the unlock


def test_after_an_unlock_new_permission_locks_and_charges_again(socket: Any) -> None:
    socket.charge(amps=0.2)
    socket.command(unlock_count=1)
    socket.run(500)
    socket.command(permitted=False)
    socket.run(100)
    socket.command(permitted=True)
    socket.run(6_000)
    assert socket.outputs.lock
    assert socket.coil


def test_a_held_lock_stays_without_permission_and_gives_way_to_unlock(socket: Any) -> None:
    socket.plug("B")
    socket.command(hold_lock=True)
    socket.run(500)
    assert socket.report.locked
    socket.command(unlock_count=1)
    socket.run(200)
    assert not socket.report.locked


def test_the_cable_stays_locked_when_only_the_vehicle_end_is_unplugged(socket: Any) -> None:
    socket.charge(amps=0.0)
    socket.pilot = "A"
    socket.run(1_000)
    assert socket.outputs.lock
    socket.command(permitted=False)
    socket.run(5)
    assert not socket.outputs.lock


def test_a_socket_without_a_lock_charges_without_one(make_bench: Callable[..., Any]) -> None:
    bench = make_bench(kind="socket")
    bench.run(300)
    bench.charge()
    assert not any(outputs.lock for _, outputs in bench.log)
