"""FirmwareStatusNotification and DiagnosticsStatusNotification (OCPP 1.6 sections 4.4, 4.5)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from central.domain import file_jobs, registration
from central.ocpp.charge_point import ChargePoint
from wire.frames import Payload


async def firmware_status_notification(charge_point: ChargePoint, payload: Payload) -> Payload:
    """Keep how far a firmware update is."""
    identity, status, now = _told(charge_point, payload)

    def unit(conn: Connection) -> None:
        registration.record_firmware_status(conn, identity, status)
        file_jobs.follow(conn, identity, file_jobs.FIRMWARE, status, now)

    await charge_point.services.storage.write(unit)
    return {}


async def diagnostics_status_notification(charge_point: ChargePoint, payload: Payload) -> Payload:
    """Keep how far an upload of diagnostics is."""
    identity, status, now = _told(charge_point, payload)

    def unit(conn: Connection) -> None:
        registration.record_diagnostics_status(conn, identity, status)
        file_jobs.follow(conn, identity, file_jobs.UPLOADS, status, now)

    await charge_point.services.storage.write(unit)
    return {}


def _told(charge_point: ChargePoint, payload: Payload) -> tuple[str, str, datetime]:
    return charge_point.charge_point_id, payload["status"], charge_point.services.clock.now()
