"""What the meters of the chargers said."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
)

from central.models.base import (
    CHARGE_POINT_ID_LENGTH,
    NAMING,
    BigInt,
    UtcDateTime,
    identifier,
    long_text,
    metadata,
)

meter_values = Table(
    "meter_values",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("charge_point_id", identifier(CHARGE_POINT_ID_LENGTH), nullable=False),
    Column("timestamp", UtcDateTime, nullable=False),
    Column("connector_id", Integer, nullable=False),
    # As sent; 0 outside a transaction.
    Column("transaction_id", BigInt, nullable=False),
    Column("context", identifier(20), nullable=False),
    # The sampledValue list as compact JSON, in the words of OCPP 1.6 §7.43.
    Column("sampled", long_text(), nullable=False),
    # The replay key. The time comes first, so that what many chargers say in the same moment goes
    # into the same few pages: with the charger first a commit costs a page for each charger.
    UniqueConstraint(
        "timestamp",
        "charge_point_id",
        "connector_id",
        "transaction_id",
        "context",
        name="uq_meter_values_replay",
    ),
    # What readers need. SQLite has `meter_value_places` in its stead.
    Index(
        "ix_meter_values_charger", "charge_point_id", "timestamp", "id", info={"on_sqlite": False}
    ),
)

sqlite_metadata = MetaData(naming_convention=NAMING)

# On SQLite: where the rows of a charger are, written for thousands of rows at a time rather than
# in each commit. Rows with an id above `up_to` are not in it yet.
meter_value_places = Table(
    "meter_value_places",
    sqlite_metadata,
    Column("charge_point_id", identifier(CHARGE_POINT_ID_LENGTH), primary_key=True),
    Column("timestamp", UtcDateTime, primary_key=True),
    Column("row_id", Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

meter_values_placed = Table(
    "meter_values_placed",
    sqlite_metadata,
    Column("up_to", Integer, primary_key=True, autoincrement=False),
)
