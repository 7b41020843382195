"""Engines for the three databases, set up so that a commit means the same on each."""

import sqlite3
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from central.domain.storage.retrying import note_request
from central.domain.storage.urls import DatabaseUrl

# How long a write waits for another process that is writing, such as `add-charger`.
_BUSY_TIMEOUT_S: Final = 5.0


def sqlite_writer_engine(path: Path, *, synchronous: str = "FULL") -> Engine:
    """Make an engine whose one connection writes.

    With `synchronous` FULL, each commit is on the disk when it returns, also in WAL mode; OFF is
    for what may be lost.
    """
    path.parent.mkdir(parents=True, exist_ok=True)

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            path,
            timeout=_BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
            # Room for those of each unit beside those of forty sizes, see `rows`.
            cached_statements=256,
        )
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            # Fewer checkpoints, each of which makes the writer wait for the disk.
            "wal_autocheckpoint=4000",
        ):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=QueuePool, pool_size=1)
    # A transaction that reads first and writes later would fail with SQLITE_BUSY_SNAPSHOT when
    # another process wrote in between; this one has the write lock from its start.
    _begin_with(engine, "BEGIN IMMEDIATE")
    return engine


def sqlite_reader_engine(path: Path, *, connections: int) -> Engine:
    """Make an engine whose connections cannot write."""
    uri = f"{path.absolute().as_uri()}?mode=ro"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            uri,
            uri=True,
            timeout=_BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA query_only=ON")
        return connection

    engine = create_engine(
        "sqlite+pysqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
    )
    _begin_with(engine, "BEGIN")
    return engine


def server_engine(url: DatabaseUrl, *, connections: int, read_only: bool = False) -> AsyncEngine:
    """Make an engine for PostgreSQL or MariaDB."""
    options: dict[str, Any] = {
        "pool_size": connections,
        "max_overflow": 0,
        # A connection that the server dropped, as in its restart, is replaced before use.
        "pool_pre_ping": True,
        # A writer that met a unique key must see the row that holds it, so it reads what is
        # committed now; a reader wants one picture throughout its query.
        "isolation_level": "REPEATABLE READ" if read_only else "READ COMMITTED",
    }
    if url.backend == "mariadb":
        # Without strict mode MariaDB cuts what is too long and calls it a success.
        mode = "TRANSACTION READ ONLY" if read_only else "sql_mode='TRADITIONAL'"
        options["connect_args"] = {"init_command": f"SET SESSION {mode}"}
        engine = create_async_engine(url.url.update_query_dict({"charset": "utf8mb4"}), **options)
    else:
        options["execution_options"] = {"postgresql_readonly": read_only}
        engine = create_async_engine(url.url, **options)
    event.listen(engine.sync_engine, "handle_error", note_request)
    return engine


def _begin_with(engine: Engine, statement: str) -> None:
    """Let SQLAlchemy, not the driver, say how a transaction begins."""

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    event.listen(engine, "begin", begin)
