"""PostgreSQL and MariaDB: units run on a pool of connections, each in its own transaction."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Concatenate, Final

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from central.domain.storage.base import P, Row, RowsKind, StorageFigures, T
from central.domain.storage.engines import server_engine
from central.domain.storage.groups import fail_all, run_jobs
from central.domain.storage.jobs import RowsJob, deliver, settle
from central.domain.storage.queueing import Places
from central.domain.storage.retrying import ASKED
from central.domain.storage.urls import DatabaseUrl

_MOST_ATTEMPTS: Final = 5


class ServerStorage:
    """Storage in a database server; made by `open_storage` in the event loop that uses it."""

    def __init__(
        self, url: DatabaseUrl, *, max_queued: int, writers: int = 10, readers: int = 4
    ) -> None:
        self.figures = StorageFigures()
        self._places = Places(max_queued)
        self._writers = server_engine(url, connections=writers)
        self._readers = server_engine(url, connections=readers, read_only=True)
        # Who waits for a connection waits here, where no time-out turns waiting into an error.
        self._writing = asyncio.Semaphore(writers)
        self._reading = asyncio.Semaphore(readers)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._rows: list[RowsJob] = []
        self._collector: asyncio.Task[None] | None = None

    async def write(
        self, unit: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """See `Storage.write`."""
        await self._places.take()
        return await self._start_unit(unit, args, kwargs)

    async def try_write(
        self, unit: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """See `Storage.try_write`."""
        self._places.take_now()
        return await self._start_unit(unit, args, kwargs)

    async def write_rows(self, kind: RowsKind, rows: Sequence[Row]) -> None:
        """See `Storage.write_rows`."""
        await self._places.take()
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._put(RowsJob(partial(settle, future), kind, rows))
        await future

    def submit_rows(
        self, kind: RowsKind, rows: Sequence[Row], done: Callable[[BaseException | None], None]
    ) -> None:
        """See `Storage.submit_rows`."""
        self._places.take_now()
        self._put(RowsJob(done, kind, rows))

    async def read(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """See `Storage.read`."""
        async with self._reading, self._readers.begin() as conn:
            return await conn.run_sync(lambda sync: query(sync, *args, **kwargs))

    async def look_up(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """See `Storage.look_up`."""
        return await self.read(query, *args, **kwargs)

    @property
    def has_room(self) -> bool:
        """See `Storage.has_room`."""
        return self._places.has_room

    @property
    def waiting(self) -> int:
        """See `Storage.waiting`."""
        return self._places.waiting

    async def close(self) -> None:
        """See `Storage.close`."""
        self._places.close()
        if self._tasks:
            await asyncio.wait(self._tasks)
        if self._collector is not None:
            await self._collector
        await self._writers.dispose()
        await self._readers.dispose()

    async def check(self) -> None:
        """Connect once.

        Raises:
            sqlalchemy.exc.DBAPIError, OSError: the server cannot be reached.
        """
        async with self._readers.connect():
            pass

    def _start_unit(
        self, unit: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> asyncio.Future[T]:
        """Run a unit in a task of its own, so that a caller who leaves does not break it off."""
        task = asyncio.create_task(self._run_unit(lambda conn: unit(conn, *args, **kwargs)))
        self._tasks.add(task)
        task.add_done_callback(self._end_unit)
        return asyncio.shield(task)

    async def _run_unit(self, run: Callable[[Connection], T]) -> T:
        return await self._in_transaction(run)

    def _end_unit(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        # Reading the exception here keeps one that nobody waits for any more out of the log.
        failed = not task.cancelled() and task.exception() is not None
        self.figures.note_group(1, int(failed))
        self._places.give_back(1)

    def _put(self, job: RowsJob) -> None:
        self._rows.append(job)
        if self._collector is None:
            self._collector = asyncio.create_task(self._collect())

    async def _collect(self) -> None:
        """Commit all rows that wait, again and again, until none do."""
        while self._rows:
            jobs, self._rows = self._rows, []
            await self._commit_rows(jobs)
            self._places.give_back(len(jobs))
            self.figures.note_group(len(jobs), deliver(jobs))
        self._collector = None

    async def _commit_rows(self, jobs: Sequence[RowsJob]) -> None:
        try:
            await self._in_transaction(lambda conn: run_jobs(conn, jobs))
        except Exception as error:  # noqa: BLE001  whatever it is, it belongs to all who wait
            fail_all(jobs, error)

    async def _in_transaction(self, work: Callable[[Connection], T]) -> T:
        """Do work and commit; begin anew after a deadlock, a bounded number of times."""
        attempt = 1
        while True:
            info: dict[Any, Any] = {}
            try:
                async with self._writing, self._writers.begin() as conn:
                    info = conn.info
                    info.pop(ASKED, None)
                    return await conn.run_sync(work)
            except DBAPIError:
                if attempt == _MOST_ATTEMPTS or not info.get(ASKED):
                    raise
            attempt += 1
            self.figures.retries += 1
