"""Id tags and whether they may charge."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from central.domain.errors import ConflictError, InvalidError, NotFoundError
from central.models import id_tags, users

# CiString20 (OCPP 1.6 §7.28).
ID_TAG_LENGTH: Final = 20

# What can be stored of a tag; Expired is found by time, ConcurrentTx by its sessions.
STATUSES: Final = ("Accepted", "Blocked", "Invalid")

_FIND: Final = select(id_tags).where(id_tags.c.folded == bindparam("text"))


@dataclass(frozen=True)
class TagInfo:
    """The answer about a tag: IdTagInfo of OCPP 1.6 §7.27.

    Attributes:
        status: Accepted, Blocked, Expired, Invalid or ConcurrentTx.
        expiry: until when a charger may keep the answer; absent for no end.
        parent: the group that the tag belongs to; absent for none.
    """

    status: str
    expiry: datetime | None = None
    parent: str | None = None


@dataclass(frozen=True)
class IdTag:
    """A tag as it is stored."""

    id: int
    id_tag: str
    folded: str
    status: str
    expires_at: datetime | None
    parent_id_tag: str | None
    user_id: int | None
    created_at: datetime


def fold(id_tag: str) -> str:
    """Give the form in which tags are compared: case does not count, nor spaces at the ends."""
    return id_tag.strip().casefold()


def authorize(
    conn: Connection, id_tag: str, now: datetime, *, accept_unknown: bool = False
) -> TagInfo:
    """Say whether a tag may charge now.

    `accept_unknown`: whether a tag that is not stored is Accepted rather than Invalid.
    """
    return tag_info(find_id_tag(conn, id_tag), id_tag, now, accept_unknown=accept_unknown)


def tag_info(
    tag: IdTag | None, id_tag: str, now: datetime, *, accept_unknown: bool = False
) -> TagInfo:
    """Say as `authorize` what `tag`, which was found for the text `id_tag`, is worth."""
    if tag is None:
        usable = accept_unknown and 0 < len(id_tag) <= ID_TAG_LENGTH
        return TagInfo("Accepted" if usable else "Invalid")
    status = tag.status
    if status == "Accepted" and tag.expires_at is not None and tag.expires_at <= now:
        status = "Expired"
    return TagInfo(status, tag.expires_at, tag.parent_id_tag)


def find_id_tag(conn: Connection, id_tag: str) -> IdTag | None:
    """Give a tag by its text, whatever its case; None if it is not stored."""
    folded = fold(id_tag)
    if not folded or len(id_tag) > ID_TAG_LENGTH or "\x00" in folded:
        return None
    row = conn.execute(_FIND, {"text": folded}).one_or_none()
    return None if row is None else IdTag(**row._mapping)


def get_id_tag(conn: Connection, id_tag: str) -> IdTag:
    """Give a tag by its text.

    Raises:
        NotFoundError: it is not stored.
    """
    found = find_id_tag(conn, id_tag)
    if found is None:
        raise NotFoundError(f"there is no id tag {id_tag[:40]}", where="id_tag")
    return found


def list_id_tags(
    conn: Connection, *, user_id: int | None = None, limit: int = 100, offset: int = 0
) -> list[IdTag]:
    """Give the tags of one user or of all, in the order in which they were added."""
    query = select(id_tags).order_by(id_tags.c.id).limit(limit).offset(offset)
    if user_id is not None:
        query = query.where(id_tags.c.user_id == user_id)
    return [IdTag(**row) for row in conn.execute(query).mappings()]


def add_id_tag(
    conn: Connection,
    id_tag: str,
    now: datetime,
    *,
    status: str = "Accepted",
    expires_at: datetime | None = None,
    parent_id_tag: str | None = None,
    user_id: int | None = None,
) -> IdTag:
    """Add a tag.

    Raises:
        InvalidError: not 1 to 20 printable characters, or an unknown status.
        ConflictError: there is one that differs in case at most.
        NotFoundError: there is no such user.
    """
    _check_text(id_tag, "id_tag")
    if parent_id_tag is not None:
        _check_text(parent_id_tag, "parent_id_tag")
    _check_status(status)
    _check_user(conn, user_id)
    try:
        with conn.begin_nested():
            conn.execute(
                insert(id_tags).values(
                    id_tag=id_tag,
                    folded=fold(id_tag),
                    status=status,
                    expires_at=expires_at,
                    parent_id_tag=parent_id_tag,
                    user_id=user_id,
                    created_at=now,
                )
            )
    except IntegrityError as error:
        raise ConflictError(f"id tag {id_tag} exists already", where="id_tag") from error
    return get_id_tag(conn, id_tag)


def change_id_tag(
    conn: Connection,
    id_tag: str,
    *,
    status: str,
    expires_at: datetime | None,
    parent_id_tag: str | None,
    user_id: int | None,
) -> IdTag:
    """Replace everything but the text of a tag.

    Raises:
        InvalidError: an unknown status, or a parent that is not 1 to 20 printable characters.
        NotFoundError: there is no such tag or user.
    """
    _check_status(status)
    if parent_id_tag is not None:
        _check_text(parent_id_tag, "parent_id_tag")
    _check_user(conn, user_id)
    tag = get_id_tag(conn, id_tag)
    conn.execute(
        update(id_tags)
        .where(id_tags.c.id == tag.id)
        .values(status=status, expires_at=expires_at, parent_id_tag=parent_id_tag, user_id=user_id)
    )
    return get_id_tag(conn, id_tag)


def delete_id_tag(conn: Connection, id_tag: str) -> None:
    """Forget a tag; its sessions stay.

    Raises:
        NotFoundError: it is not stored.
    """
    tag = get_id_tag(conn, id_tag)
    conn.execute(delete(id_tags).where(id_tags.c.id == tag.id))


def generate_id_tag() -> str:
    """Give a new random tag text: U and 15 hexadecimal digits, of 60 random bits."""
    return "U" + secrets.token_hex(8)[:15].upper()


def _check_text(id_tag: str, where: str) -> None:
    if (
        not fold(id_tag)
        or len(id_tag) > ID_TAG_LENGTH
        or not id_tag.isprintable()
        or id_tag != id_tag.strip()
    ):
        raise InvalidError(
            f"{id_tag[:40]!r} cannot be an id tag",
            where=where,
            how=f"1 to {ID_TAG_LENGTH} printable characters, no space at either end",
        )


def _check_status(status: str) -> None:
    if status not in STATUSES:
        raise InvalidError(
            f"{status[:40]!r} is not a status of an id tag",
            where="status",
            how=f"one of {', '.join(STATUSES)}",
        )


def _check_user(conn: Connection, user_id: int | None) -> None:
    if user_id is None:
        return
    if conn.execute(select(users.c.id).where(users.c.id == user_id)).one_or_none() is None:
        raise NotFoundError(f"there is no user {user_id}", where="user_id")
