"""Charging sessions as they are stored, and lists of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, select

from central.domain.errors import NotFoundError
from central.models import transactions


class State(StrEnum):
    """Where a session stands."""

    OPEN = "open"
    STOP_EXPECTED = "stop_expected"
    """Something says that it is over; its StopTransaction has not come yet."""
    PROVISIONAL = "provisional"
    """Closed from its last register; a StopTransaction that comes later wins."""
    CLOSED = "closed"


@dataclass(frozen=True)
class Session:
    """A charging session: a transaction of OCPP 1.6.

    Attributes:
        id: the OCPP transactionId.
        id_tag: as the charger sent it; empty where its StartTransaction never arrived.
        tag_status: what the charger was told of the tag.
        orphan: opened by a message with transactionId -1.
        start_sent_at: timestamp as sent.
        started_at: the same, or the moment of arrival if the charger's clock is years off.
        meter_start_wh, meter_stop_wh: register readings, Wh.
        energy_wh: their difference once the session is closed, never negative.
        price_per_kwh_minor: the price at the start, minor units; absent if charging is free.
        cost_minor: minor units, once closed.
    """

    id: int
    charge_point_id: str
    connector_id: int
    id_tag: str
    id_tag_folded: str
    tag_status: str
    user_id: int | None
    reservation_id: int | None
    state: State
    orphan: bool
    start_sent_at: datetime
    started_at: datetime
    meter_start_wh: int
    replay_time: datetime | None
    stop_expected_at: datetime | None
    stop_evidence: str | None
    stop_expected_online_us: int | None
    stop_sent_at: datetime | None
    stopped_at: datetime | None
    meter_stop_wh: int | None
    stop_reason: str | None
    stop_id_tag: str | None
    stop_replay_key: str | None
    energy_wh: int | None
    price_per_kwh_minor: int | None
    currency: str | None
    cost_minor: int | None
    created_at: datetime


def to_session(row: Row[Any]) -> Session:
    """Turn a whole row of `transactions` into a session."""
    fields = dict(row._mapping)
    return Session(**fields | {"state": State(fields["state"])})


def find_session(conn: Connection, transaction_id: int) -> Session | None:
    """Give a session by its transactionId, or None."""
    row = conn.execute(select(transactions).where(transactions.c.id == transaction_id))
    found = row.one_or_none()
    return None if found is None else to_session(found)


def get_session(conn: Connection, transaction_id: int) -> Session:
    """Give a session by its transactionId.

    Raises:
        NotFoundError: there is none.
    """
    found = find_session(conn, transaction_id)
    if found is None:
        raise NotFoundError(f"there is no session {transaction_id}", where="transaction_id")
    return found


def list_sessions(
    conn: Connection,
    *,
    user_id: int | None = None,
    charge_point_id: str | None = None,
    connector_id: int | None = None,
    states: tuple[State, ...] = (),
    limit: int = 100,
    before_id: int | None = None,
) -> list[Session]:
    """Give sessions, newest first.

    `states`: only those in one of these states; all if empty.
    `before_id`: continues after the last session of the page before.
    """
    query = select(transactions).order_by(transactions.c.id.desc()).limit(limit)
    if user_id is not None:
        query = query.where(transactions.c.user_id == user_id)
    if charge_point_id is not None:
        query = query.where(transactions.c.charge_point_id == charge_point_id)
    if connector_id is not None:
        query = query.where(transactions.c.connector_id == connector_id)
    if states:
        query = query.where(transactions.c.state.in_(states))
    if before_id is not None:
        query = query.where(transactions.c.id < before_id)
    return [to_session(row) for row in conn.execute(query)]


def count_sessions(conn: Connection, states: tuple[State, ...] = ()) -> int:
    """Count sessions, of all states or of some."""
    query = select(func.count()).select_from(transactions)
    if states:
        query = query.where(transactions.c.state.in_(states))
    return conn.execute(query).scalar_one()
