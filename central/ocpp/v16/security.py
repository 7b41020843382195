"""Messages of a charger that the security whitepaper adds to OCPP 1.6."""

from __future__ import annotations

from datetime import datetime

from cryptography.x509.oid import NameOID
from sqlalchemy import Connection

from central.domain import certificates, file_jobs, registration, security_events
from central.domain.errors import InvalidError
from central.ocpp.charge_point import ChargePoint
from central.pki.reading import first_name, read_request
from central.pki.strength import PkiError
from wire.frames import Payload
from wire.times import parse_time


async def security_event_notification(charge_point: ChargePoint, payload: Payload) -> Payload:
    """Keep a security event (A04)."""
    services, kind = charge_point.services, payload["type"]
    tech_info = payload.get("techInfo", "")
    await services.storage.write(
        security_events.record_event,
        charge_point.charge_point_id,
        kind,
        parse_time(payload["timestamp"]),
        tech_info,
        services.clock.now(),
    )
    if kind in security_events.ALERTING:
        charge_point.log.warning("security event", type=kind, tech_info=tech_info)
    return {}


async def sign_certificate(charge_point: ChargePoint, payload: Payload) -> Payload:
    """Take a request for a certificate (A02, A03). The answer says only that it has come."""
    services, csr = charge_point.services, payload["csr"]
    try:
        request = read_request(csr)
    except PkiError as error:
        charge_point.log.warning("certificate request rejected", reason=str(error))
        return {"status": "Rejected"}
    await services.storage.write(
        certificates.request_certificate,
        charge_point.charge_point_id,
        csr,
        services.clock.now(),
        common_name=first_name(request.subject, NameOID.COMMON_NAME),
        organization=first_name(request.subject, NameOID.ORGANIZATION_NAME),
    )
    # Its task begins after this answer is on its way.
    services.certificates_due.add(charge_point.charge_point_id)
    return {"status": "Accepted"}


async def log_status_notification(charge_point: ChargePoint, payload: Payload) -> Payload:
    """Keep how far the upload of a log is (N01)."""
    identity, status, now = _told(charge_point, payload)
    number = _request_id(payload)

    def unit(conn: Connection) -> None:
        registration.record_log_status(conn, identity, status, number)
        file_jobs.follow(conn, identity, file_jobs.UPLOADS, status, now, number)

    await charge_point.services.storage.write(unit)
    return {}


async def signed_firmware_status_notification(
    charge_point: ChargePoint, payload: Payload
) -> Payload:
    """Keep how far a signed firmware update is (L01)."""
    identity, status, now = _told(charge_point, payload)
    number = _request_id(payload)

    def unit(conn: Connection) -> None:
        registration.record_signed_firmware_status(conn, identity, status, number)
        file_jobs.follow(conn, identity, file_jobs.FIRMWARE, status, now, number)

    await charge_point.services.storage.write(unit)
    return {}


def _told(charge_point: ChargePoint, payload: Payload) -> tuple[str, str, datetime]:
    return charge_point.charge_point_id, payload["status"], charge_point.services.clock.now()


def _request_id(payload: Payload) -> int | None:
    number = payload.get("requestId")
    if number is None:
        return None
    if not -(2**31) <= number < 2**31:
        raise InvalidError("it is no 32-bit integer", where="requestId")
    return int(number)
