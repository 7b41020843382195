"""Opening the storage that a URL names."""

from central.domain.storage.base import Storage


async def open_storage(url: str, *, max_queued: int = 2_000) -> Storage:
    """Open a database whose tables `central.migrations.upgrade` has brought up to date.

    Args:
        url: as `parse_url` takes it.
        max_queued: writes that may wait before `write` waits itself and `try_write` refuses.

    Raises:
        InvalidError: the URL cannot be used.
        sqlalchemy.exc.OperationalError: the database cannot be reached.
    """
    raise NotImplementedError(url, max_queued)
