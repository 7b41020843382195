"""Counters of each charger, changed in the same transaction as what they count."""

from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy import Connection, func, select

from central.domain.statements import insert_or_update
from central.models import statistics


class Counter(StrEnum):
    """What is counted."""

    SESSIONS_STARTED = "sessions_started"
    SESSIONS_CLOSED = "sessions_closed"
    SESSIONS_ORPHAN = "sessions_orphan"
    ENERGY_WH = "energy_wh"
    VIOLATIONS = "violations"


def add(conn: Connection, charge_point_id: str, amounts: Mapping[Counter, int]) -> None:
    """Add to counters of a charger; a negative amount corrects an earlier one."""
    # Always in the same order, so that two units never wait for each other's rows.
    rows = [
        {"charge_point_id": charge_point_id, "counter": counter.value, "value": amounts[counter]}
        for counter in sorted(amounts)
        if amounts[counter]
    ]
    if rows:
        insert_or_update(conn, statistics, rows, add=["value"])


def totals(conn: Connection, charge_point_id: str | None = None) -> dict[Counter, int]:
    """Give every counter, of one charger or summed over all; 0 where nothing was counted."""
    query = select(statistics.c.counter, func.sum(statistics.c.value)).group_by(
        statistics.c.counter
    )
    if charge_point_id is not None:
        query = query.where(statistics.c.charge_point_id == charge_point_id)
    found = {name: int(value) for name, value in conn.execute(query)}
    return {counter: found.get(counter.value, 0) for counter in Counter}
