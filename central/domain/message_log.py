"""The log of frames to and from chargers, written in batches outside the durable path.

It may lose its last second in a crash, and it drops frames (and counts them) rather than hold up
a charger. On SQLite it has a file of its own beside the main one.
"""

import asyncio
import contextlib
from collections import deque
from datetime import datetime
from pathlib import Path
from sys import getsizeof
from typing import Final, Literal

import structlog
from sqlalchemy.exc import SQLAlchemyError

from central.domain import logged_frames
from central.domain.logged_frames import Frame
from central.domain.logged_frames_search import FramePage, FrameQuery, LoggedFrame, Reach, search
from central.domain.storage.base import Storage
from central.domain.storage.server import ServerStorage
from central.domain.storage.sqlite import SqliteStorage
from central.domain.storage.urls import parse_url

__all__ = ["FramePage", "LoggedFrame", "MessageLog", "log_path", "open_message_log"]

Direction = Literal["in", "out"]

_INTERVAL_S: Final = 0.25

MAX_WAITING_BYTES: Final = 64 * 1_024 * 1_024
"""Memory that frames may take which are not written yet."""

_log = structlog.get_logger(__name__)


class MessageLog:
    """Collects frames in memory and writes them several times a second.

    Attributes:
        dropped: frames that were not logged, because too many waited or the disk refused them.
        reach: how much a search reads at once.
    """

    def __init__(
        self, storage: Storage, *, max_waiting: int, max_waiting_bytes: int = MAX_WAITING_BYTES
    ) -> None:
        self.dropped = 0
        self.reach = Reach()
        self._storage = storage
        self._max_waiting = max_waiting
        self._max_waiting_bytes = max_waiting_bytes
        self._waiting: deque[Frame] = deque()
        # Of the frames that wait, and of those that are being written.
        self._waiting_bytes = 0
        self._writing_bytes = 0
        self._dropped_when_flushed = 0
        self._is_behind = False
        self._flushing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def start(self, interval_s: float) -> None:
        """Write at an interval of the event loop's time until closed."""
        self._task = asyncio.create_task(self._run(interval_s))

    def append(
        self, charge_point_id: str, at: datetime, direction: Direction, action: str, frame: str
    ) -> None:
        """Log a frame; returns at once and never fails.

        `direction` is `in` from the charger, `out` to it. `action` is that of the CALL, also for
        its answer; empty where a frame could not be read.
        """
        waiting = self._waiting
        waiting.append((charge_point_id, at, direction, action, frame))
        self._waiting_bytes += getsizeof(frame)
        if (
            len(waiting) > self._max_waiting
            or self._waiting_bytes + self._writing_bytes > self._max_waiting_bytes
        ):
            self._drop_oldest()

    async def flush(self) -> None:
        """Return once everything appended so far is written, or counted as dropped."""
        async with self._flushing:
            if not self._waiting:
                return
            frames = list(self._waiting)
            self._waiting.clear()
            self._writing_bytes, self._waiting_bytes = self._waiting_bytes, 0
            if self._is_behind and self.dropped == self._dropped_when_flushed:
                self._is_behind = False
            self._dropped_when_flushed = self.dropped
            try:
                await self._storage.write(logged_frames.add, frames)
            except (SQLAlchemyError, OSError) as error:
                # OSError: a database server that cannot be reached, as in its restart.
                self.dropped += len(frames)
                _log.exception("message log not written", frames=len(frames), error=str(error))
            finally:
                self._writing_bytes = 0

    async def search(
        self,
        charge_point_id: str,
        *,
        not_before: datetime | None = None,
        before: datetime | None = None,
        action: str | None = None,
        direction: Direction | None = None,
        text: str | None = None,
        before_cursor: str | None = None,
        limit: int = 100,
    ) -> FramePage:
        """Give at most `limit` frames of a charger, newest first, of what is within `reach`.

        `not_before` and `before` are a half-open interval of time; `action`, `direction` and
        `text` keep only frames of that action, that direction, and those that contain that text.
        `before_cursor` is `FramePage.cursor` of the page before: as long as there is one,
        there may be more, also after a page without frames.

        Raises:
            InvalidError: the cursor is none.
        """
        query = FrameQuery(charge_point_id, not_before, before, action, direction, text)
        return await self._storage.read(
            search, query, before_cursor=before_cursor, limit=limit, reach=self.reach
        )

    async def purge(self, older_than: datetime) -> int:
        """Forget what was written before a moment; gives how many rows, each of several frames."""
        return await self._storage.write(logged_frames.purge, older_than)

    async def purge_beyond(self, most_bytes: int) -> int:
        """Forget the oldest rows beyond so many bytes of frames; gives how many rows.

        On SQLite the file keeps its size, and what is written from then on takes the room.
        """
        forgotten = 0
        while some := await self._storage.write(logged_frames.purge_beyond, most_bytes):
            forgotten += some
        return forgotten

    async def close(self) -> None:
        """Write what is waiting and end."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self.flush()
        await self._storage.close()

    def _drop_oldest(self) -> None:
        """Make room; the first time says so in the log, until the log has kept up again."""
        waiting = self._waiting
        while waiting and (
            len(waiting) > self._max_waiting
            or self._waiting_bytes + self._writing_bytes > self._max_waiting_bytes
        ):
            self._waiting_bytes -= getsizeof(waiting.popleft()[-1])
            self.dropped += 1
        if not self._is_behind:
            self._is_behind = True
            _log.warning(
                "message log behind, its oldest frames are dropped",
                waiting=len(waiting),
                waiting_bytes=self._waiting_bytes + self._writing_bytes,
                dropped=self.dropped,
            )

    async def _run(self, interval_s: float) -> None:
        while True:
            await asyncio.sleep(interval_s)
            await self.flush()


def log_path(database: Path) -> Path:
    """Give the file of the message log that belongs to an SQLite database."""
    return database.with_name(f"{database.stem}-messages{database.suffix}")


async def open_message_log(
    url: str,
    *,
    max_waiting: int = 100_000,
    max_waiting_bytes: int = MAX_WAITING_BYTES,
    interval_s: float = _INTERVAL_S,
) -> MessageLog:
    """Open the message log that belongs to a database URL, which is up to date.

    At `max_waiting` frames in memory, or `max_waiting_bytes` of them, the oldest are dropped.

    Raises:
        InvalidError: the URL cannot be used.
    """
    database = parse_url(url)
    storage: Storage
    if database.path is not None:
        path = log_path(database.path)
        storage = SqliteStorage(path, max_queued=10, synchronous="NORMAL", readers=1)
        await storage.write(logged_frames.create_table)
    else:
        storage = ServerStorage(database, max_queued=10, writers=1, readers=1)
    log = MessageLog(storage, max_waiting=max_waiting, max_waiting_bytes=max_waiting_bytes)
    log.start(interval_s)
    return log
