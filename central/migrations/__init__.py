"""One Alembic history for SQLite, PostgreSQL and MariaDB, and the function that applies it."""

import asyncio
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, text

from central.domain.errors import ConflictError
from central.domain.storage.engines import server_engine, sqlite_writer_engine
from central.domain.storage.urls import parse_url

# Any number that other programs of the same server do not use for theirs.
LOCK: Final = 1_852_776_307
LOCK_WAIT_S = 60
"""How long MariaDB waits for another process that upgrades; the lock is of the whole server."""


async def upgrade(url: str, *, to: str = "head") -> None:
    """Bring the tables of a database up to the present version, creating them if need be.

    Safe to call from several processes at once; a database that is up to date is left alone.
    `to` names an earlier revision, as tests of upgrades need it.

    Raises:
        InvalidError: the URL cannot be used.
        ConflictError: the database was made by a newer version of this program, or another
            process has been upgrading it for too long (MariaDB).
        OSError, sqlalchemy.exc.DBAPIError: the database cannot be reached.
    """
    database = parse_url(url)
    if database.path is not None:
        await asyncio.to_thread(_upgrade_sqlite, database.path, to)
        return
    engine = server_engine(database, connections=1)
    try:
        async with engine.begin() as conn:
            await conn.run_sync(upgrade_connection, to)
    finally:
        await engine.dispose()


def upgrade_connection(conn: Connection, to: str = "head") -> None:
    """Upgrade the database of a connection whose transaction has begun.

    On MariaDB the connection has to be closed afterwards: it holds the lock until then.
    """
    # One process at a time: each would otherwise create the same tables. Nobody else may have the
    # lock before this transaction is committed: what version the tables have is written by it,
    # but MariaDB commits the tables themselves at once.
    if conn.dialect.name == "postgresql":
        conn.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
    elif conn.dialect.name in {"mysql", "mariadb"}:
        got = conn.execute(text(f"SELECT GET_LOCK('{LOCK}', {LOCK_WAIT_S})")).scalar_one()
        if got != 1:
            # 0: another process has it. NULL: the server could not try, as when it is ended.
            raise ConflictError(
                f"the database cannot be upgraded: another process holds the lock {LOCK} for it",
                where="DATABASE_URL",
                how="try again when that one is done; IS_USED_LOCK names its connection",
            )
    try:
        command.upgrade(_config(conn), to)
    except CommandError as error:
        raise ConflictError(
            f"the database cannot be upgraded: {error}",
            where="DATABASE_URL",
            how="use the version of evseloop that wrote it, or a newer one",
        ) from error


def _upgrade_sqlite(path: Path, to: str) -> None:
    engine = sqlite_writer_engine(path)
    try:
        with engine.begin() as conn:
            upgrade_connection(conn, to)
    finally:
        engine.dispose()


def _config(conn: Connection) -> Config:
    # Made here rather than read from alembic.ini, so that it works from an installed wheel.
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = conn
    return config
