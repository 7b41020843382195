"""What a charger says of itself: its boot, its firmware, its diagnostics."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, update

from central.domain import gone_sessions
from central.domain.chargers import must_exist
from central.models import chargers
from central.models.base import as_stored

_BOOT = update(chargers).where(chargers.c.charge_point_id == bindparam("of_charger"))


@dataclass(frozen=True)
class BootInfo:
    """What a charger says of itself in BootNotification (OCPP 1.6 §6.1)."""

    vendor: str
    model: str
    serial_number: str | None = None
    firmware_version: str | None = None
    meter_type: str | None = None
    meter_serial_number: str | None = None


def record_boot(
    conn: Connection,
    charge_point_id: str,
    info: BootInfo,
    now: datetime,
    *,
    registration: str = "Accepted",
) -> None:
    """Keep what a charger said at boot, and the answer it gets.

    A boot is evidence that its sessions ended: they become `stop_expected`.

    Raises:
        NotFoundError: there is no such charger.
    """
    changed = conn.execute(
        _BOOT,
        {
            "of_charger": charge_point_id,
            "vendor": as_stored(info.vendor),
            "model": as_stored(info.model),
            "serial_number": as_stored(info.serial_number),
            "firmware_version": as_stored(info.firmware_version),
            "meter_type": as_stored(info.meter_type),
            "meter_serial_number": as_stored(info.meter_serial_number),
            "registration": registration,
            "booted_at": now,
            "last_seen_at": now,
        },
    )
    must_exist(changed.rowcount, charge_point_id)
    gone_sessions.expect_stop(conn, charge_point_id, gone_sessions.Evidence.BOOT, now)


def record_firmware_status(conn: Connection, charge_point_id: str, status: str) -> None:
    """Keep a FirmwareStatusNotification (OCPP 1.6 §6.19)."""
    conn.execute(
        update(chargers)
        .where(chargers.c.charge_point_id == charge_point_id)
        .values(firmware_status=status[:32])
    )


def record_signed_firmware_status(
    conn: Connection, charge_point_id: str, status: str, request_id: int | None
) -> None:
    """Keep a SignedFirmwareStatusNotification (security whitepaper, L01)."""
    _set(conn, charge_point_id, firmware_status=status[:32], firmware_request_id=request_id)


def record_log_status(
    conn: Connection, charge_point_id: str, status: str, request_id: int | None
) -> None:
    """Keep a LogStatusNotification (security whitepaper, N01)."""
    _set(conn, charge_point_id, log_status=status[:32], log_request_id=request_id)


def _set(conn: Connection, charge_point_id: str, **values: str | int | None) -> None:
    conn.execute(
        update(chargers).where(chargers.c.charge_point_id == charge_point_id).values(**values)
    )


def record_diagnostics_status(conn: Connection, charge_point_id: str, status: str) -> None:
    """Keep a DiagnosticsStatusNotification (OCPP 1.6 §6.17)."""
    conn.execute(
        update(chargers)
        .where(chargers.c.charge_point_id == charge_point_id)
        .values(diagnostics_status=status[:32])
    )
