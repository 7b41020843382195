"""The frames that went to and fro; kept apart from the durable tables.

On SQLite it lives in a file of its own, so that its writing never waits for a session's commit
nor the other way round; on the servers it is a table like the others.
"""

from sqlalchemy import Column, Index, Integer, MetaData, Table

from central.models.base import (
    CHARGE_POINT_ID_LENGTH,
    NAMING,
    BigInt,
    UtcDateTime,
    identifier,
    long_text,
)

log_metadata = MetaData(naming_convention=NAMING)

# A row holds what one charger said and was told between two writes: a row for each frame would
# cost as much as storing the meter values themselves.
message_log = Table(
    "message_log",
    log_metadata,
    Column("id", Integer, primary_key=True),
    Column("charge_point_id", identifier(CHARGE_POINT_ID_LENGTH), nullable=False),
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    # Bytes of `frames` that were written up to this row, itself included: what lies between two
    # rows is one subtraction. 0 in rows from before it was counted.
    Column("total_bytes", BigInt, nullable=False, server_default="0"),
    # In the order of time; written and read by `logged_frames_row`.
    Column("frames", long_text(), nullable=False),
    Index("ix_message_log_charger", "charge_point_id", "id"),
    # Where a moment lies among the rows of a charger.
    Index("ix_message_log_time", "charge_point_id", "first_at", "id"),
    Index("ix_message_log_last_at", "last_at"),
    sqlite_autoincrement=True,
)
