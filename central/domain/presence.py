"""Whether chargers are online, for how long in all, and when they were last heard of."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, func, select, update

from central.models import chargers
from central.models.base import UtcDateTime

# Built once: when all chargers come back at once, building costs more than carrying out.
_OF_CHARGER = chargers.c.charge_point_id == bindparam("of_charger")
_NOW = bindparam("now", type_=UtcDateTime)
_CONNECT = (
    update(chargers)
    .where(_OF_CHARGER)
    .values(
        online_since=case((chargers.c.online_since.is_(None), _NOW), else_=chargers.c.online_since),
        last_seen_at=_NOW,
    )
)
_ONLINE = select(
    chargers.c.charge_point_id,
    chargers.c.online_since,
    chargers.c.online_before_us,
    chargers.c.last_seen_at,
).where(chargers.c.online_since.is_not(None))
_ONLINE_ONE = _ONLINE.where(_OF_CHARGER)
_GO_OFFLINE = update(chargers).where(_OF_CHARGER)
_SEE = (
    update(chargers)
    .where(_OF_CHARGER)
    .where(
        chargers.c.last_seen_at.is_(None)
        | (chargers.c.last_seen_at < bindparam("seen_at", type_=UtcDateTime))
    )
    .values(last_seen_at=bindparam("seen_at", type_=UtcDateTime))
)


def record_connected(conn: Connection, charge_point_id: str, now: datetime) -> bool:
    """Note that a charger is online from now; a new socket in place of an old one changes nothing.

    The grace of sessions that seem gone runs only while their charger is online. False if there
    is no such charger: it was taken out of service while it connected.
    """
    changed = conn.execute(_CONNECT, {"of_charger": charge_point_id, "now": now})
    return changed.rowcount > 0


def record_disconnected(conn: Connection, charge_point_id: str, now: datetime) -> None:
    """Note that a charger is offline from a moment on."""
    charger = conn.execute(_ONLINE_ONE, {"of_charger": charge_point_id}).one_or_none()
    if charger is not None:
        _go_offline(conn, charger, now)


def record_restart(conn: Connection) -> int:
    """Note at start that every charger is offline; gives how many a crash had left online.

    Their time online ends with the last message that was noted, as nothing else is known.
    """
    left = conn.execute(_ONLINE).all()
    for charger in left:
        _go_offline(conn, charger, charger.last_seen_at or charger.online_since)
    return len(left)


def record_seen(conn: Connection, seen: Mapping[str, datetime]) -> None:
    """Note when chargers were last heard of; never moves backwards."""
    conn.execute(
        _SEE,
        # In one order, so that two processes never wait for each other's rows.
        [{"of_charger": name, "seen_at": seen[name]} for name in sorted(seen)],
    )


def latest_seen(conn: Connection) -> datetime | None:
    """Return when any charger was last heard of; None where none ever was."""
    latest: datetime | None = conn.execute(select(func.max(chargers.c.last_seen_at))).scalar()
    return latest


def _go_offline(conn: Connection, charger: Row[*tuple[Any, ...]], now: datetime) -> None:
    """Add up the time online of a charger that is; `charger` is a row of `_ONLINE`."""
    online = max(timedelta(0), now - charger.online_since) // timedelta(microseconds=1)
    conn.execute(
        _GO_OFFLINE,
        {
            "of_charger": charger.charge_point_id,
            "online_since": None,
            "online_before_us": charger.online_before_us + online,
        },
    )
