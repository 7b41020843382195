"""Secrets that the server makes once and keeps in its database."""

import secrets
from enum import StrEnum

from sqlalchemy import Connection, select

from central.domain.statements import insert_ignoring
from central.models import server_secrets


class SecretName(StrEnum):
    """What a secret is for."""

    JWT = "jwt"
    """Signs tokens, where JWT_SECRET is not set."""
    CHARGER_KEYS = "charger_keys"
    """Key of the HMAC over generated charger keys."""


def obtain_secret(conn: Connection, name: SecretName) -> bytes:
    """Give a secret of 32 random bytes, made the first time that it is asked for.

    Of several processes that ask at once, all get the same.
    """
    conn.execute(
        insert_ignoring(conn.dialect.name, server_secrets).values(
            name=name, value_hex=secrets.token_hex(32)
        )
    )
    found = conn.execute(select(server_secrets.c.value_hex).where(server_secrets.c.name == name))
    return bytes.fromhex(found.scalar_one())
