"""Leaks to earth, and faults of what watches them."""

from __future__ import annotations

from functools import partial

from twin.faults.fault import Fault, Param, Params
from twin.plant.wiring import Wiring


def _leak_dc(evse: Wiring, params: Params) -> None:
    evse.protection.leak_dc_ma = params["current_ma"]
    evse.leak_changed()


def _no_leak_dc(evse: Wiring) -> None:
    evse.protection.leak_dc_ma = 0.0
    evse.leak_changed()


def _leak_ac(evse: Wiring, params: Params) -> None:
    evse.protection.leak_ohm = params["resistance_ohm"]
    evse.leak_changed()


def _no_leak_ac(evse: Wiring) -> None:
    evse.protection.leak_ohm = None
    evse.leak_changed()


def _dead(dead: bool, evse: Wiring, _: Params | None = None) -> None:
    evse.protection.monitor.dead = dead
    evse.protection.update()


def _stuck(stuck: bool, evse: Wiring, _: Params | None = None) -> None:
    evse.protection.monitor.stuck = stuck
    evse.protection.update()


def _monitor(evse: Wiring, params: Params) -> None:
    delay = evse.protection.monitor.delay
    delay.threshold_ma, delay.slowness = params["trip_ma"], params["delay_factor"]
    evse.protection.update()


def _good_monitor(evse: Wiring) -> None:
    delay, parts = evse.protection.monitor.delay, evse.parts
    delay.threshold_ma, delay.slowness = parts.monitor_threshold_ma, parts.monitor_slowness
    evse.protection.update()


def _device(evse: Wiring, params: Params) -> None:
    device = evse.protection.device
    device.threshold_ma, device.slowness = params["trip_ma"], params["delay_factor"]
    evse.protection.update()


def _good_device(evse: Wiring) -> None:
    device, parts = evse.protection.device, evse.parts
    device.threshold_ma, device.slowness = parts.device_threshold_ma, parts.device_slowness
    evse.protection.update()


def _device_dead(dead: bool, evse: Wiring, _: Params | None = None) -> None:
    evse.protection.device_dead = dead
    evse.protection.update()


FAULTS = (
    Fault(
        "residual_dc",
        "smooth direct current leaks to earth behind the contactor",
        (Param("current_ma", 6.0, "while the vehicle's side is live", -1000.0, 1000.0),),
        _leak_dc,
        _no_leak_dc,
    ),
    Fault(
        "residual_ac",
        "L1 leaks to earth behind the contactor",
        (Param("resistance_ohm", 7667.0, "7667: 30 mA at 230 V", 10.0, 1e7),),
        _leak_ac,
        _no_leak_ac,
    ),
    Fault(
        "residual_monitor_dead",
        "the residual-current monitor never trips, not even in its test",
        (),
        partial(_dead, True),
        partial(_dead, False),
    ),
    Fault(
        "residual_monitor_stuck",
        "the residual-current monitor's trip output is on for good",
        (),
        partial(_stuck, True),
        partial(_stuck, False),
    ),
    Fault(
        "residual_monitor",
        "the residual-current monitor trips elsewhere or later",
        (
            Param("trip_ma", 4.5, "below it nothing trips", 0.1, 1000.0),
            Param("delay_factor", 1.0, "on its trip times", 0.01, 1000.0),
        ),
        _monitor,
        _good_monitor,
    ),
    Fault(
        "residual_device",
        "the upstream residual-current device trips elsewhere or later",
        (
            Param("trip_ma", 22.0, "below it nothing trips", 0.1, 1000.0),
            Param("delay_factor", 1.0, "on its trip times", 0.01, 1000.0),
        ),
        _device,
        _good_device,
    ),
    Fault(
        "residual_device_dead",
        "the upstream residual-current device never trips",
        (),
        partial(_device_dead, True),
        partial(_device_dead, False),
    ),
)
"""What this topic can break."""
