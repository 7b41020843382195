"""BootNotification (OCPP 1.6 section 4.2)."""

from __future__ import annotations

from central.domain.registration import BootInfo, record_boot
from central.ocpp.charge_point import ACCEPTED, ChargePoint
from wire.frames import Payload
from wire.times import format_time


async def boot_notification(charge_point: ChargePoint, payload: Payload) -> Payload:
    """Register a charge point: one that got through the authentication is accepted."""
    services = charge_point.services
    info = BootInfo(
        vendor=payload["chargePointVendor"],
        model=payload["chargePointModel"],
        serial_number=payload.get("chargePointSerialNumber")
        or payload.get("chargeBoxSerialNumber"),
        firmware_version=payload.get("firmwareVersion"),
        meter_type=payload.get("meterType"),
        meter_serial_number=payload.get("meterSerialNumber"),
    )
    now = services.clock.now()
    await services.storage.write(
        record_boot, charge_point.charge_point_id, info, now, registration=ACCEPTED
    )
    charge_point.registration = ACCEPTED
    services.certificates_due.add(charge_point.charge_point_id)
    charge_point.log.info("boot", vendor=info.vendor, model=info.model)
    return {
        "status": ACCEPTED,
        "currentTime": format_time(services.clock.now()),
        "interval": services.settings.heartbeat_interval_s,
    }
