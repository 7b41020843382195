"""Messages with transactionId -1: of a session whose StartTransaction was never answered.

They count as those of the open session of that connector; where none is open they open one that
is marked orphan (OCPP 1.6 errata 3.18).
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from central.domain import statistics
from central.domain.connectors import check_connector_id
from central.domain.id_tags import find_id_tag, fold
from central.domain.meter_values import MeterRow, add_rows, register_wh
from central.domain.pricing import current_price
from central.domain.sessions import Session, State, get_session, to_session
from central.domain.statements import inserted_id
from central.domain.statistics import Counter
from central.domain.transaction_messages import (
    UNKNOWN_TIME,
    StopTransaction,
    is_clock_right,
    stored_tag,
)
from central.domain.violations import record_violation
from central.models import transactions


def store_meter_values(conn: Connection, rows: Sequence[MeterRow], now: datetime) -> int:
    """Store meter values that were sent with transactionId -1; gives the session they went to.

    `rows` are all of one message, so of one connector; their `transaction_id` is ignored.

    Raises:
        InvalidError: the connector is outside 0…255.
    """
    first = rows[0]
    check_connector_id(first.connector_id)
    session_id = _running(conn, first) or _open_from_values(conn, rows, now)
    add_rows(conn, [row._replace(transaction_id=session_id) for row in rows])
    return session_id


def session_to_stop(conn: Connection, message: StopTransaction, now: datetime) -> Session:
    """Give the session that a stop with transactionId -1 ends, opening one if none is open.

    The message does not name its connector, so where several sessions are open it is told by
    being an orphan already, or by its tag.
    """
    known = _stopped_before(conn, message)
    if known is not None:
        return known
    found = _guess(conn, message)
    return _open_from_stop(conn, message, now) if found is None else found


def stop_replay_key(message: StopTransaction) -> str:
    """Give what makes another arrival of a stop with transactionId -1 known."""
    parts = (
        message.timestamp.isoformat(),
        str(message.meter_stop_wh),
        fold(message.id_tag or ""),
    )
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def _running(conn: Connection, row: MeterRow) -> int | None:
    """Give the session of a connector that is open, or else was at the time of a value."""
    columns = transactions.c
    of_connector = (
        select(columns.id)
        .where(columns.charge_point_id == row.charge_point_id)
        .where(columns.connector_id == row.connector_id)
        .order_by(columns.id.desc())
        .limit(1)
    )
    is_open = columns.state.in_((State.OPEN, State.STOP_EXPECTED))
    found = conn.execute(of_connector.where(is_open)).scalar_one_or_none()
    if found is not None:
        return int(found)
    at_that_time = (columns.started_at <= row.timestamp) & (columns.stopped_at >= row.timestamp)
    return conn.execute(of_connector.where(at_that_time)).scalar_one_or_none()


def _open_from_values(conn: Connection, rows: Sequence[MeterRow], now: datetime) -> int:
    first = rows[0]
    registers = (register_wh(msgspec.json.decode(row.sampled)) for row in rows)
    start_wh = next((register for register in registers if register is not None), 0)
    trusted = is_clock_right(first.timestamp, now)
    session = {
        "charge_point_id": first.charge_point_id,
        "connector_id": first.connector_id,
        "id_tag_folded": "",
        "replay_time": first.timestamp if trusted else UNKNOWN_TIME,
        "meter_start_wh": start_wh,
    }
    try:
        with conn.begin_nested():
            return _open(conn, "MeterValues", now, **session, sent_at=first.timestamp)
    except IntegrityError:
        # Another connection of the same charger has just opened it.
        known = conn.execute(select(transactions.c.id).filter_by(**session)).scalar_one_or_none()
        if known is None:
            raise
        return int(known)


def _stopped_before(conn: Connection, message: StopTransaction) -> Session | None:
    row = conn.execute(
        select(transactions)
        .where(transactions.c.charge_point_id == message.charge_point_id)
        .where(transactions.c.stop_replay_key == stop_replay_key(message))
    ).one_or_none()
    return None if row is None else to_session(row)


def _guess(conn: Connection, message: StopTransaction) -> Session | None:
    rows = conn.execute(
        select(transactions)
        .where(transactions.c.charge_point_id == message.charge_point_id)
        .where(transactions.c.state != State.CLOSED)
        .where(transactions.c.meter_start_wh <= message.meter_stop_wh)
        .order_by(transactions.c.id.desc())
        .with_for_update()
    )
    candidates = [to_session(row) for row in rows]
    tag = None if message.id_tag is None else fold(message.id_tag)
    for fits in (
        [session for session in candidates if session.orphan],
        [session for session in candidates if session.id_tag_folded == tag],
        [session for session in candidates if session.state != State.PROVISIONAL],
    ):
        if len(fits) == 1:
            return fits[0]
    return None


def _open_from_stop(conn: Connection, message: StopTransaction, now: datetime) -> Session:
    begin_wh = (
        register_wh(msgspec.json.decode(row.sampled))
        for row in message.transaction_data
        if row.context == "Transaction.Begin"
    )
    start_wh = next((register for register in begin_wh if register is not None), None)
    tag = None if message.id_tag is None else find_id_tag(conn, message.id_tag)
    try:
        with conn.begin_nested():
            session_id = _open(
                conn,
                "StopTransaction",
                now,
                charge_point_id=message.charge_point_id,
                connector_id=0,
                id_tag=stored_tag(message.id_tag or ""),
                id_tag_folded=fold(stored_tag(message.id_tag or ""))[:255],
                user_id=None if tag is None else tag.user_id,
                replay_time=None,
                meter_start_wh=message.meter_stop_wh if start_wh is None else start_wh,
                sent_at=message.timestamp,
                stop_replay_key=stop_replay_key(message),
            )
    except IntegrityError:
        known = _stopped_before(conn, message)
        if known is None:
            raise
        return known
    return get_session(conn, session_id)


def _open(
    conn: Connection, action: str, now: datetime, *, sent_at: datetime, **session: Any
) -> int:
    started_at = sent_at if is_clock_right(sent_at, now) else now
    price = current_price(conn, min(started_at, now))
    values = {
        "id_tag": "",
        "tag_status": "Invalid",
        "state": State.OPEN,
        "orphan": True,
        "start_sent_at": sent_at,
        "started_at": started_at,
        "price_per_kwh_minor": None if price is None else price.price_per_kwh_minor,
        "currency": None if price is None else price.currency,
        "created_at": now,
    }
    session_id = inserted_id(conn.execute(insert(transactions).values(values | session)))
    charge_point_id = session["charge_point_id"]
    statistics.add(conn, charge_point_id, {Counter.SESSIONS_STARTED: 1, Counter.SESSIONS_ORPHAN: 1})
    record_violation(
        conn,
        charge_point_id,
        action,
        "NoStartTransaction",
        f"session {session_id} was opened by a message with transactionId -1",
        now,
    )
    return session_id
