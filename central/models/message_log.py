"""The frames that went to and fro; kept apart from the durable tables.

On SQLite it lives in a file of its own, so that its writing never waits for a session's commit
nor the other way round; on the servers it is a table like the others.
"""

from sqlalchemy import Column, Integer, MetaData, Table

from central.models.base import (
    CHARGE_POINT_ID_LENGTH,
    NAMING,
    UtcDateTime,
    identifier,
    long_text,
)

log_metadata = MetaData(naming_convention=NAMING)

message_log = Table(
    "message_log",
    log_metadata,
    Column("charge_point_id", identifier(CHARGE_POINT_ID_LENGTH), primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    # Tells frames of the same microsecond apart, also those of two runs of the server.
    Column("seq", Integer, primary_key=True, autoincrement=False),
    # in: from the charger; out: to it
    Column("direction", identifier(3), nullable=False),
    Column("action", identifier(50), nullable=False),
    Column("frame", long_text(), nullable=False),
    sqlite_with_rowid=False,
)
