"""Faults of the vehicle; they also meet a vehicle that is plugged in later."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from twin.faults.fault import Fault, Param, Params
from twin.plant.wiring import Wiring
from twin.vehicle import Vehicle

Meet = Callable[[Vehicle, Params], None]


def _set(field: str, param: str | None, vehicle: Vehicle, params: Params) -> None:
    setattr(vehicle, field, True if param is None else params[param])
    vehicle.think_again()


def _inject(meet: Meet, evse: Wiring, params: Params) -> None:
    if evse.vehicle is not None:
        meet(evse.vehicle, params)


def _mend(field: str, good: Any, evse: Wiring) -> None:
    if evse.vehicle is not None:
        setattr(evse.vehicle, field, good)
        evse.vehicle.think_again()


def _vehicle_fault(name: str, doc: str, field: str, good: Any, param: Param | None) -> Fault:
    meet = partial(_set, field, None if param is None else param.name)
    return Fault(
        name,
        doc,
        () if param is None else (param,),
        partial(_inject, meet),
        partial(_mend, field, good),
        meet,
    )


FAULTS = (
    _vehicle_fault(
        "over_current",
        "the vehicle draws more than the pilot allows",
        "over_factor",
        1.0,
        Param("factor", 1.3, "of what is allowed", 1.0, 5.0),
    ),
    _vehicle_fault(
        "short_circuit",
        "a fault in the vehicle draws a constant current instead of charging",
        "short_a",
        0.0,
        Param("current_a", 100.0, "per line", 0.0, 400.0),
    ),
    _vehicle_fault(
        "stays_in_c",
        "the vehicle keeps S2 closed and the current flowing whatever the pilot says",
        "stays_in_c",
        False,
        None,
    ),
    _vehicle_fault(
        "slow_follow",
        "the vehicle follows a new duty late",
        "follow_delay_s",
        None,
        Param("delay_s", 6.0, "until it reacts", 0.0, 60.0),
    ),
)
"""What this topic can break."""
