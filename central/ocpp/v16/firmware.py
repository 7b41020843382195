"""FirmwareStatusNotification and DiagnosticsStatusNotification (OCPP 1.6 sections 4.4, 4.5)."""

from __future__ import annotations

from central.domain import registration
from central.ocpp.charge_point import ChargePoint
from wire.frames import Payload


async def firmware_status_notification(charge_point: ChargePoint, payload: Payload) -> Payload:
    """Keep how far a firmware update is."""
    await charge_point.services.storage.write(
        registration.record_firmware_status, charge_point.charge_point_id, payload["status"]
    )
    return {}


async def diagnostics_status_notification(charge_point: ChargePoint, payload: Payload) -> Payload:
    """Keep how far an upload of diagnostics is."""
    await charge_point.services.storage.write(
        registration.record_diagnostics_status, charge_point.charge_point_id, payload["status"]
    )
    return {}
