"""What the meters of the chargers said."""

from sqlalchemy import Column, Integer, Table

from central.models.base import (
    CHARGE_POINT_ID_LENGTH,
    BigInt,
    UtcDateTime,
    identifier,
    long_text,
    metadata,
)

# The key is the replay key, and in this order the rows of a charger lie together by time, so one
# index serves both the replay and the reading. There is no other: this is the hot path. On SQLite
# the table keeps its rowid, since appending rows and sorting only their keys costs less than half
# of sorting whole rows.
meter_values = Table(
    "meter_values",
    metadata,
    Column("charge_point_id", identifier(CHARGE_POINT_ID_LENGTH), primary_key=True),
    Column("timestamp", UtcDateTime, primary_key=True),
    Column("connector_id", Integer, primary_key=True, autoincrement=False),
    # As sent; 0 outside a transaction.
    Column("transaction_id", BigInt, primary_key=True, autoincrement=False),
    Column("context", identifier(20), primary_key=True),
    # The sampledValue list as compact JSON, in the words of OCPP 1.6 §7.43.
    Column("sampled", long_text(), nullable=False),
)
