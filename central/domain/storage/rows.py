"""Inserting the rows of many callers with few statements."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, Insert, Table

from central.domain.statements import insert_ignoring
from central.domain.storage.base import Row, RowsKind
from central.models.base import UtcDateTime

# Rows in one statement on SQLite. Each statement hands the interpreter lock to the event loop and
# has to win it back, so a group should need one; a fixed set of sizes keeps them prepared.
_SIZES: Final = (1, 4, 16, 32, 64, 128, 256, 512)


def insert_rows(conn: Connection, kind: RowsKind, rows: Sequence[Row]) -> None:
    """Insert rows, ignoring those that are there."""
    if conn.dialect.name == "sqlite":
        _insert_on_sqlite(conn, kind, rows)
        return
    names = [column.name for column in kind.columns]
    conn.execute(
        _insert_ignoring(conn.dialect.name, kind.table),
        [dict(zip(names, row, strict=True)) for row in rows],
    )


def _insert_on_sqlite(conn: Connection, kind: RowsKind, rows: Sequence[Row]) -> None:
    times = _time_columns(kind)
    width = len(kind.columns)
    for start in range(0, len(rows), _SIZES[-1]):
        part = rows[start : start + _SIZES[-1]]
        values: list[Any] = []
        for row in part:
            if len(row) != width:
                raise ValueError(f"a row of {kind.table.name} has {width} values, not {len(row)}")
            first = len(values)
            values.extend(row)
            for column in times:
                values[first + column] = _time_text(row[column])
        size = next(size for size in _SIZES if size >= len(part))
        # The statement is filled up with copies of its last row, which are in conflict with it
        # and therefore ignored.
        values.extend(values[-width:] * (size - len(part)))
        conn.exec_driver_sql(_sqlite_statement(kind, size), tuple(values))


def _time_text(moment: datetime) -> str:
    """Write a time as SQLAlchemy does on SQLite."""
    if moment.tzinfo is None:
        raise ValueError(f"a stored time needs a time zone: {moment!r}")
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(" ", "microseconds")[:26]


@cache
def _time_columns(kind: RowsKind) -> tuple[int, ...]:
    return tuple(
        position
        for position, column in enumerate(kind.columns)
        if isinstance(column.type, UtcDateTime)
    )


@cache
def _sqlite_statement(kind: RowsKind, size: int) -> str:
    names = ", ".join(f'"{column.name}"' for column in kind.columns)
    row = f"({', '.join('?' * len(kind.columns))})"
    # Table and column names are our own.
    return f"INSERT INTO {kind.table.name} ({names}) VALUES {', '.join([row] * size)} ON CONFLICT DO NOTHING"  # noqa: S608, E501


@cache
def _insert_ignoring(dialect_name: str, table: Table) -> Insert:
    return insert_ignoring(dialect_name, table)
