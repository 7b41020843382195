"""What the central system has put into chargers: reservations, local lists, charging profiles."""

from sqlalchemy import Column, Index, Integer, Table, UniqueConstraint

from central.models.base import (
    CHARGE_POINT_ID_LENGTH,
    BigInt,
    UtcDateTime,
    identifier,
    long_text,
    metadata,
)

reservations = Table(
    "reservations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("charge_point_id", identifier(CHARGE_POINT_ID_LENGTH), nullable=False),
    # As OCPP names it: our own number, unless the operator chose one with the raw operation.
    Column("reservation_id", BigInt),
    # 0 is any connector (OCPP 1.6 §5.13).
    Column("connector_id", Integer, nullable=False),
    Column("id_tag", identifier(255), nullable=False),
    Column("parent_id_tag", identifier(255)),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("status", identifier(16), nullable=False),
    # The session that used it.
    Column("transaction_id", Integer),
    Column("user_id", Integer),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("charge_point_id", "reservation_id", name="uq_reservations_of_charger"),
    Index("ix_reservations_user", "user_id"),
    sqlite_autoincrement=True,
)

local_lists = Table(
    "local_lists",
    metadata,
    Column("charge_point_id", identifier(CHARGE_POINT_ID_LENGTH), primary_key=True),
    # As the charger last said or took it; 0 is empty, -1 is not supported (OCPP 1.6 §5.10).
    Column("version", Integer, nullable=False),
    # The entries as JSON, as OCPP names their fields; absent where somebody else sent the list.
    Column("entries", long_text()),
    Column("changed_at", UtcDateTime, nullable=False),
)

charger_profiles = Table(
    "charger_profiles",
    metadata,
    Column("charge_point_id", identifier(CHARGE_POINT_ID_LENGTH), primary_key=True),
    Column("profile_id", Integer, primary_key=True, autoincrement=False),
    Column("connector_id", Integer, nullable=False),
    # As JSON, as OCPP names its fields.
    Column("profile", long_text(), nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
)

composite_schedules = Table(
    "composite_schedules",
    metadata,
    Column("charge_point_id", identifier(CHARGE_POINT_ID_LENGTH), primary_key=True),
    Column("connector_id", Integer, primary_key=True, autoincrement=False),
    Column("asked_duration_s", Integer, nullable=False),
    # The answer as JSON, as OCPP names its fields.
    Column("answer", long_text(), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
)
