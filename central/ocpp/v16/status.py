"""StatusNotification (OCPP 1.6 section 4.9)."""

from __future__ import annotations

from datetime import datetime

from central.domain.connectors import StatusReport, record_status
from central.domain.transaction_messages import is_clock_right
from central.ocpp.charge_point import ChargePoint
from wire.frames import Payload
from wire.times import parse_time


async def status_notification(charge_point: ChargePoint, payload: Payload) -> Payload:
    """Keep the status of a connector, or of the charge point itself (connector 0)."""
    services = charge_point.services
    now = services.clock.now()
    report = StatusReport(
        charge_point_id=charge_point.charge_point_id,
        connector_id=payload["connectorId"],
        status=payload["status"],
        error_code=payload["errorCode"],
        timestamp=await _believable(charge_point, payload.get("timestamp"), now),
        info=payload.get("info"),
        vendor_id=payload.get("vendorId"),
        vendor_error_code=payload.get("vendorErrorCode"),
    )
    await services.storage.write(record_status, report, now)
    return {}


async def _believable(
    charge_point: ChargePoint, timestamp: str | None, now: datetime
) -> datetime | None:
    """Return when the status began; None, which means now, where the charger's clock is off."""
    if timestamp is None:
        return None
    moment = parse_time(timestamp)
    if is_clock_right(moment, now):
        return moment
    await charge_point.note_violation(
        "StatusNotification", "UntrustedTimestamp", f"timestamp: {timestamp}"
    )
    return None
