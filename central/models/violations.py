"""What chargers did against the protocol and was stored or answered all the same."""

from sqlalchemy import Column, Index, Integer, Table

from central.models.base import (
    CHARGE_POINT_ID_LENGTH,
    UtcDateTime,
    identifier,
    long_text,
    metadata,
)

violations = Table(
    "violations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("charge_point_id", identifier(CHARGE_POINT_ID_LENGTH), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("action", identifier(50), nullable=False),
    # A short name of the rule that was broken.
    Column("code", identifier(50), nullable=False),
    Column("detail", long_text(), nullable=False),
    Index("ix_violations_charger", "charge_point_id", "at"),
    Index("ix_violations_at", "at"),
    sqlite_autoincrement=True,
)
