"""Heartbeat (OCPP 1.6 section 4.6)."""

from __future__ import annotations

from central.ocpp.charge_point import ChargePoint
from wire.frames import Payload
from wire.times import format_time


async def heartbeat(charge_point: ChargePoint, payload: Payload) -> Payload:  # noqa: ARG001
    """Tell the time. That the charger was heard of is noted for every message alike."""
    return {"currentTime": format_time(charge_point.services.clock.now())}
