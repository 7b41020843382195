"""Ending a session: its energy, its cost, and the entry in the ledger."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from sqlalchemy import Connection, bindparam, update

from central.domain import ledger, statistics
from central.domain.sessions import Session, State
from central.domain.statistics import Counter
from central.domain.transaction_messages import UNKNOWN_TIME
from central.domain.violations import record_violation
from central.models import transactions

# 1 GWh: eleven days at the 3.75 MW of a lorry. A register that moves further is broken, and at the
# highest price this is the most that the ledger takes.
MOST_ENERGY_WH: Final = 10**9

_CLOSE: Final = update(transactions).where(transactions.c.id == bindparam("of_session"))


@dataclass(frozen=True)
class Ending:
    """How a session ended.

    Attributes:
        state: PROVISIONAL or CLOSED.
        stop_sent_at: timestamp as sent; absent where no StopTransaction came.
    """

    state: State
    stop_sent_at: datetime | None
    stopped_at: datetime
    meter_stop_wh: int
    reason: str
    id_tag: str | None
    replay_key: str | None = None


def cost_minor(energy_wh: int, price_per_kwh_minor: int) -> int:
    """Give the cost in whole minor units, half a unit rounded up."""
    exact = Decimal(energy_wh) * Decimal(price_per_kwh_minor) / 1_000
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def close(conn: Connection, session: Session, ending: Ending, now: datetime) -> int:
    """End a session, or correct the end of one that was closed provisionally.

    Money: what the session costs less what has been charged for it already, so the first ending
    is a charge and a correction is an adjustment. Energy beyond 1 GWh is noted as a violation and
    counts as none, for its meter is broken.

    Returns:
        The energy, Wh; 0 if the register ran backwards, or further than any car can charge.
    """
    energy_wh = max(0, ending.meter_stop_wh - session.meter_start_wh)
    if energy_wh > MOST_ENERGY_WH:
        record_violation(
            conn,
            session.charge_point_id,
            "StopTransaction" if ending.state == State.CLOSED else "MeterValues",
            "AbsurdEnergy",
            f"session {session.id}: from {session.meter_start_wh} Wh to "
            f"{ending.meter_stop_wh} Wh; nothing is charged for it",
            now,
        )
        energy_wh = 0
    price = session.price_per_kwh_minor
    cost = None if price is None else cost_minor(energy_wh, price)
    replay_time = session.replay_time
    if replay_time == UNKNOWN_TIME:
        # Its timestamp identifies nothing: only while it was open could a start be its replay.
        replay_time = None
    conn.execute(
        _CLOSE,
        {
            "of_session": session.id,
            "state": ending.state,
            "stop_sent_at": ending.stop_sent_at,
            "stopped_at": ending.stopped_at,
            "meter_stop_wh": ending.meter_stop_wh,
            "stop_reason": ending.reason,
            "stop_id_tag": ending.id_tag,
            "stop_replay_key": ending.replay_key,
            "energy_wh": energy_wh,
            "cost_minor": cost,
            "replay_time": replay_time,
        },
    )
    statistics.add(
        conn,
        session.charge_point_id,
        {
            Counter.ENERGY_WH: energy_wh - (session.energy_wh or 0),
            Counter.SESSIONS_CLOSED: int(session.state != State.PROVISIONAL),
        },
    )
    if cost is not None and session.user_id is not None and session.currency is not None:
        ledger.settle_session(
            conn, session.user_id, session.currency, session.id, cost_minor=cost, now=now
        )
    return energy_wh
