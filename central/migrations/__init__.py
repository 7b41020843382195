"""One Alembic history for SQLite, PostgreSQL and MariaDB, and the function that applies it."""


async def upgrade(url: str) -> None:
    """Bring the tables of a database up to the present version, creating them if need be.

    Safe to call from several processes at once; a database that is up to date is left alone.

    Raises:
        InvalidError: the URL cannot be used, or the database is newer than this program.
        sqlalchemy.exc.OperationalError: the database cannot be reached.
    """
    raise NotImplementedError(url)
