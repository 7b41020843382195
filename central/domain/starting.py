"""StartTransaction: opening a session, once however often the message comes."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from central.domain import gone_sessions, statistics
from central.domain.connectors import check_connector_id
from central.domain.id_tags import authorize, find_id_tag, fold
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
    info = authorize(conn, message.id_tag, now, accept_unknown=accept_unknown_tags)
    if info.status == "Accepted" and _charges_elsewhere(conn, message, folded):
        info = replace(info, status="ConcurrentTx")
    started_at = message.timestamp if trusted else now
    # That of a start which comes late, from a queue, is the one that was shown to the driver.
    price = current_price(conn, min(started_at, now))
    replay_key = {
        "charge_point_id": message.charge_point_id,
        "connector_id": message.connector_id,
        "id_tag_folded": folded,
        "replay_time": message.timestamp if trusted else UNKNOWN_TIME,
        "meter_start_wh": message.meter_start_wh,
    }
    if trusted:
        # When it came first, its clock may have been too far ahead to be believed.
        conn.execute(
            update(transactions)
            .filter_by(**replay_key | {"replay_time": UNKNOWN_TIME})
            .where(transactions.c.start_sent_at == message.timestamp)
            .values(replay_time=message.timestamp)
        )
    try:
        with conn.begin_nested():
            made = conn.execute(
                insert(transactions).values(
                    **replay_key,
                    id_tag=stored_tag(message.id_tag),
                    tag_status=info.status,
                    user_id=None if tag is None else tag.user_id,
                    reservation_id=message.reservation_id,
                    state=State.OPEN,
                    orphan=False,
                    start_sent_at=message.timestamp,
                    started_at=started_at,
                    price_per_kwh_minor=None if price is None else price.price_per_kwh_minor,
                    currency=None if price is None else price.currency,
                    created_at=now,
                )
            )
    except IntegrityError:
        known = conn.execute(select(transactions.c.id).filter_by(**replay_key)).scalar_one_or_none()
        if known is None:
            raise
        return Started(known, info, is_replay=True)
    transaction_id = inserted_id(made)
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


def _charges_elsewhere(conn: Connection, message: StartTransaction, folded: str) -> bool:
    """Say whether a tag has a session that is certainly running on another connector."""
    is_this_connector = (transactions.c.charge_point_id == message.charge_point_id) & (
        transactions.c.connector_id == message.connector_id
    )
    query = (
        select(transactions.c.id)
        .where(transactions.c.id_tag_folded == folded, transactions.c.state == State.OPEN)
        .where(~is_this_connector)
        .limit(1)
    )
    return conn.execute(query).one_or_none() is not None
