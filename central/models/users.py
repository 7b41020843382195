"""People who log in: drivers and admins."""

from sqlalchemy import Boolean, Column, Integer, Table, UniqueConstraint

from central.models.base import UtcDateTime, identifier, metadata

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", identifier(254), nullable=False),
    Column("email_folded", identifier(254), nullable=False),
    Column("name", identifier(200), nullable=False),
    Column("phone", identifier(40)),
    Column("password_hash", identifier(255), nullable=False),
    Column("is_admin", Boolean(create_constraint=False), nullable=False, default=False),
    Column("is_disabled", Boolean(create_constraint=False), nullable=False, default=False),
    # Tokens issued before this moment (wall time) are refused.
    Column("tokens_valid_from", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("email_folded"),
    sqlite_autoincrement=True,
)
