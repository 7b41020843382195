"""Changing a charger's key, whose answer may be lost: until it is known, every key is right.

A new key is pending from before it is sent. The charger's answer settles it, or else the first
connection with it: had only one of the keys been right meanwhile, a charger that took another and
could not say so would be locked out for good. Several changes in a row may go unanswered, so
several keys may be pending.
"""

from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, update

from central.domain.chargers import must_exist
from central.domain.errors import ConflictError
from central.models import chargers, pending_keys

MOST_PENDING: Final = 4
"""Each one may cost whoever comes with a wrong key the time to check it."""


def list_pending_keys(conn: Connection, charge_point_id: str) -> list[str]:
    """Give the hashes of the keys that a charger may have taken, the last one sent first."""
    query = (
        select(pending_keys.c.key_hash)
        .where(pending_keys.c.charge_point_id == charge_point_id)
        .order_by(pending_keys.c.id.desc())
    )
    return list(conn.execute(query).scalars())


def offer_key(conn: Connection, charge_point_id: str, key_hash: str) -> None:
    """Note a key that is about to be sent to its charger, once more where it is pending already.

    Raises:
        NotFoundError: there is no such charger.
        ConflictError: too many are pending. None of them may be forgotten, for it may be the
            charger's.
    """
    must_exist(_lock(conn, charge_point_id), charge_point_id)
    withdraw_key(conn, charge_point_id, key_hash)
    pending = conn.execute(
        select(func.count())
        .select_from(pending_keys)
        .where(pending_keys.c.charge_point_id == charge_point_id)
    ).scalar_one()
    if pending >= MOST_PENDING:
        raise ConflictError(
            f"charger {charge_point_id} has been sent {pending} keys and has taken or declined "
            "none of them for certain",
            where="value",
            how="send one of these again, or wait until the charger connects with one of them",
        )
    conn.execute(insert(pending_keys).values(charge_point_id=charge_point_id, key_hash=key_hash))


def withdraw_key(conn: Connection, charge_point_id: str, key_hash: str) -> None:
    """Forget a key that the charger declined; those sent before it stay pending."""
    conn.execute(
        delete(pending_keys)
        .where(pending_keys.c.charge_point_id == charge_point_id)
        .where(pending_keys.c.key_hash == key_hash)
    )


def settle_key(conn: Connection, charge_point_id: str, key_hash: str) -> None:
    """Make a key that the charger has taken its key; it and those sent before are pending no more.

    One sent after it stays pending: the charger may have answered RebootRequired to that.

    Raises:
        NotFoundError: there is no such charger.
    """
    changed = conn.execute(
        update(chargers)
        .where(chargers.c.charge_point_id == charge_point_id)
        .values(key_hash=key_hash)
    )
    must_exist(changed.rowcount, charge_point_id)
    number = conn.execute(
        select(func.max(pending_keys.c.id))
        .where(pending_keys.c.charge_point_id == charge_point_id)
        .where(pending_keys.c.key_hash == key_hash)
    ).scalar_one()
    if number is not None:
        conn.execute(
            delete(pending_keys)
            .where(pending_keys.c.charge_point_id == charge_point_id)
            .where(pending_keys.c.id <= number)
        )


def confirm_key(conn: Connection, charge_point_id: str, key_hash: str) -> bool:
    """Settle a pending key that the charger has come with.

    Says whether it is the charger's; it is not if it was withdrawn or superseded meanwhile.
    """
    _lock(conn, charge_point_id)
    if key_hash in list_pending_keys(conn, charge_point_id):
        settle_key(conn, charge_point_id, key_hash)
        return True
    current = conn.execute(
        select(chargers.c.key_hash).where(chargers.c.charge_point_id == charge_point_id)
    ).scalar_one_or_none()
    return current == key_hash


def _lock(conn: Connection, charge_point_id: str) -> int:
    """Make changes of one charger's keys follow each other; gives how many chargers there are."""
    query = select(chargers.c.id).where(chargers.c.charge_point_id == charge_point_id)
    return len(conn.execute(query.with_for_update()).all())
