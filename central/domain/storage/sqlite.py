"""SQLite: one thread writes, in groups; others read."""

import asyncio
import queue
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, Final

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from central.domain.storage.base import P, Row, RowsKind, StorageFigures, T
from central.domain.storage.engines import sqlite_reader_engine, sqlite_writer_engine
from central.domain.storage.groups import commit_group, fail_all, leave_transaction, run_query
from central.domain.storage.jobs import Job, RowsJob, UnitJob, deliver, settle
from central.domain.storage.queueing import Places

# The most that one commit carries, in all and of units: bounds how long the first waits for the
# last. Units take statements of their own: of a thousand, all would be told at once, after a
# second.
_MOST_JOBS: Final = 1_000
_MOST_UNITS: Final = 128

_log = structlog.get_logger(__name__)


class SqliteStorage:
    """Storage in one SQLite file; made by `open_storage` in the event loop that uses it."""

    def __init__(
        self,
        path: Path,
        *,
        max_queued: int,
        synchronous: str = "FULL",
        readers: int = 4,
    ) -> None:
        self.figures = StorageFigures()
        self._loop = asyncio.get_running_loop()
        self._places = Places(max_queued)
        # What came in during the present turn of the event loop. It is handed over at once at the
        # end of the turn: each hand-over may wake the writer, which then wants the interpreter
        # lock, and would have a group of one.
        self._turn: list[Job] = []
        # What was asked for in it, for a reader.
        self._asked: list[UnitJob] = []
        self._queue: queue.SimpleQueue[list[Job] | None] = queue.SimpleQueue()
        self._writer_engine = sqlite_writer_engine(path, synchronous=synchronous)
        # The first connection makes the file, which readers cannot do.
        self._connection = self._writer_engine.connect()
        self._reader_engine = sqlite_reader_engine(path, connections=readers)
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="sqlite-reader")
        # Rows of each kind since its last upkeep; belongs to the writer's thread.
        self._added: Counter[RowsKind] = Counter()
        self._writer = threading.Thread(target=self._write, name="sqlite-writer", daemon=True)
        self._writer.start()

    async def write(
        self, unit: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """See `Storage.write`."""
        await self._places.take()
        return await self._submit_unit(unit, args, kwargs)

    async def try_write(
        self, unit: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """See `Storage.try_write`."""
        self._places.take_now()
        return await self._submit_unit(unit, args, kwargs)

    async def write_rows(self, kind: RowsKind, rows: Sequence[Row]) -> None:
        """See `Storage.write_rows`."""
        await self._places.take()
        future: asyncio.Future[None] = self._loop.create_future()
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

        def run() -> T:
            with self._reader_engine.begin() as conn:
                return query(conn, *args, **kwargs)

        return await self._loop.run_in_executor(self._readers, run)

    async def look_up(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """See `Storage.look_up`."""
        future: asyncio.Future[T] = self._loop.create_future()
        if not self._asked:
            self._loop.call_soon(self._hand_over_asked)
        self._asked.append(UnitJob(future, lambda conn: query(conn, *args, **kwargs)))
        return await future

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
        self._hand_over()
        self._queue.put(None)
        await asyncio.to_thread(self._writer.join)
        await asyncio.to_thread(self._readers.shutdown)
        # The last connection to close folds the WAL into the file, which a reader may not do.
        self._reader_engine.dispose()
        self._connection.close()
        self._writer_engine.dispose()

    async def _submit_unit(
        self, unit: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> T:
        future: asyncio.Future[T] = self._loop.create_future()
        self._put(UnitJob(future, lambda conn: unit(conn, *args, **kwargs)))
        return await future

    def _put(self, job: Job) -> None:
        if not self._turn:
            self._loop.call_soon(self._hand_over)
        self._turn.append(job)

    def _hand_over(self) -> None:
        if self._turn:
            jobs, self._turn = self._turn, []
            self._queue.put(jobs)

    def _hand_over_asked(self) -> None:
        asked, self._asked = self._asked, []
        for start in range(0, len(asked), _MOST_UNITS):
            part = asked[start : start + _MOST_UNITS]
            try:
                self._readers.submit(self._look_up, part)
            except RuntimeError as error:  # the storage is closed
                fail_all(part, error)
                deliver(part)

    def _look_up(self, asked: Sequence[UnitJob]) -> None:
        """Run queries; in the thread of a reader."""
        try:
            with self._reader_engine.begin() as conn:
                for job in asked:
                    run_query(conn, job)
        except Exception as error:  # noqa: BLE001  the database cannot be read: it belongs to all
            fail_all(asked, error)
        self._loop.call_soon_threadsafe(deliver, asked)

    def _write(self) -> None:
        """Commit group after group; runs in the writer's thread until told to end."""
        waiting: list[Job] = []
        ending = False
        while waiting or not ending:
            while not ending and len(waiting) < _MOST_JOBS:
                try:
                    jobs = self._queue.get(block=not waiting)
                except queue.Empty:
                    break
                if jobs is None:
                    ending = True
                else:
                    waiting += jobs
            group = waiting[: _length_of_group(waiting)]
            del waiting[: len(group)]
            if group:
                commit_group(self._connection, group)
                self._loop.call_soon_threadsafe(self._deliver, group)
                self._keep_up(group)

    def _keep_up(self, group: Sequence[Job]) -> None:
        """Run the upkeep of kinds of which enough rows have come; nobody waits for it."""
        for kind in {job.kind for job in group if isinstance(job, RowsJob)}:
            if kind.sqlite_upkeep is None:
                continue
            self._added[kind] += sum(
                len(job.rows) for job in group if isinstance(job, RowsJob) and job.kind is kind
            )
            if self._added[kind] < kind.upkeep_every:
                continue
            self._added[kind] = 0
            try:
                with self._connection.begin():
                    kind.sqlite_upkeep(self._connection)
            except SQLAlchemyError:
                # Nothing is lost by it; the next turn does the work of this one too.
                _log.exception("upkeep failed", table=kind.table.name)
                leave_transaction(self._connection)

    def _deliver(self, group: Sequence[Job]) -> None:
        """Tell those who wait; runs in the event loop."""
        # First, so that who is told and has more to write finds room for it.
        self._places.give_back(len(group))
        self.figures.note_group(len(group), deliver(group))


def _length_of_group(waiting: Sequence[Job]) -> int:
    """Give how many of the jobs that wait go into the next commit."""
    units = 0
    for position, job in enumerate(waiting):
        units += type(job) is UnitJob
        if units > _MOST_UNITS or position == _MOST_JOBS:
            return position
    return len(waiting)
