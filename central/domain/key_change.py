"""Changing a charger's key, whose answer may be lost: until it is known, both keys are right.

A new key is pending from before it is sent. The charger's answer settles it, or else the first
connection with it: had only one of the two keys been right meanwhile, a charger that took the new
one and could not say so would be locked out for good.
"""

from sqlalchemy import Connection, update

from central.domain.chargers import find_charger, get_charger, set_key
from central.models import chargers


def offer_key(conn: Connection, charge_point_id: str, key_hash: str) -> str | None:
    """Note a key that is about to be sent to its charger; gives the one that was pending before.

    Raises:
        NotFoundError: there is no such charger.
    """
    before = get_charger(conn, charge_point_id).pending_key_hash
    conn.execute(
        update(chargers)
        .where(chargers.c.charge_point_id == charge_point_id)
        .values(pending_key_hash=key_hash)
    )
    return before


def withdraw_key(conn: Connection, charge_point_id: str, key_hash: str, before: str | None) -> None:
    """Forget a key that the charger declined.

    `before`: what `offer_key` gave. The charger may have taken that one earlier, so it is pending
        again.
    """
    conn.execute(
        update(chargers)
        .where(chargers.c.charge_point_id == charge_point_id)
        .where(chargers.c.pending_key_hash == key_hash)
        .values(pending_key_hash=before)
    )


def confirm_key(conn: Connection, charge_point_id: str, key_hash: str) -> bool:
    """Make a pending key that the charger has used its only one.

    Says whether it is; it is not if it was withdrawn or replaced meanwhile.
    """
    charger = find_charger(conn, charge_point_id)
    if charger is None:
        return False
    if charger.pending_key_hash == key_hash:
        set_key(conn, charge_point_id, key_hash)
        return True
    return charger.key_hash == key_hash
