"""Faults of the vehicle; they also meet a vehicle that is plugged in later."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from twin.electrics.supply import LINES, Triple
from twin.faults.fault import Fault, Param, Params
from twin.plant.line_faults import NO_AMPS
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


def _of_line(params: Params) -> Triple:
    """Return the fault's current at its line."""
    first, second, third = (params["current_a"] * (line == params["line"]) for line in LINES)
    return first, second, third


def _meet_short(vehicle: Vehicle, params: Params) -> None:
    vehicle.short_a = params["current_a"] if params["line"] == "all" else 0.0


def _short(evse: Wiring, params: Params) -> None:
    _inject(_meet_short, evse, params)
    evse.path.raise_lines(short_a=_of_line(params))


def _unshort(evse: Wiring) -> None:
    _mend("short_a", 0.0, evse)
    evse.path.raise_lines(short_a=NO_AMPS)


def _overload(evse: Wiring, params: Params) -> None:
    evse.path.raise_lines(overload_a=_of_line(params))


def _relieve(evse: Wiring) -> None:
    evse.path.raise_lines(overload_a=NO_AMPS)


FAULTS = (
    _vehicle_fault(
        "over_current",
        "the vehicle draws more than the pilot allows",
        "over_factor",
        1.0,
        Param("factor", 1.3, "of what is allowed", 1.0, 5.0),
    ),
    Fault(
        "short_circuit",
        "a fault in the vehicle draws a constant current instead of charging, or from one line "
        "beside it",
        (
            Param("current_a", 100.0, "per line", 0.0, 400.0),
            Param("line", "all", "which, of those that the vehicle uses", choices=("all", *LINES)),
        ),
        _short,
        _unshort,
        _meet_short,
    ),
    Fault(
        "overload",
        "the vehicle's charger draws more from one line than from the others, while it charges",
        (
            Param("current_a", 6.0, "more than from the others", 0.0, 400.0),
            Param("line", "l1", "which, of those that the vehicle uses", choices=LINES),
        ),
        _overload,
        _relieve,
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
