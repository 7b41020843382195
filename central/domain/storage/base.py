"""The promise that every database keeps: what a call returned is committed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Column, Connection, Table

from central.domain.errors import BusyError

P = ParamSpec("P")
T = TypeVar("T")

# A row in the order of the table's columns.
Row = tuple[Any, ...]


class StorageBusyError(BusyError):
    """The write queue is full, as when the disk stalls. REST answers 503 with Retry-After."""

    def __init__(self) -> None:
        super().__init__("the database has too much waiting to be written", retry_after_s=2)


@dataclass(frozen=True, eq=False)
class RowsKind:
    """Rows that may be merged with those of others into one statement.

    A row whose unique key is already there is left as it is: that is how a replay is harmless.
    Rows are tuples in the order of `columns`.

    Attributes:
        sqlite_upkeep: run by the writer on SQLite, in a transaction of its own, each time that
            `upkeep_every` rows have been added; for an index that is cheaper to write in bulk.
    """

    table: Table
    sqlite_upkeep: Callable[[Connection], None] | None = None
    upkeep_every: int = 0

    @property
    def columns(self) -> list[Column[Any]]:
        """The columns of a row: all but the number that the database gives."""
        number = self.table.autoincrement_column
        return [column for column in self.table.columns if column is not number]


@dataclass
class StorageFigures:
    """What the storage has done so far, for metrics and tests.

    Attributes:
        jobs: units and batches of rows that were finished, well or not.
        failed_jobs: those that were not.
        groups: transactions; `jobs / groups` is how many share a commit.
        largest_group: the most jobs that one commit has carried.
        retries: serialization failures and deadlocks that were tried again (PostgreSQL, MariaDB).
    """

    jobs: int = 0
    failed_jobs: int = 0
    groups: int = 0
    largest_group: int = 0
    retries: int = 0

    def note_group(self, jobs: int, failed: int) -> None:
        """Count a transaction that carried `jobs` jobs."""
        self.jobs += jobs
        self.failed_jobs += failed
        self.groups += 1
        self.largest_group = max(self.largest_group, jobs)


class Storage(Protocol):
    """A database that runs units of work.

    A unit is a plain function `unit(connection, *args)` that talks to nothing but the database.
    It may run again from the start after a deadlock, so it keeps no state of its own.
    """

    figures: StorageFigures

    async def write(
        self, unit: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a unit and return its result once it is committed.

        Waits for a place in the queue when that is full; a charger's socket is not read
        meanwhile. What the unit raises is raised here, after its changes are undone; other units
        of the same commit are not touched. When the commit fails, that error is raised.

        A caller that is cancelled while waiting for the commit does not undo it.
        """
        ...

    async def try_write(
        self, unit: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As `write`, but raise `StorageBusyError` at once when the queue is full."""
        ...

    async def write_rows(self, kind: RowsKind, rows: Sequence[Row]) -> None:
        """Insert rows, ignoring those whose key exists, and return once they are committed.

        The cheap way for many small messages: rows of all callers go in one statement. If that
        statement fails, each caller's rows are tried on their own, so that one bad row harms
        nobody else.
        """
        ...

    def submit_rows(
        self, kind: RowsKind, rows: Sequence[Row], done: Callable[[BaseException | None], None]
    ) -> None:
        """As `write_rows`, without a coroutine that waits, which costs more than the rows do.

        Calls `done(None)` in the event loop once they are committed, or with the error that
        `write_rows` would raise. Raises `StorageBusyError` when the queue is full, see `has_room`.
        """
        ...

    async def read(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a query on a read-only connection, which sees what is committed and no more."""
        ...

    async def look_up(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As `read`, for a query that finds a row or two by their key.

        Many that come together may be run one after the other on one connection, for going to a
        connection and back costs three times what such a query does.
        """
        ...

    @property
    def has_room(self) -> bool:
        """Whether a write would be queued at once."""
        ...

    @property
    def waiting(self) -> int:
        """How many writes are queued, or wait for a place in the queue."""
        ...

    async def close(self) -> None:
        """Finish what is queued, then let go of the database. Later calls raise RuntimeError."""
        ...
