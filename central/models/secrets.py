"""Secrets of the server, and tokens taken back before their time."""

from sqlalchemy import Column, Table

from central.models.base import UtcDateTime, identifier, metadata

server_secrets = Table(
    "server_secrets",
    metadata,
    Column("name", identifier(40), primary_key=True),
    Column("value_hex", identifier(128), nullable=False),
)

revoked_tokens = Table(
    "revoked_tokens",
    metadata,
    Column("jti", identifier(64), primary_key=True),
    # The row may go once the token would have expired anyway (wall time).
    Column("expires_at", UtcDateTime, nullable=False),
)
