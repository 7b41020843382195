"""The status of a connector: allowed transitions, and how faults are named (OCPP 1.6 4.9, 7.6)."""

from __future__ import annotations

from collections import deque
from enum import Enum

from twin.process import FaultCode


class Status(Enum):
    """ChargePointStatus (section 7.7)."""

    AVAILABLE = "Available"
    PREPARING = "Preparing"
    CHARGING = "Charging"
    SUSPENDED_EV = "SuspendedEV"
    SUSPENDED_EVSE = "SuspendedEVSE"
    FINISHING = "Finishing"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"


_A, _B, _C, _D, _E, _F, _G, _H, _I = Status

ALLOWED: dict[Status, frozenset[Status]] = {
    _A: frozenset({_B, _C, _D, _E, _G, _H, _I}),
    _B: frozenset({_A, _C, _D, _E, _F, _I}),  # B6 by errata 3.20
    _C: frozenset({_A, _D, _E, _F, _H, _I}),
    _D: frozenset({_A, _C, _E, _F, _H, _I}),
    _E: frozenset({_A, _C, _D, _F, _H, _I}),
    _F: frozenset({_A, _B, _H, _I}),
    _G: frozenset({_A, _B, _H, _I}),
    _H: frozenset({_A, _B, _C, _D, _E, _I}),
    _I: frozenset({_A, _B, _C, _D, _E, _F, _G, _H}),
}
"""Row to columns of the table in section 4.9."""

_WAYPOINTS = (_F, _B, _A)
_WAYPOINTS_FROM_PREPARING = (_A, _F, _B)
"""States through which a forbidden transition may go, the likeliest first. There is no
Preparing to Unavailable: it goes by Available (B1, A8); B6 would mean a time-out."""


def route(start: Status, target: Status) -> list[Status]:
    """Return the statuses to notify from `start`, left out, to `target`: most often just that."""
    if start is target:
        return []
    waypoints = _WAYPOINTS_FROM_PREPARING if start is Status.PREPARING else _WAYPOINTS
    paths = deque([[start]])
    while paths:
        path = paths.popleft()
        if target in ALLOWED[path[-1]]:
            return [*path[1:], target]
        paths.extend(
            [*path, waypoint]
            for waypoint in waypoints
            if waypoint in ALLOWED[path[-1]] and waypoint not in path
        )
    raise AssertionError(f"no way from {start.value} to {target.value}")


VEHICLE_SIDE = frozenset(
    {FaultCode.PILOT_SHORTED, FaultCode.DIODE_MISSING, FaultCode.VENTILATION_UNAVAILABLE}
)
"""Faults of the vehicle or its wire: during a transaction no state Faulted, but
SuspendedEVSE with EVCommunicationError (section 7.6)."""

ERROR_CODES: dict[FaultCode, str] = {
    FaultCode.PILOT_SHORTED: "OtherError",
    FaultCode.DIODE_MISSING: "OtherError",
    FaultCode.PROXIMITY_INVALID: "OtherError",
    FaultCode.EARTH_LOST: "GroundFailure",
    FaultCode.RESIDUAL_CURRENT: "GroundFailure",
    FaultCode.RESIDUAL_TEST_FAILED: "InternalError",
    FaultCode.CONTACTOR_WELDED: "PowerSwitchFailure",
    FaultCode.CONTACTOR_STUCK_OPEN: "PowerSwitchFailure",
    FaultCode.OVER_CURRENT: "OverCurrentFailure",
    FaultCode.SHORT_CIRCUIT: "OverCurrentFailure",
    FaultCode.OVER_TEMPERATURE: "HighTemperature",
    FaultCode.UNDER_VOLTAGE: "UnderVoltage",
    FaultCode.OVER_VOLTAGE: "OverVoltage",
    FaultCode.PHASE_LOST: "UnderVoltage",
    FaultCode.NEUTRAL_LOST: "OverVoltage",
    FaultCode.SENSOR_LOST: "InternalError",
    FaultCode.LOCK_FAILED: "ConnectorLockFailure",
    FaultCode.VENTILATION_UNAVAILABLE: "OtherError",
}
"""ChargePointErrorCode of each fault; the fault's own name goes into `vendorErrorCode`."""
