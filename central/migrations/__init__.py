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

# Any number that other programs of the same PostgreSQL server do not use for theirs.
_LOCK: Final = 1_852_776_307


async def upgrade(url: str) -> None:
    """Bring the tables of a database up to the present version, creating them if need be.

    Safe to call from several processes at once; a database that is up to date is left alone.

    Raises:
        InvalidError: the URL cannot be used.
        ConflictError: the database was made by a newer version of this program.
        OSError, sqlalchemy.exc.DBAPIError: the database cannot be reached.
    """
    database = parse_url(url)
    if database.path is not None:
        await asyncio.to_thread(_upgrade_sqlite, database.path)
        return
    engine = server_engine(database, connections=1)
    try:
        async with engine.begin() as conn:
            await conn.run_sync(upgrade_connection)
    finally:
        await engine.dispose()


def upgrade_connection(conn: Connection) -> None:
    """Upgrade the database of a connection whose transaction has begun."""
    # One process at a time: each would otherwise create the same tables.
    if conn.dialect.name == "postgresql":
        conn.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    elif conn.dialect.name in {"mysql", "mariadb"}:
        conn.execute(text(f"SELECT GET_LOCK('{_LOCK}', 60)"))
    try:
        command.upgrade(_config(conn), "head")
    except CommandError as error:
        raise ConflictError(
            f"the database cannot be upgraded: {error}",
            where="DATABASE_URL",
            how="use the version of evseloop that wrote it, or a newer one",
        ) from error
    finally:
        if conn.dialect.name in {"mysql", "mariadb"}:
            conn.execute(text(f"SELECT RELEASE_LOCK('{_LOCK}')"))


def _upgrade_sqlite(path: Path) -> None:
    engine = sqlite_writer_engine(path)
    try:
        with engine.begin() as conn:
            upgrade_connection(conn)
    finally:
        engine.dispose()


def _config(conn: Connection) -> Config:
    # Made here rather than read from alembic.ini, so that it works from an installed wheel.
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = conn
    return config
