"""Statements that each database spells in its own way."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, CursorResult, Insert, Table
from sqlalchemy.dialects import mysql, postgresql, sqlite


def insert_ignoring(dialect_name: str, table: Table) -> Insert:
    """Insert, leaving a row as it is whose unique key is already there.

    On MariaDB this is not INSERT IGNORE, which would also cut long values and swallow other
    mistakes, but an update of a key column with itself.
    """
    if dialect_name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    if dialect_name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    key = next(iter(table.primary_key.columns))
    return mysql.insert(table).on_duplicate_key_update({key.name: key})


def inserted_id(result: CursorResult[Any]) -> int:
    """Give the number that the database gave to the one row just inserted."""
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


def insert_or_update(
    conn: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    update: Sequence[str] = (),
    add: Sequence[str] = (),
) -> None:
    """Insert rows; where the primary key exists, set `update` and add to `add` columns."""
    statement = _insert_or_update(conn.dialect.name, table, tuple(update), tuple(add))
    # One row as it is: a list would go the longer way of many.
    conn.execute(statement, dict(rows[0]) if len(rows) == 1 else list(rows))


# Building a statement costs several times what the database needs to carry it out, and there are
# a few of them only.
@cache
def _insert_or_update(
    dialect_name: str, table: Table, update: tuple[str, ...], add: tuple[str, ...]
) -> Insert:
    if dialect_name in {"mysql", "mariadb"}:
        on_mysql = mysql.insert(table)
        changes: dict[str, Any] = {name: on_mysql.inserted[name] for name in update}
        changes |= {name: table.c[name] + on_mysql.inserted[name] for name in add}
        return on_mysql.on_duplicate_key_update(changes)
    statement = (sqlite.insert if dialect_name == "sqlite" else postgresql.insert)(table)
    changed: dict[str, Any] = {name: statement.excluded[name] for name in update}
    changed |= {name: table.c[name] + statement.excluded[name] for name in add}
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns), set_=changed
    )
