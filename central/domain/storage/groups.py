"""Many units of work in one commit, none of which can harm another."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, NestedTransaction
from sqlalchemy.exc import SQLAlchemyError

from central.domain.storage.base import Row, RowsKind
from central.domain.storage.jobs import Job, RowsJob, UnitJob
from central.domain.storage.retrying import may_retry
from central.domain.storage.rows import MOST_IN_A_STATEMENT, insert_at_once, insert_rows


def commit_group(conn: Connection, group: Sequence[Job]) -> None:
    """Run jobs in one transaction on SQLite; afterwards each has its result or its error.

    A job that fails is rolled back to its savepoint and has its error. When the transaction
    itself fails, as on a full disk, every job has that error: nobody may think that his data
    are safe.
    """
    try:
        if not _commit_rows(conn, group):
            with conn.begin():
                run_jobs(conn, group)
    except BaseException as error:  # noqa: BLE001  whatever it is, it belongs to all who wait
        leave_transaction(conn)
        fail_all(group, error)


def run_query(conn: Connection, job: UnitJob) -> None:
    """Run a query of several that share a connection; afterwards it has its result or its error."""
    try:
        job.result = job.run(conn)
    except Exception as error:  # noqa: BLE001  it belongs to who waits for this query
        job.error = error


def fail_all(group: Sequence[Job], error: BaseException) -> None:
    """Give all jobs the error of their transaction."""
    for job in group:
        job.error = error


def leave_transaction(conn: Connection) -> None:
    """Make the connection fit for the next group: a COMMIT that failed leaves all open."""
    try:
        conn.connection.rollback()
    except Exception as error:  # noqa: BLE001  who waits is told of the first error; this one
        conn.invalidate(error)  # means that the connection is of no use: it is made anew


def run_jobs(conn: Connection, group: Sequence[Job]) -> None:
    """Run jobs in the transaction that is open, each in a savepoint; commits nothing."""
    rows: list[RowsJob] = []
    for job in group:
        if isinstance(job, UnitJob):
            _run_unit(conn, job)
        else:
            rows.append(job)
    for kind, jobs in _by_kind(rows).items():
        _run_rows(conn, kind, jobs)


def _commit_rows(conn: Connection, group: Sequence[Job]) -> bool:
    """Commit a group that is nothing but rows of one kind; gives whether it was one, and went well.

    That is one statement outside a transaction, so it commits by itself: the interpreter lock
    changes hands once, where BEGIN, savepoint, INSERT and COMMIT would change it a dozen times.
    Not even one of its rows is there when it fails.

    Raises:
        sqlite3.OperationalError: it is not for a bad row; the disk is full, or broken.
    """
    kind = group[0].kind if isinstance(group[0], RowsJob) else None
    rows: list[Row] = []
    for job in group:
        if not isinstance(job, RowsJob) or job.kind is not kind:
            return False
        rows += job.rows
    if kind is None or not 0 < len(rows) <= MOST_IN_A_STATEMENT:
        return False
    try:
        insert_at_once(conn, kind, rows)
    except sqlite3.OperationalError:
        raise
    except Exception:  # noqa: BLE001  one of them is bad; with savepoints it is found out which
        return False
    return True


def _run_unit(conn: Connection, job: UnitJob) -> None:
    """Run a unit in a savepoint of the driver's, on SQLite.

    One of SQLAlchemy's would cost as much as two statements of the unit.
    """
    driver: sqlite3.Connection = conn.connection.driver_connection  # type: ignore[assignment]
    driver.execute("SAVEPOINT unit")
    try:
        job.result = job.run(conn)
        driver.execute("RELEASE unit")
    except Exception as error:  # noqa: BLE001  it belongs to who waits for this unit
        _undo_unit(conn, driver, error)
        job.result, job.error = None, error


def _undo_unit(conn: Connection, driver: sqlite3.Connection, error: Exception) -> None:
    """Roll back to the savepoint of a unit, or raise the error for the whole group.

    That is when SQLite has rolled back everything by itself, as at a full disk.
    """
    try:
        # One that the unit has left open.
        while (inner := conn.get_nested_transaction()) is not None:
            inner.rollback()
        driver.execute("ROLLBACK TO unit")
        driver.execute("RELEASE unit")
    except (SQLAlchemyError, sqlite3.Error):
        raise error from None


def _run_rows(conn: Connection, kind: RowsKind, jobs: Sequence[RowsJob]) -> None:
    rows = [row for job in jobs for row in job.rows]
    _, error = _in_savepoint(conn, lambda: insert_rows(conn, kind, rows))
    if error is None or len(jobs) == 1:
        for job in jobs:
            job.error = error
        return
    # One of them is bad: find out which, so that it fails alone.
    for job in jobs:
        _run_rows(conn, kind, [job])


def _in_savepoint(conn: Connection, work: Callable[[], Any]) -> tuple[Any, Exception | None]:
    """Do work; give what it returned, or the error with which it was undone."""
    savepoint = conn.begin_nested()
    try:
        result = work()
        savepoint.commit()
    except Exception as error:  # noqa: BLE001  it belongs to who waits for this work
        _undo(savepoint, error)
        return None, error
    return result, None


def _undo(savepoint: NestedTransaction, error: Exception) -> None:
    """Roll back to a savepoint, or raise the error for the whole group.

    That is when it has ended the transaction: a deadlock, after which all is to begin anew, or a
    full disk, at which SQLite rolls back by itself.
    """
    if may_retry(error):
        raise error
    try:
        savepoint.rollback()
    except SQLAlchemyError:
        raise error from None


def _by_kind(jobs: Sequence[RowsJob]) -> dict[RowsKind, list[RowsJob]]:
    kinds: dict[RowsKind, list[RowsJob]] = defaultdict(list)
    for job in jobs:
        kinds[job.kind].append(job)
    return kinds
