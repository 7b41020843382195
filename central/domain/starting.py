"""StartTransaction: opening a session, once however often the message comes."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, ScalarSelect, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from central.domain import gone_sessions, reservations, statistics
from central.domain.connectors import check_connector_id
from central.domain.id_tags import find_id_tag, fold, tag_info
from central.domain.pricing import current_price
from central.domain.sessions import State
from central.domain.statements import inserted_id
from central.domain.statistics import Counter
from central.domain.transaction_messages import (
    UNKNOWN_TIME,
    Started,
    StartTransaction,
    check_number,
    is_clock_right,
    stored_tag,
)
from central.domain.violations import record_violation
from central.models import transactions

_COLUMNS = transactions.c
_ON_CONNECTOR = (_COLUMNS.charge_point_id == bindparam("of_charge_point_id")) & (
    _COLUMNS.connector_id == bindparam("of_connector_id")
)
_OF_TAG = _COLUMNS.id_tag_folded == bindparam("of_id_tag_folded")
_SAME_METER = _COLUMNS.meter_start_wh == bindparam("of_meter_start_wh")


def _one(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    """Find one session; inside a statement that asks for several."""
    return select(_COLUMNS.id).where(*conditions).limit(1).scalar_subquery()


# All that a start has to know of other sessions, in one statement that is built once:
# - known: the session of the same start, which has come before;
# - unbelieved: the same, from when the charger's clock was too far ahead to be believed;
# - elsewhere: one of this tag that is certainly running on another connector;
# - beside: one that seems to run on this connector.
_HOW_IT_STANDS = select(
    _one(
        _ON_CONNECTOR, _OF_TAG, _SAME_METER, _COLUMNS.replay_time == bindparam("of_replay_time")
    ).label("known"),
    _one(
        _ON_CONNECTOR,
        _OF_TAG,
        _SAME_METER,
        _COLUMNS.replay_time == bindparam("unknown"),
        _COLUMNS.start_sent_at == bindparam("sent_at"),
    ).label("unbelieved"),
    _one(_OF_TAG, _COLUMNS.state == State.OPEN, ~_ON_CONNECTOR).label("elsewhere"),
    _one(_ON_CONNECTOR, _COLUMNS.state == State.OPEN).label("beside"),
)
_INSERT = insert(transactions)
_BELIEVE = update(transactions).where(_COLUMNS.id == bindparam("of_session"))

# Where another connection may write between the look and the insertion. On SQLite a unit has
# the write lock from its start.
_SEVERAL_WRITERS = frozenset({"postgresql", "mysql", "mariadb"})


def start(
    conn: Connection, message: StartTransaction, now: datetime, *, accept_unknown_tags: bool = False
) -> Started:
    """Store a start and say what its transactionId is and whether the tag may charge.

    The session is stored whatever the tag's status, for energy may flow all the same
    (OCPP 1.6 §4.8). Sessions still open on that connector become `stop_expected`.

    Raises:
        InvalidError: a number is absurd: connector outside 0…255, register beyond ±2⁵³ Wh.
    """
    check_connector_id(message.connector_id)
    check_number(message.meter_start_wh, "meterStart")
    trusted = is_clock_right(message.timestamp, now)
    folded = fold(stored_tag(message.id_tag))[:255]
    tag = find_id_tag(conn, message.id_tag)
    info = tag_info(tag, message.id_tag, now, accept_unknown=accept_unknown_tags)
    replay_key = {
        "charge_point_id": message.charge_point_id,
        "connector_id": message.connector_id,
        "id_tag_folded": folded,
        "replay_time": message.timestamp if trusted else UNKNOWN_TIME,
        "meter_start_wh": message.meter_start_wh,
    }
    stands = conn.execute(
        _HOW_IT_STANDS,
        {f"of_{name}": value for name, value in replay_key.items()}
        | {"unknown": UNKNOWN_TIME, "sent_at": message.timestamp},
    ).one()
    if info.status == "Accepted" and stands.elsewhere is not None:
        info = replace(info, status="ConcurrentTx")
    if stands.known is not None:
        return Started(stands.known, info, is_replay=True)
    if trusted and stands.unbelieved is not None:
        conn.execute(_BELIEVE, {"of_session": stands.unbelieved, "replay_time": message.timestamp})
        return Started(stands.unbelieved, info, is_replay=True)
    started_at = message.timestamp if trusted else now
    # That of a start which comes late, from a queue, is the one that was shown to the driver.
    price = current_price(conn, min(started_at, now))
    session = {
        **replay_key,
        "id_tag": stored_tag(message.id_tag),
        "tag_status": info.status,
        "user_id": None if tag is None else tag.user_id,
        "reservation_id": message.reservation_id,
        "state": State.OPEN,
        "orphan": False,
        "start_sent_at": message.timestamp,
        "started_at": started_at,
        "price_per_kwh_minor": None if price is None else price.price_per_kwh_minor,
        "currency": None if price is None else price.currency,
        "created_at": now,
    }
    try:
        with conn.begin_nested() if conn.dialect.name in _SEVERAL_WRITERS else nullcontext():
            transaction_id = inserted_id(conn.execute(_INSERT, session))
    except IntegrityError:
        # Another connection of the same charger has just stored it.
        if conn.dialect.name not in _SEVERAL_WRITERS:
            raise
        known = conn.execute(select(transactions.c.id).filter_by(**replay_key)).scalar_one_or_none()
        if known is None:
            raise
        return Started(known, info, is_replay=True)
    if message.reservation_id is not None:
        reservations.note_used(
            conn, message.charge_point_id, message.reservation_id, transaction_id
        )
    if stands.beside is not None:
        gone_sessions.expect_stop(
            conn,
            message.charge_point_id,
            gone_sessions.Evidence.NEW_START,
            now,
            connector_id=message.connector_id,
            except_id=transaction_id,
        )
    statistics.add(conn, message.charge_point_id, {Counter.SESSIONS_STARTED: 1})
    if not trusted:
        record_violation(
            conn,
            message.charge_point_id,
            "StartTransaction",
            "UntrustedTimestamp",
            f"session {transaction_id} began at {message.timestamp.isoformat()} by its clock",
            now,
        )
    return Started(transaction_id, info, is_replay=False)
