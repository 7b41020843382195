"""Security profiles of chargers: upwards only (Improved security for OCPP 1.6-J, use case A05).

A charger that was told to use a higher profile may fail to and come back with the old one, which
is why the order is kept apart until it has come with the new one. From then on a lower one is
refused for good. A charger that lost its certificates is removed and admitted again.
"""

from typing import Final

from sqlalchemy import Connection, select, update

from central.domain.chargers import get_charger, must_exist
from central.domain.errors import ConflictError
from central.models import chargers, pending_keys

NONE: Final = 0
BASIC: Final = 1
TLS_BASIC: Final = 2
TLS_CERTIFICATE: Final = 3
"""Without credentials; Basic auth; TLS and Basic auth; TLS with a client certificate (2.2)."""


def check_order(conn: Connection, charge_point_id: str, profile: int, present: int) -> None:
    """Refuse to order a change that could not succeed, or that goes down.

    `present`: what the charger is connected with now.

    Raises:
        NotFoundError: there is no such charger.
        ConflictError: it is lower, more than one step up, or the charger has no key for it.
    """
    charger = get_charger(conn, charge_point_id)
    lowest = max(present, charger.min_security_profile)
    if profile < lowest:
        raise ConflictError(
            f"charger {charge_point_id} uses security profile {lowest}, and there is no way back",
            where="value",
            how=f"{lowest + 1} is the next one"
            if lowest < TLS_CERTIFICATE
            else "DELETE the charger and admit it again",
        )
    if profile > lowest + 1:
        raise ConflictError(
            f"charger {charge_point_id} uses security profile {lowest}; profiles go up by one",
            where="value",
            how=f"order {lowest + 1} first",
        )
    if profile in (BASIC, TLS_BASIC) and charger.key_hash is None:
        pending = select(pending_keys.c.id).where(pending_keys.c.charge_point_id == charge_point_id)
        if conn.execute(pending.limit(1)).first() is None:
            raise ConflictError(
                f"charger {charge_point_id} has no key, and security profile {profile} needs one",
                where="value",
                how="send ChangeConfiguration of AuthorizationKey first",
            )


def note_order(conn: Connection, charge_point_id: str, profile: int) -> None:
    """Keep which profile a charger was told to use."""
    conn.execute(
        update(chargers)
        .where(chargers.c.charge_point_id == charge_point_id)
        .values(ordered_security_profile=profile)
    )


def withdraw_order(conn: Connection, charge_point_id: str, profile: int) -> None:
    """Forget a profile that a charger was told to use and has declined."""
    conn.execute(
        update(chargers)
        .where(chargers.c.charge_point_id == charge_point_id)
        .where(chargers.c.ordered_security_profile == profile)
        .values(ordered_security_profile=None)
    )


def confirm_order(conn: Connection, charge_point_id: str, profile: int) -> int:
    """Settle an order once the charger has come with that profile; gives the lowest it may use.

    Raises:
        NotFoundError: there is no such charger.
    """
    row = conn.execute(
        select(chargers.c.ordered_security_profile, chargers.c.min_security_profile)
        .where(chargers.c.charge_point_id == charge_point_id)
        .with_for_update()
    ).one_or_none()
    must_exist(int(row is not None), charge_point_id)
    assert row is not None
    ordered: int | None = row.ordered_security_profile
    lowest: int = row.min_security_profile
    if ordered is None or profile < ordered:
        return lowest
    lowest = max(lowest, ordered)
    conn.execute(
        update(chargers)
        .where(chargers.c.charge_point_id == charge_point_id)
        .values(min_security_profile=lowest, ordered_security_profile=None)
    )
    return lowest
