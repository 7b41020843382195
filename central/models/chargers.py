"""Chargers that may connect, and their connectors."""

from sqlalchemy import Column, Index, Integer, Table, UniqueConstraint

from central.models.base import CHARGE_POINT_ID_LENGTH, BigInt, UtcDateTime, identifier, metadata

chargers = Table(
    "chargers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("charge_point_id", identifier(CHARGE_POINT_ID_LENGTH), nullable=False),
    # Absent: the charger has no key and is let in only where security profile 0 is allowed.
    Column("key_hash", identifier(255)),
    Column("vendor", identifier(255)),
    Column("model", identifier(255)),
    Column("serial_number", identifier(255)),
    Column("firmware_version", identifier(255)),
    Column("meter_type", identifier(255)),
    Column("meter_serial_number", identifier(255)),
    # Answer to its last BootNotification: Accepted, Pending or Rejected; absent before the first.
    Column("registration", identifier(16)),
    Column("booted_at", UtcDateTime),
    Column("firmware_status", identifier(32)),
    Column("diagnostics_status", identifier(32)),
    Column("log_status", identifier(32)),
    # Which GetLog and which SignedUpdateFirmware the statuses are about.
    Column("log_request_id", Integer),
    Column("firmware_request_id", Integer),
    # The lowest security profile that it may use, and the one that it was told to change to and
    # has not yet come with.
    Column("min_security_profile", Integer, nullable=False, default=0, server_default="0"),
    Column("ordered_security_profile", Integer),
    Column("connector_count", Integer, nullable=False, default=0),
    Column("last_seen_at", UtcDateTime),
    Column("online_since", UtcDateTime),
    # Time online before `online_since`, microseconds: what the grace of a session that seems
    # gone is counted in.
    Column("online_before_us", BigInt, nullable=False, default=0),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("charge_point_id"),
    sqlite_autoincrement=True,
)

# Keys that were sent to a charger, which has not yet shown whether it took them; in the order in
# which they were sent.
pending_keys = Table(
    "pending_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("charge_point_id", identifier(CHARGE_POINT_ID_LENGTH), nullable=False),
    Column("key_hash", identifier(255), nullable=False),
    Index("ix_pending_keys_charger", "charge_point_id", "id"),
    sqlite_autoincrement=True,
)

connectors = Table(
    "connectors",
    metadata,
    Column("charge_point_id", identifier(CHARGE_POINT_ID_LENGTH), primary_key=True),
    # 0 is the charger itself (OCPP 1.6 §4.9).
    Column("connector_id", Integer, primary_key=True, autoincrement=False),
    Column("status", identifier(32), nullable=False),
    Column("error_code", identifier(32), nullable=False),
    Column("info", identifier(255)),
    Column("vendor_id", identifier(255)),
    Column("vendor_error_code", identifier(255)),
    # When the charger says that it entered this status, and when the news arrived.
    Column("since", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
)
