"""Every command from the central system to a charger, with its outcome."""

from sqlalchemy import Column, Index, Integer, Table

from central.models.base import (
    CHARGE_POINT_ID_LENGTH,
    BigInt,
    UtcDateTime,
    identifier,
    long_text,
    metadata,
)

commands = Table(
    "commands",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("charge_point_id", identifier(CHARGE_POINT_ID_LENGTH), nullable=False),
    Column("action", identifier(50), nullable=False),
    Column("payload", long_text(), nullable=False),
    # The user who asked; absent when the central system itself did.
    Column("requested_by", Integer),
    Column("requested_at", UtcDateTime, nullable=False),
    # sent, answered, refused (CALLERROR), invalid_answer, timed_out, late, offline, unknown
    Column("outcome", identifier(16), nullable=False),
    Column("response", long_text()),
    Column("latency_us", BigInt),
    Index("ix_commands_charger", "charge_point_id", "id"),
    Index("ix_commands_outcome", "outcome", "id"),
    Index("ix_commands_requested_at", "requested_at"),
    sqlite_autoincrement=True,
)
