"""The database of a central system: held against another one, brought up to date, opened."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError

from central.domain.errors import DomainError
from central.domain.storage import Storage, open_storage, parse_url
from central.file_lock import FileTakenError, sole_user
from central.migrations import upgrade
from central.settings import Settings


class StartError(RuntimeError):
    """The central system cannot start; the message is one line: what is wrong, how to mend it."""


@contextlib.contextmanager
def hold_database(settings: Settings) -> Iterator[None]:
    """Keep other central systems from an SQLite file; a server has its own ways.

    Raises:
        StartError: Another one runs on it, or its lock cannot be made.
    """
    try:
        database = parse_url(settings.database_url).path
    except DomainError as error:
        raise StartError("; ".join(part for part in (error.what, error.how) if part)) from error
    with contextlib.ExitStack() as stack:
        if database is not None:
            try:
                stack.enter_context(sole_user(database))
            except FileTakenError as error:
                raise StartError(str(error)) from error
            except OSError as error:
                raise StartError(
                    f"cannot use the database: {error}; see that DATABASE_URL is right"
                ) from error
        yield


@asynccontextmanager
async def storage_of(settings: Settings) -> AsyncIterator[Storage]:
    """Bring the database up to date and open it.

    Raises:
        StartError: It cannot be reached, or is not one of ours.
    """
    try:
        await upgrade(settings.database_url)
        storage = await open_storage(settings.database_url)
    except DomainError as error:
        raise StartError("; ".join(part for part in (error.what, error.how) if part)) from error
    except (DBAPIError, OSError) as error:
        reason = str(error.orig if isinstance(error, DBAPIError) else error)
        raise StartError(
            f"cannot use the database: {' '.join(reason.split())}; "
            "see that DATABASE_URL is right and that it is up"
        ) from error
    try:
        yield storage
    finally:
        await storage.close()
