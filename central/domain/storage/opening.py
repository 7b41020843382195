"""Opening the storage that a URL names."""

from central.domain.storage.base import Storage
from central.domain.storage.server import ServerStorage
from central.domain.storage.sqlite import SqliteStorage
from central.domain.storage.urls import parse_url


async def open_storage(url: str, *, max_queued: int = 2_000) -> Storage:
    """Open a database whose tables `central.migrations.upgrade` has brought up to date.

    `url` is as `parse_url` takes it. At `max_queued` writes that wait, `write` waits itself and
    `try_write` refuses.

    Raises:
        InvalidError: the URL cannot be used.
        OSError, sqlalchemy.exc.DBAPIError: the database cannot be reached.
    """
    database = parse_url(url)
    if database.path is not None:
        return SqliteStorage(database.path, max_queued=max_queued)
    storage = ServerStorage(database, max_queued=max_queued)
    await storage.check()
    return storage
