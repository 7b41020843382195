"""DataTransfer from a charge point (OCPP 1.6 section 4.3)."""

from __future__ import annotations

from central.ocpp.charge_point import ChargePoint
from wire.frames import Payload


async def data_transfer(charge_point: ChargePoint, payload: Payload) -> Payload:
    """Answer that the vendor is unknown: this central system knows no vendor's messages.

    The value on the wire is `UnknownVendorId` (section 7.16).
    """
    charge_point.log.info("data transfer of an unknown vendor", vendor_id=payload["vendorId"])
    return {"status": "UnknownVendorId"}
