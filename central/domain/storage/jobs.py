"""What waits in the queue of a writer."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from central.domain.storage.base import Row, RowsKind


@dataclass(slots=True)
class UnitJob:
    """A unit of work and who waits for it."""

    future: asyncio.Future[Any]
    run: Callable[[Connection], Any]


@dataclass(slots=True)
class RowsJob:
    """Rows that may be merged with others, and who waits for them."""

    future: asyncio.Future[Any]
    kind: RowsKind
    rows: Sequence[Row]


Job = UnitJob | RowsJob


@dataclass(slots=True)
class Outcome:
    """What came of a job; `error` is None if it is committed."""

    job: Job
    result: Any = None
    error: BaseException | None = None

    def deliver(self) -> None:
        """Tell who waits, if he still does; called in his event loop."""
        if self.job.future.done():
            return
        if self.error is None:
            self.job.future.set_result(self.result)
        else:
            self.job.future.set_exception(self.error)
