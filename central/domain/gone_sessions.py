"""Sessions whose charger seems to have forgotten them.

Statuses overtake queued transaction messages (OCPP 1.6 §4.8), so Available, a boot or a new start
does not end a session: it is evidence that a StopTransaction is on its way. If none has come after
a grace of time online, the session is closed provisionally from its last register. A
StopTransaction that comes later always wins and corrects the money.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, bindparam, select, update

from central.domain import meter_values, settlement
from central.domain.late_messages import Backlog
from central.domain.sessions import Session, State, to_session
from central.domain.transaction_messages import is_clock_right
from central.models import chargers, transactions

_MICROSECOND = timedelta(microseconds=1)

_EXPECT_STOP = (
    update(transactions)
    .where(transactions.c.charge_point_id == bindparam("of_charger"))
    .where(transactions.c.state == State.OPEN)
)
_EXPECT_STOP_ON_CONNECTOR = _EXPECT_STOP.where(
    transactions.c.connector_id == bindparam("of_connector"),
    # Numbers of sessions begin with 1, so that 0 excepts none.
    transactions.c.id != bindparam("but"),
)
_TIME_ONLINE = select(chargers.c.online_before_us, chargers.c.online_since).where(
    chargers.c.charge_point_id == bindparam("of_charger")
)


class Evidence(StrEnum):
    """What said that a session is over."""

    AVAILABLE = "Available"
    BOOT = "Boot"
    NEW_START = "NewStart"
    REMOVED = "Removed"


@dataclass(frozen=True)
class ProvisionalClose:
    """A session that was closed without its StopTransaction, for the log."""

    transaction_id: int
    charge_point_id: str
    energy_wh: int


def expect_stop(
    conn: Connection,
    charge_point_id: str,
    evidence: Evidence,
    now: datetime,
    *,
    connector_id: int | None = None,
    except_id: int | None = None,
) -> None:
    """Mark the open sessions of a charger, or of one connector but one, as `stop_expected`.

    A session that is marked already keeps its first evidence and its running grace.
    """
    values = {
        "of_charger": charge_point_id,
        "state": State.STOP_EXPECTED,
        "stop_expected_at": now,
        "stop_evidence": evidence,
        "stop_expected_online_us": online_us(conn, charge_point_id, now),
    }
    if connector_id is None:
        conn.execute(_EXPECT_STOP, values)
    else:
        of_connector = {"of_connector": connector_id, "but": except_id or 0}
        conn.execute(_EXPECT_STOP_ON_CONNECTOR, values | of_connector)


def online_us(conn: Connection, charge_point_id: str, now: datetime) -> int:
    """Give how long a charger has been online in its life, microseconds; 0 if unknown."""
    row = conn.execute(_TIME_ONLINE, {"of_charger": charge_point_id}).one_or_none()
    if row is None:
        return 0
    since = timedelta(0) if row.online_since is None else now - row.online_since
    return int(row.online_before_us + max(timedelta(0), since) // _MICROSECOND)


def close_overdue(
    conn: Connection, now: datetime, grace: timedelta, late: Mapping[str, Backlog] | None = None
) -> list[ProvisionalClose]:
    """Close provisionally what has been expected to stop for longer than the grace.

    The grace runs only while the charger is online, for offline it cannot deliver its queue, and
    begins anew with each message from before the session seemed over: its stop may come after it
    in the queue. A session whose meter still reports is left alone.

    `grace`: ZOMBIE_GRACE, 15 minutes unless set otherwise.
    `late`: what came late from chargers since the last time, see `late_messages`.
    """
    waiting = [
        to_session(row)
        for row in conn.execute(
            select(transactions)
            .where(transactions.c.state == State.STOP_EXPECTED)
            .order_by(transactions.c.id)
            .with_for_update()
        )
    ]
    if late:
        waiting = [
            _grant_anew(conn, session, late.get(session.charge_point_id)) for session in waiting
        ]
    return [
        _close(conn, session, now) for session in waiting if _is_overdue(conn, session, now, grace)
    ]


def _grant_anew(conn: Connection, session: Session, backlog: Backlog | None) -> Session:
    """Let the grace of a session begin anew where its stop may still be in the queue."""
    expected_at = session.stop_expected_at
    if backlog is None or expected_at is None or backlog.oldest_sent_at >= expected_at:
        return session
    online = online_us(conn, session.charge_point_id, backlog.arrived_at)
    online = max(online, session.stop_expected_online_us or 0)
    conn.execute(
        update(transactions)
        .where(transactions.c.id == session.id)
        .values(stop_expected_online_us=online)
    )
    return replace(session, stop_expected_online_us=online)


def close_all(conn: Connection, charge_point_id: str, now: datetime) -> list[ProvisionalClose]:
    """Close provisionally every open session of a charger that is taken out of service."""
    expect_stop(conn, charge_point_id, Evidence.REMOVED, now)
    waiting = [
        to_session(row)
        for row in conn.execute(
            select(transactions)
            .where(transactions.c.charge_point_id == charge_point_id)
            .where(transactions.c.state == State.STOP_EXPECTED)
            .order_by(transactions.c.id)
            .with_for_update()
        )
    ]
    return [_close(conn, session, now) for session in waiting]


def _is_overdue(conn: Connection, session: Session, now: datetime, grace: timedelta) -> bool:
    online = online_us(conn, session.charge_point_id, now)
    if online - (session.stop_expected_online_us or 0) < grace // _MICROSECOND:
        return False
    last = _last_register(conn, session)
    # A value stamped later than now comes from a clock that is off and proves nothing.
    return last is None or not now - grace < last.timestamp <= now


def _close(conn: Connection, session: Session, now: datetime) -> ProvisionalClose:
    last = _last_register(conn, session)
    meter_stop_wh = session.meter_start_wh if last is None else last.register_wh
    if last is None or not is_clock_right(last.timestamp, now):
        stopped_at = session.stop_expected_at or now
    else:
        stopped_at = last.timestamp
    ending = settlement.Ending(
        state=State.PROVISIONAL,
        stop_sent_at=None,
        stopped_at=stopped_at,
        meter_stop_wh=meter_stop_wh,
        reason="Other",
        id_tag=None,
    )
    energy_wh = settlement.close(conn, session, ending, now)
    return ProvisionalClose(session.id, session.charge_point_id, energy_wh)


def _last_register(conn: Connection, session: Session) -> meter_values.RegisterReading | None:
    # A clock that was off at the start may have stamped the values with anything.
    is_clock_right = session.started_at == session.start_sent_at
    return meter_values.last_register(
        conn,
        session.charge_point_id,
        session.id,
        not_before=session.started_at if is_clock_right else None,
    )
