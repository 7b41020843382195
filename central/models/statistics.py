"""Counters, updated in the same transaction as what they count."""

from sqlalchemy import Column, Table

from central.models.base import CHARGE_POINT_ID_LENGTH, BigInt, identifier, metadata

statistics = Table(
    "statistics",
    metadata,
    # One row for each charger and counter: one row for all chargers would make them queue.
    Column("charge_point_id", identifier(CHARGE_POINT_ID_LENGTH), primary_key=True),
    Column("counter", identifier(40), primary_key=True),
    Column("value", BigInt, nullable=False),
)
