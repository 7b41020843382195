"""StopTransaction: ending a session, once however often the message comes."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from central.domain import settlement, unnumbered
from central.domain.doubtful_energy import doubtful_energy
from central.domain.id_tags import TagInfo, authorize, find_id_tag, fold
from central.domain.meter_values import add_rows
from central.domain.sessions import Session, State, to_session
from central.domain.transaction_messages import (
    UNNUMBERED,
    StopTransaction,
    check_number,
    is_clock_right,
    stored_tag,
)
from central.domain.violations import record_violation
from central.models import orphan_stops, transactions

_OWN_SESSION = (
    select(transactions)
    .where(transactions.c.id == bindparam("of_session"))
    .where(transactions.c.charge_point_id == bindparam("of_charger"))
    .with_for_update()
)


def stop(
    conn: Connection, message: StopTransaction, now: datetime, *, accept_unknown_tags: bool = False
) -> TagInfo | None:
    """Store a stop and say what the tag in it is worth; None if it names no tag.

    A second stop is answered like the first, and what differs goes to the violations. A stop of
    a session that does not exist or is another charger's is kept in `orphan_stops`, noted as a
    violation, and answered normally, for a charger would send it for ever.

    Raises:
        InvalidError: the register or the transactionId is beyond ±2⁵³.
    """
    check_number(message.transaction_id, "transactionId")
    check_number(message.meter_stop_wh, "meterStop")
    info = None
    if message.id_tag is not None:
        info = authorize(conn, message.id_tag, now, accept_unknown=accept_unknown_tags)
    if message.transaction_id == UNNUMBERED:
        session: Session | None = unnumbered.session_to_stop(conn, message, now)
    else:
        session = _own_session(conn, message)
    if session is None:
        _keep_orphan_stop(conn, message, now)
        return info
    add_rows(
        conn,
        [
            row._replace(transaction_id=session.id, connector_id=session.connector_id)
            for row in message.transaction_data
        ],
    )
    if session.state == State.CLOSED:
        _note_differences(conn, session, message, now)
        return info
    _close(conn, session, message, now)
    return info


def _close(conn: Connection, session: Session, message: StopTransaction, now: datetime) -> None:
    trusted = is_clock_right(message.timestamp, now)
    ending = settlement.Ending(
        state=State.CLOSED,
        stop_sent_at=message.timestamp,
        stopped_at=message.timestamp if trusted else now,
        meter_stop_wh=message.meter_stop_wh,
        reason=message.reason[:32],
        id_tag=None if message.id_tag is None else stored_tag(message.id_tag),
        replay_key=(
            unnumbered.stop_replay_key(message) if message.transaction_id == UNNUMBERED else None
        ),
    )
    settlement.close(conn, session, ending, now)
    broken = []
    if not trusted:
        broken.append(("UntrustedTimestamp", f"ended at {message.timestamp.isoformat()}"))
    elif message.timestamp < session.started_at:
        broken.append(("StopBeforeStart", f"ended at {message.timestamp.isoformat()}"))
    if message.meter_stop_wh < session.meter_start_wh:
        broken.append(
            (
                "RegisterRanBackwards",
                f"from {session.meter_start_wh} Wh to {message.meter_stop_wh} Wh",
            )
        )
    broken += doubtful_energy(conn, session, message, ending.stopped_at)
    if message.id_tag is not None and not _may_stop(conn, session, message.id_tag):
        broken.append(("StopByForeignTag", f"by {message.id_tag!r}"))
    for code, detail in broken:
        record_violation(
            conn,
            message.charge_point_id,
            "StopTransaction",
            code,
            f"session {session.id}: {detail}",
            now,
        )


def _own_session(conn: Connection, message: StopTransaction) -> Session | None:
    """Give the session that a charger names, locked; None if it is not one of its own."""
    if not 0 < message.transaction_id < 2**31:
        return None
    row = conn.execute(
        _OWN_SESSION,
        {"of_session": message.transaction_id, "of_charger": message.charge_point_id},
    ).one_or_none()
    return None if row is None else to_session(row)


def _may_stop(conn: Connection, session: Session, id_tag: str) -> bool:
    """Say whether a tag may end a session: the same, or one of its group (OCPP 1.6 §4.10)."""
    if fold(id_tag) == session.id_tag_folded or not session.id_tag:
        return True
    starter, stopper = find_id_tag(conn, session.id_tag), find_id_tag(conn, id_tag)
    parents = [tag and tag.parent_id_tag and fold(tag.parent_id_tag) for tag in (starter, stopper)]
    return parents[0] is not None and parents[0] == parents[1]


def _note_differences(
    conn: Connection, session: Session, message: StopTransaction, now: datetime
) -> None:
    pairs = {
        "meterStop": (session.meter_stop_wh, message.meter_stop_wh),
        "timestamp": (session.stop_sent_at, message.timestamp),
        "reason": (session.stop_reason, message.reason),
        "idTag": (session.stop_id_tag, message.id_tag),
    }
    differences = [
        f"{name} was {first}, now {second}"
        for name, (first, second) in pairs.items()
        if first != second
    ]
    if differences:
        record_violation(
            conn,
            message.charge_point_id,
            "StopTransaction",
            "StopDiffers",
            f"session {session.id}, second stop: {'; '.join(differences)}",
            now,
        )


def _keep_orphan_stop(conn: Connection, message: StopTransaction, now: datetime) -> None:
    try:
        with conn.begin_nested():
            conn.execute(
                insert(orphan_stops).values(
                    charge_point_id=message.charge_point_id,
                    transaction_id=message.transaction_id,
                    stop_sent_at=message.timestamp,
                    meter_stop_wh=message.meter_stop_wh,
                    stop_reason=message.reason[:32],
                    stop_id_tag=None if message.id_tag is None else stored_tag(message.id_tag),
                    created_at=now,
                )
            )
    except IntegrityError:
        return  # it came before and was noted then
    add_rows(conn, message.transaction_data)
    record_violation(
        conn,
        message.charge_point_id,
        "StopTransaction",
        "UnknownTransaction",
        f"there is no session {message.transaction_id} of this charger; "
        f"it stopped at {message.meter_stop_wh} Wh",
        now,
    )
