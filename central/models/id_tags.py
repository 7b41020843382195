"""Id tags: what a driver shows to a charger."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from central.models.base import UtcDateTime, identifier, metadata

id_tags = Table(
    "id_tags",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("id_tag", identifier(20), nullable=False),
    # CiString20 compares without case (OCPP 1.6 §7.28); folding can lengthen a character to three.
    Column("folded", identifier(60), nullable=False),
    Column("status", identifier(16), nullable=False),
    Column("expires_at", UtcDateTime),
    Column("parent_id_tag", identifier(20)),
    Column("user_id", Integer, ForeignKey("users.id", ondelete="SET NULL")),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("folded"),
    Index(None, "user_id"),
    sqlite_autoincrement=True,
)
