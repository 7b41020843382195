"""Database URLs as people write them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from central.domain.errors import InvalidError

Backend = Literal["sqlite", "postgresql", "mariadb"]

_FORMS = "sqlite:///FILE, postgresql://USER:PASSWORD@HOST/NAME or mariadb://USER:PASSWORD@HOST/NAME"
_POSTGRESQL = {
    f"{name}{driver}"
    for name in ("postgresql", "postgres")
    for driver in ("", "+asyncpg", "+psycopg", "+psycopg2", "+pg8000")
}
_MARIADB = {
    f"{name}{driver}"
    for name in ("mariadb", "mysql")
    for driver in ("", "+asyncmy", "+pymysql", "+mysqldb", "+aiomysql")
}
_SQLITE = {"sqlite", "sqlite+pysqlite", "sqlite+aiosqlite"}


@dataclass(frozen=True)
class DatabaseUrl:
    """A database, with the driver that this system uses for it.

    Attributes:
        backend: which kind of database.
        url: for SQLAlchemy; its password does not show in `repr`.
        path: the file of an SQLite database.
    """

    backend: Backend
    url: URL
    path: Path | None = None


def parse_url(text: str) -> DatabaseUrl:
    """Read a database URL, also in the forms for synchronous drivers.

    Raises:
        InvalidError: it is none, or names a database that is not supported.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:  # a port that is none is a plain ValueError
        # The text may hold a password, so it is not repeated.
        raise InvalidError(
            "the database URL cannot be read", where="DATABASE_URL", how=f"write it as {_FORMS}"
        ) from error
    if url.drivername in _SQLITE:
        if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
            raise InvalidError(
                "an SQLite database must be a file, as it has to survive the process",
                where="DATABASE_URL",
                how="name one, for example sqlite:///central.db",
            )
        path = Path(url.database)
        return DatabaseUrl("sqlite", url.set(drivername="sqlite+pysqlite"), path)
    if url.drivername in _POSTGRESQL:
        return DatabaseUrl("postgresql", url.set(drivername="postgresql+asyncpg"))
    if url.drivername in _MARIADB:
        return DatabaseUrl("mariadb", url.set(drivername="mysql+asyncmy"))
    raise InvalidError(
        f"{url.drivername} is not a supported database", where="DATABASE_URL", how=f"use {_FORMS}"
    )
