"""People who log in."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from central.domain import id_tags
from central.domain.errors import ConflictError, InvalidError, NotFoundError
from central.domain.statements import inserted_id
from central.models import users

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class User:
    """A driver or an admin.

    Attributes:
        tokens_valid_from: tokens issued before this moment of wall time are refused.
    """

    id: int
    email: str
    email_folded: str
    name: str
    phone: str | None
    password_hash: str
    is_admin: bool
    is_disabled: bool
    tokens_valid_from: datetime
    created_at: datetime


def add_user(
    conn: Connection,
    *,
    email: str,
    name: str,
    password_hash: str,
    now: datetime,
    phone: str | None = None,
    is_admin: bool = False,
) -> User:
    """Add a user, with an id tag of his own.

    `password_hash`: from `Passwords.hash`.

    Raises:
        InvalidError: the e-mail address or the name cannot be used.
        ConflictError: the address is taken.
    """
    email = email.strip()
    _check_email(email)
    if not 0 < len(name) <= 200 or not name.isprintable():
        raise InvalidError("a name has 1 to 200 printable characters", where="name")
    if phone is not None and not (len(phone) <= 40 and phone.isprintable()):
        raise InvalidError("a phone number has at most 40 characters", where="phone")
    try:
        with conn.begin_nested():
            made = conn.execute(
                insert(users).values(
                    email=email,
                    email_folded=email.casefold(),
                    name=name,
                    phone=phone,
                    password_hash=password_hash,
                    is_admin=is_admin,
                    is_disabled=False,
                    tokens_valid_from=_EPOCH,
                    created_at=now,
                )
            )
    except IntegrityError as error:
        raise ConflictError(f"{email} is registered already", where="email") from error
    user_id = inserted_id(made)
    id_tags.add_id_tag(conn, id_tags.generate_id_tag(), now, user_id=user_id)
    return get_user(conn, user_id)


def find_user(conn: Connection, email: str) -> User | None:
    """Give a user by e-mail address, whatever its case; None if there is none."""
    folded = email.strip().casefold()
    if len(folded) > 254 or "\x00" in folded:
        return None
    row = conn.execute(select(users).where(users.c.email_folded == folded)).one_or_none()
    return None if row is None else User(**row._mapping)


def get_user(conn: Connection, user_id: int) -> User:
    """Give a user by number.

    Raises:
        NotFoundError: there is none.
    """
    row = conn.execute(select(users).where(users.c.id == user_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no user {user_id}", where="user_id")
    return User(**row._mapping)


def list_users(conn: Connection, *, limit: int = 100, offset: int = 0) -> list[User]:
    """Give the users in the order in which they were added."""
    query = select(users).order_by(users.c.id).limit(limit).offset(offset)
    return [User(**row) for row in conn.execute(query).mappings()]


def count_admins(conn: Connection) -> int:
    """Count the admins that may log in; at none, the first start makes one."""
    query = select(func.count()).where(users.c.is_admin, ~users.c.is_disabled)
    return conn.execute(query).scalar_one()


def set_password(conn: Connection, user_id: int, password_hash: str, wall_now: datetime) -> None:
    """Replace a password; tokens issued before are refused from now on.

    Raises:
        NotFoundError: there is no such user.
    """
    changed = conn.execute(
        update(users)
        .where(users.c.id == user_id)
        .values(password_hash=password_hash, tokens_valid_from=wall_now)
    )
    if not changed.rowcount:
        raise NotFoundError(f"there is no user {user_id}", where="user_id")


def set_rights(conn: Connection, user_id: int, *, is_admin: bool, is_disabled: bool) -> None:
    """Say whether a user is an admin and whether he may log in at all.

    Raises:
        NotFoundError: there is no such user.
    """
    changed = conn.execute(
        update(users)
        .where(users.c.id == user_id)
        .values(is_admin=is_admin, is_disabled=is_disabled)
    )
    if not changed.rowcount:
        raise NotFoundError(f"there is no user {user_id}", where="user_id")


def _check_email(email: str) -> None:
    local, at, domain = email.rpartition("@")
    if (
        not (at and local and domain)
        or len(email) > 200
        or not email.isprintable()
        or any(character.isspace() for character in email)
    ):
        raise InvalidError(f"{email[:80]!r} is not an e-mail address", where="email")
