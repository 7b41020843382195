"""What waits in the queue of a writer."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection

from central.domain.storage.base import Row, RowsKind

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class UnitJob:
    """A unit of work, who waits for it, and what came of it."""

    future: asyncio.Future[Any]
    run: Callable[[Connection], Any]
    result: Any = None
    error: BaseException | None = None

    def deliver(self) -> None:
        """Tell who waits, if he still does; called in his event loop."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


@dataclass(slots=True)
class RowsJob:
    """Rows that may be merged with others, who is to be told, and what came of it."""

    done: Callable[[BaseException | None], None]
    kind: RowsKind
    rows: Sequence[Row]
    error: BaseException | None = None

    def deliver(self) -> None:
        """Say that the rows are committed, or why not; called in the event loop."""
        self.done(self.error)


Job = UnitJob | RowsJob


def deliver(group: Sequence[Job]) -> int:
    """Tell all who wait for the jobs of a group, in its event loop; gives how many failed."""
    failed = 0
    for job in group:
        failed += job.error is not None
        try:
            job.deliver()
        except Exception:  # noqa: BLE001  a bug of one that is told; the others are told too
            _log.exception("not told of a commit")
    return failed


def settle(future: asyncio.Future[None], error: BaseException | None) -> None:
    """Tell a coroutine that waits for rows, if it still does."""
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
