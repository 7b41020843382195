"""Finding the meter values of a charger in the order of time.

PostgreSQL and MariaDB have an index for it. On SQLite, where one writer has to keep up with all
chargers, that index would be the greater part of each commit; there the places of rows are
written for thousands of rows at a time, and a reader looks through the newest rows by himself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    UnaryExpression,
    bindparam,
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
    values = {
        "of_charger": wanted.charge_point_id,
        "of_connector": wanted.connector_id,
        "of_session": wanted.transaction_id,
        "not_before": wanted.not_before,
        "before": wanted.before,
        "start_timestamp": None if start is None else start[0],
        "start_id": None if start is None else start[1],
    }
    given = {name: value for name, value in values.items() if value is not None}
    query = _query(conn.dialect.name == "sqlite", frozenset(given), newest_first)
    return conn.execute(query, given | {"most": limit}).all()


# Building a query takes longer than carrying it out, and a stop asks for one.
@cache
def _query(on_sqlite: bool, given: frozenset[str], newest_first: bool) -> Select[Any]:
    """Build a query with those of the conditions of `_rows` that are given."""
    columns = meter_values.c

    def part(
        query: Select[Any], moment: ColumnElement[datetime], number: ColumnElement[int]
    ) -> Select[Any]:
        """Narrow a query and put it in order, by columns that its source has in order."""
        if "not_before" in given:
            query = query.where(moment >= _moment("not_before"))
        if "before" in given:
            query = query.where(moment < _moment("before"))
        if "start_timestamp" in given:
            first = _moment("start_timestamp")
            place = tuple_(moment, number)
            start = tuple_(first, bindparam("start_id", type_=columns.id.type))
            # The first condition is what an index finds, the second what is meant.
            query = (
                query.where(moment <= first, place < start)
                if newest_first
                else query.where(moment >= first, place > start)
            )
        if "of_connector" in given:
            query = query.where(columns.connector_id == bindparam("of_connector"))
        if "of_session" in given:
            query = query.where(columns.transaction_id == bindparam("of_session"))
        order = (moment.desc(), number.desc()) if newest_first else (moment, number)
        return query.order_by(*order).limit(_MOST)

    of_charger = bindparam("of_charger", type_=columns.charge_point_id.type)
    if not on_sqlite:
        query = select(meter_values).where(columns.charge_point_id == of_charger)
        return part(query, columns.timestamp, columns.id)
    places = meter_value_places.c
    placed = (
        select(meter_values)
        .join(meter_value_places, places.row_id == columns.id)
        .where(places.charge_point_id == of_charger)
    )
    up_to = select(meter_values_placed.c.up_to).scalar_subquery()
    new = select(meter_values).where(columns.id > up_to, columns.charge_point_id == of_charger)
    parts = (
        part(placed, places.timestamp, places.row_id),
        part(new, _unindexed(columns.timestamp), columns.id),
    )
    both = union_all(*(select(one.subquery()) for one in parts)).subquery()
    order = (both.c.timestamp, both.c.id)
    ordered = tuple(column.desc() for column in order) if newest_first else order
    return select(both).order_by(*ordered).limit(_MOST)


_MOST: Final = bindparam("most", type_=Integer)


def _moment(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=meter_values.c.timestamp.type)


def _unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Keep SQLite from finding rows by this column: there are few, and their numbers are known."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)
