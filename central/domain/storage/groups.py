"""Many units of work in one commit, none of which can harm another."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, NestedTransaction
from sqlalchemy.exc import SQLAlchemyError

from central.domain.storage.base import RowsKind
from central.domain.storage.jobs import Job, Outcome, RowsJob, UnitJob
from central.domain.storage.retrying import may_retry
from central.domain.storage.rows import insert_rows


class _RowsFailedError(Exception):
    """Rows could not be inserted together; nothing of them is in the database."""


def commit_group(conn: Connection, group: Sequence[Job]) -> list[Outcome]:
    """Run jobs in one transaction; gives an outcome for each, after the commit.

    A job that fails is rolled back to its savepoint and has its error as outcome. When the
    transaction itself fails, as on a full disk, every job has that error: nobody may think that
    his data are safe.
    """
    try:
        if all(isinstance(job, RowsJob) for job in group):
            try:
                return _commit_rows(conn, [job for job in group if isinstance(job, RowsJob)])
            except _RowsFailedError:
                pass  # one of them is bad; with savepoints it is found out which
        with conn.begin():
            outcomes = run_jobs(conn, group)
    except BaseException as error:  # noqa: BLE001  whatever it is, it belongs to all who wait
        leave_transaction(conn)
        return [Outcome(job, error=error) for job in group]
    return outcomes


def leave_transaction(conn: Connection) -> None:
    """Make the connection fit for the next group: a COMMIT that failed leaves all open."""
    try:
        conn.connection.rollback()
    except Exception as error:  # noqa: BLE001  who waits is told of the first error; this one
        conn.invalidate(error)  # means that the connection is of no use: it is made anew


def run_jobs(conn: Connection, group: Sequence[Job]) -> list[Outcome]:
    """Run jobs in the transaction that is open, each in a savepoint; commits nothing."""
    outcomes = [_run(conn, job) for job in group if isinstance(job, UnitJob)]
    rows = [job for job in group if isinstance(job, RowsJob)]
    for kind, jobs in _by_kind(rows).items():
        outcomes += _insert(conn, kind, jobs)
    return outcomes


def _commit_rows(conn: Connection, jobs: Sequence[RowsJob]) -> list[Outcome]:
    """Commit a group of nothing but rows without savepoints, each of which costs two statements.

    Raises:
        _RowsFailedError: a row was refused. A commit that fails is raised as it is.
    """
    with conn.begin():
        try:
            for kind, of_kind in _by_kind(jobs).items():
                insert_rows(conn, kind, [row for job in of_kind for row in job.rows])
        except Exception as error:
            raise _RowsFailedError from error
    return [Outcome(job) for job in jobs]


def _run(conn: Connection, job: UnitJob) -> Outcome:
    savepoint = conn.begin_nested()
    try:
        result = job.run(conn)
        savepoint.commit()
    except Exception as error:  # noqa: BLE001  it belongs to who waits for this unit
        _undo(savepoint, error)
        return Outcome(job, error=error)
    return Outcome(job, result)


def _insert(conn: Connection, kind: RowsKind, jobs: Sequence[RowsJob]) -> list[Outcome]:
    savepoint = conn.begin_nested()
    try:
        insert_rows(conn, kind, [row for job in jobs for row in job.rows])
        savepoint.commit()
    except Exception as error:  # noqa: BLE001  it belongs to who waits for these rows
        _undo(savepoint, error)
        if len(jobs) == 1:
            return [Outcome(jobs[0], error=error)]
    else:
        return [Outcome(job) for job in jobs]
    # One of them is bad: find out which, so that it fails alone.
    return [_run(conn, _alone(job)) for job in jobs]


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


def _alone(job: RowsJob) -> UnitJob:
    return UnitJob(job.future, lambda conn: insert_rows(conn, job.kind, job.rows))


def _by_kind(jobs: Sequence[RowsJob]) -> dict[RowsKind, list[RowsJob]]:
    kinds: dict[RowsKind, list[RowsJob]] = defaultdict(list)
    for job in jobs:
        kinds[job.kind].append(job)
    return kinds
