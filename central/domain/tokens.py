"""Tokens that show who somebody is: JWT with expiry, and taken back one by one.

Their times are wall time, as the programs that hold them live in it.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import jwt
from sqlalchemy import Connection, delete, select

from central.domain.errors import DeniedError, NotFoundError
from central.domain.statements import insert_ignoring
from central.domain.users import User, get_user
from central.models import revoked_tokens

LIFETIME: Final = timedelta(hours=12)
_ALGORITHM: Final = "HS256"


@dataclass(frozen=True)
class Claims:
    """What a token says.

    Attributes:
        jti: names the token.
        issued_at, expires_at: wall time.
    """

    jti: str
    user_id: int
    issued_at: datetime
    expires_at: datetime


def issue_token(
    secret: bytes, user_id: int, wall_now: datetime, *, lifetime: timedelta = LIFETIME
) -> str:
    """Make a token for a user."""
    return jwt.encode(
        {
            "jti": secrets.token_hex(16),
            "sub": str(user_id),
            "iat": wall_now.timestamp(),
            "exp": (wall_now + lifetime).timestamp(),
        },
        secret,
        algorithm=_ALGORITHM,
    )


def read_token(secret: bytes, token: str, wall_now: datetime) -> Claims:
    """Check the signature and the expiry of a token; says nothing about revocation.

    Raises:
        DeniedError: it is not ours, or has expired.
    """
    try:
        # Expiry is checked below against the time that was given, not the machine's.
        fields = jwt.decode(
            token,
            secret,
            algorithms=[_ALGORITHM],
            options={
                "verify_exp": False,
                "verify_iat": False,
                "require": ["jti", "sub", "iat", "exp"],
            },
        )
        claims = Claims(
            jti=str(fields["jti"]),
            user_id=int(fields["sub"]),
            issued_at=datetime.fromtimestamp(fields["iat"], UTC),
            expires_at=datetime.fromtimestamp(fields["exp"], UTC),
        )
    except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError) as error:
        raise DeniedError("the token is not valid", where="Authorization", how="log in") from error
    if claims.expires_at <= wall_now:
        raise DeniedError("the token has expired", where="Authorization", how="log in again")
    return claims


def authenticate(conn: Connection, claims: Claims) -> User:
    """Give the user of a token that has been read, with the rights that he has now.

    Raises:
        DeniedError: the token was revoked, or its user is gone, disabled or has changed his
            password since.
    """
    revoked = conn.execute(
        select(revoked_tokens.c.jti).where(revoked_tokens.c.jti == claims.jti)
    ).one_or_none()
    try:
        user = get_user(conn, claims.user_id)
    except NotFoundError as error:
        raise DeniedError("the token's user is gone", where="Authorization") from error
    if revoked is not None or user.is_disabled or claims.issued_at < user.tokens_valid_from:
        raise DeniedError("the token is no longer valid", where="Authorization", how="log in again")
    return user


def revoke_token(conn: Connection, claims: Claims) -> None:
    """Take a token back; a second time changes nothing."""
    conn.execute(
        insert_ignoring(conn.dialect.name, revoked_tokens).values(
            jti=claims.jti[:64], expires_at=claims.expires_at
        )
    )


def purge_revoked(conn: Connection, wall_now: datetime) -> int:
    """Forget revoked tokens that would have expired anyway; gives how many."""
    gone = delete(revoked_tokens).where(revoked_tokens.c.expires_at <= wall_now)
    return conn.execute(gone).rowcount
