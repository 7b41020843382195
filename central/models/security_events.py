"""What chargers reported about their security."""

from sqlalchemy import Column, Index, Integer, Table, UniqueConstraint

from central.models.base import CHARGE_POINT_ID_LENGTH, UtcDateTime, identifier, metadata

security_events = Table(
    "security_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("charge_point_id", identifier(CHARGE_POINT_ID_LENGTH), nullable=False),
    Column("type", identifier(50), nullable=False),
    # When it happened, by the charger's clock, and when the news arrived.
    Column("at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    # Empty where the charger said nothing more.
    Column("tech_info", identifier(255), nullable=False),
    # A charger repeats what it got no answer to.
    UniqueConstraint("charge_point_id", "type", "at", "tech_info"),
    Index("ix_security_events_received", "received_at"),
    sqlite_autoincrement=True,
)
