"""How far a job of the charge point has come, told until the central system has heard it."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from twin.charge_point.calls import Outcome, Unanswered
from twin.charge_point.context import Context
from wire.frames import Payload

TABLES = """
CREATE TABLE progress (
    job TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    request_id INTEGER,
    told INTEGER NOT NULL DEFAULT 0
) STRICT;
"""


class Progress:
    """The status of one kind of job, which outlives a power cut.

    What was not answered is told again after the next boot or reconnection: the
    present status, no history, as with connectors.

    Args:
        context: Of the running charge point.
        action: The notification that tells it, which is the job's name in the store too.
        final: The statuses that a job ends with.
        triggered: Whether it can be asked for.
    """

    def __init__(
        self, context: Context, action: str, final: Collection[str], *, triggered: bool = True
    ) -> None:
        self._context = context
        self._action = action
        self._final = final
        row = context.store.database.execute(
            "SELECT status, request_id, told FROM progress WHERE job = ?", (action,)
        ).fetchone()
        self._status: str | None = None
        self._request_id: int | None = None
        self._told = True
        if row is not None:
            self._status, self._request_id, self._told = row[0], row[1], bool(row[2])
        context.signals.accepted.append(self._tell_again)
        context.signals.resumed.append(self._tell_again)
        if triggered:
            context.triggers[action] = self._triggered

    def write(self, database: sqlite3.Connection, status: str, request_id: int | None) -> None:
        """Take a status into a commit; `tell` it when that is done."""
        database.execute(
            "INSERT OR REPLACE INTO progress VALUES (?, ?, ?, 0)",
            (self._action, status, request_id),
        )
        self._status, self._request_id, self._told = status, request_id, False

    def clear(self, database: sqlite3.Connection) -> None:
        """Forget the job before, as part of a commit that takes another in its place."""
        database.execute("DELETE FROM progress WHERE job = ?", (self._action,))
        self._status, self._request_id, self._told = None, None, True

    def pass_through(self, status: str) -> None:
        """Tell a status that lasts no longer than its telling."""
        self._send(status, triggered=False)

    def tell(self) -> None:
        """Tell the present status."""
        assert self._status is not None
        self._send(self._status, triggered=False)

    def _tell_again(self) -> None:
        if not self._told:
            self.tell()

    def _triggered(self, number: int | None) -> None:  # noqa: ARG002
        # Idle is told on demand alone (OCPP 1.6 section 5.17).
        idle = self._status is None or (self._told and self._status in self._final)
        self._send("Idle" if idle or self._status is None else self._status, triggered=True)

    def _send(self, status: str, *, triggered: bool) -> None:
        payload: Payload = {"status": status}
        if self._request_id is not None and status != "Idle":
            payload["requestId"] = self._request_id
        job = (status, self._request_id)

        def answered(outcome: Outcome) -> None:
            if not isinstance(outcome, Unanswered) and job == (self._status, self._request_id):
                self._heard()

        self._context.calls.send(self._action, payload, answered, triggered=triggered)

    def _heard(self) -> None:
        if not self._told and self._context.alive:
            self._told = True
            with self._context.store.commit() as database:
                database.execute("UPDATE progress SET told = 1 WHERE job = ?", (self._action,))
