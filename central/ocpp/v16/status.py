"""StatusNotification (OCPP 1.6 section 4.9)."""

from __future__ import annotations

from central.domain import chargers
from central.domain.chargers import StatusReport
from central.ocpp.charge_point import ChargePoint
from wire.frames import Payload
from wire.times import parse_time


async def status_notification(charge_point: ChargePoint, payload: Payload) -> Payload:
    """Keep the status of a connector, or of the charge point itself (connector 0)."""
    services = charge_point.services
    sent_at = payload.get("timestamp")
    report = StatusReport(
        charge_point_id=charge_point.charge_point_id,
        connector_id=payload["connectorId"],
        status=payload["status"],
        error_code=payload["errorCode"],
        timestamp=None if sent_at is None else parse_time(sent_at),
        info=payload.get("info"),
        vendor_id=payload.get("vendorId"),
        vendor_error_code=payload.get("vendorErrorCode"),
    )
    await services.storage.write(chargers.record_status, report, services.clock.now())
    return {}
