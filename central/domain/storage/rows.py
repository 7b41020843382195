"""Inserting the rows of many callers with few statements."""

import sqlite3
from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from typing import Any, Final

from sqlalchemy import Connection, Insert, Table

from central.domain.statements import insert_ignoring
from central.domain.storage.base import Row, RowsKind
from central.models.base import UtcDateTime

# Rows in one statement on SQLite. Each statement hands the interpreter lock to the event loop and
# has to win it back, so a group should need one; a fixed set of sizes keeps them prepared. They are
# close where groups are while many are busy: a row to fill up costs more than
# half as much as one of use.
_SIZES: Final = (
    *(1, 2, 3),
    *range(4, 32, 2),
    *range(32, 64, 4),
    *range(64, 128, 8),
    *range(128, 513, 64),
)
MOST_IN_A_STATEMENT: Final = _SIZES[-1]


def insert_rows(conn: Connection, kind: RowsKind, rows: Sequence[Row]) -> None:
    """Insert rows, ignoring those that are there."""
    if conn.dialect.name == "sqlite":
        _insert_on_sqlite(conn, kind, rows)
        return
    if not rows:
        return
    names = [column.name for column in kind.columns]
    conn.execute(
        _insert_ignoring(conn.dialect.name, kind.table),
        [dict(zip(names, row, strict=True)) for row in rows],
    )


def insert_at_once(conn: Connection, kind: RowsKind, rows: Sequence[Row]) -> None:
    """Insert at most `MOST_IN_A_STATEMENT` rows on SQLite and commit, outside a transaction.

    Raises:
        sqlite3.Error, ValueError, OverflowError: nothing is inserted.
    """
    driver: sqlite3.Connection = conn.connection.driver_connection  # type: ignore[assignment]
    driver.execute(*_statement(kind, rows)).close()


def _insert_on_sqlite(conn: Connection, kind: RowsKind, rows: Sequence[Row]) -> None:
    for start in range(0, len(rows), MOST_IN_A_STATEMENT):
        conn.exec_driver_sql(*_statement(kind, rows[start : start + MOST_IN_A_STATEMENT]))


def _statement(kind: RowsKind, rows: Sequence[Row]) -> tuple[str, tuple[Any, ...]]:
    """Make the statement that inserts rows on SQLite, and its values."""
    times, width = _shape(kind)
    if wrong := set(map(len, rows)) - {width}:
        raise ValueError(f"a row of {kind.table.name} has {width} values, not {wrong.pop()}")
    values: list[Any] = list(chain.from_iterable(rows))
    for column in times:
        values[column::width] = [_time_text(row[column]) for row in rows]
    size = _SIZES[bisect_left(_SIZES, len(rows))]
    # The statement is filled up with copies of its last row, which are in conflict with it
    # and therefore ignored.
    values += values[-width:] * (size - len(rows))
    return _sqlite_statement(kind, size), tuple(values)


def _time_text(moment: datetime) -> str:
    """Write a time as SQLAlchemy does on SQLite."""
    if moment.tzinfo is None:
        raise ValueError(f"a stored time needs a time zone: {moment!r}")
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(" ", "microseconds")[:26]


@cache
def _shape(kind: RowsKind) -> tuple[tuple[int, ...], int]:
    """Give the positions of the times in a row, and its length."""
    columns = kind.columns
    times = tuple(
        position for position, column in enumerate(columns) if isinstance(column.type, UtcDateTime)
    )
    return times, len(columns)


@cache
def _sqlite_statement(kind: RowsKind, size: int) -> str:
    names = ", ".join(f'"{column.name}"' for column in kind.columns)
    row = f"({', '.join('?' * len(kind.columns))})"
    # Table and column names are our own.
    return f"INSERT INTO {kind.table.name} ({names}) VALUES {', '.join([row] * size)} ON CONFLICT DO NOTHING"  # noqa: S608, E501


@cache
def _insert_ignoring(dialect_name: str, table: Table) -> Insert:
    return insert_ignoring(dialect_name, table)
