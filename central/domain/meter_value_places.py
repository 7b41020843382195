"""Finding the meter values of a charger in the order of time.

PostgreSQL and MariaDB have an index for it. On SQLite, where one writer has to keep up with all
chargers, that index would be the greater part of each commit; there the places of rows are
written for thousands of rows at a time, and a reader looks through the newest rows by himself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    UnaryExpression,
    func,
    insert,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.sql.operators import custom_op

from central.models import meter_value_places, meter_values, meter_values_placed

# Rows that are placed at once: each time costs about a page for each charger among them.
PLACED_AT_ONCE: Final = 5_000

# A moment and the number of a row: where in the order of time a reading is.
Place = tuple[datetime, int]


@dataclass(frozen=True)
class Wanted:
    """Which rows; None leaves a condition out.

    Attributes:
        not_before, before: half-open interval of time.
    """

    charge_point_id: str
    connector_id: int | None = None
    transaction_id: int | None = None
    not_before: datetime | None = None
    before: datetime | None = None


def rows_in_order(
    conn: Connection, wanted: Wanted, limit: int, *, after: Place | None = None
) -> Sequence[Row[Any]]:
    """Give rows of `meter_values` from the oldest on, or from a place on."""
    return _rows(conn, wanted, limit, after, newest_first=False)


def newest_rows(
    conn: Connection, wanted: Wanted, limit: int, *, before: Place | None = None
) -> Sequence[Row[Any]]:
    """Give rows of `meter_values` from the newest back, or from a place back."""
    return _rows(conn, wanted, limit, before, newest_first=True)


def place_new_rows(conn: Connection) -> None:
    """Write down the places of rows that have none yet; on SQLite only."""
    placed = conn.execute(select(meter_values_placed.c.up_to)).scalar_one()
    newest = conn.execute(select(func.max(meter_values.c.id))).scalar_one() or 0
    columns = (meter_values.c.charge_point_id, meter_values.c.timestamp, meter_values.c.id)
    while placed < newest:
        up_to = min(newest, placed + 2 * PLACED_AT_ONCE)
        new_rows = (
            select(*columns)
            .where(meter_values.c.id > placed, meter_values.c.id <= up_to)
            .order_by(*columns)
        )
        conn.execute(
            insert(meter_value_places).from_select(
                ["charge_point_id", "timestamp", "row_id"], new_rows
            )
        )
        placed = up_to
    conn.execute(update(meter_values_placed).values(up_to=placed))


def _rows(
    conn: Connection, wanted: Wanted, limit: int, start: Place | None, *, newest_first: bool
) -> Sequence[Row[Any]]:
    def part(
        query: Select[Any], moment: ColumnElement[datetime], number: ColumnElement[int]
    ) -> Select[Any]:
        """Narrow a query and put it in order, by columns that its source has in order."""
        if wanted.not_before is not None:
            query = query.where(moment >= wanted.not_before)
        if wanted.before is not None:
            query = query.where(moment < wanted.before)
        if start is not None:
            place, given = tuple_(moment, number), tuple_(*start, types=_PLACE_TYPES)
            # The first condition is what an index finds, the second what is meant.
            query = (
                query.where(moment <= start[0], place < given)
                if newest_first
                else query.where(moment >= start[0], place > given)
            )
        if wanted.connector_id is not None:
            query = query.where(meter_values.c.connector_id == wanted.connector_id)
        if wanted.transaction_id is not None:
            query = query.where(meter_values.c.transaction_id == wanted.transaction_id)
        order = (moment.desc(), number.desc()) if newest_first else (moment, number)
        return query.order_by(*order).limit(limit)

    columns = meter_values.c
    if conn.dialect.name != "sqlite":
        query = select(meter_values).where(columns.charge_point_id == wanted.charge_point_id)
        return conn.execute(part(query, columns.timestamp, columns.id)).all()
    places = meter_value_places.c
    placed = (
        select(meter_values)
        .join(meter_value_places, places.row_id == columns.id)
        .where(places.charge_point_id == wanted.charge_point_id)
    )
    up_to = select(meter_values_placed.c.up_to).scalar_subquery()
    new = select(meter_values).where(
        columns.id > up_to, columns.charge_point_id == wanted.charge_point_id
    )
    parts = (
        part(placed, places.timestamp, places.row_id),
        part(new, _unindexed(columns.timestamp), columns.id),
    )
    both = union_all(*(select(one.subquery()) for one in parts)).subquery()
    order = (both.c.timestamp, both.c.id)
    ordered = tuple(column.desc() for column in order) if newest_first else order
    return conn.execute(select(both).order_by(*ordered).limit(limit)).all()


_PLACE_TYPES: Final = [meter_values.c.timestamp.type, meter_values.c.id.type]


def _unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Keep SQLite from finding rows by this column: there are few, and their numbers are known."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)
