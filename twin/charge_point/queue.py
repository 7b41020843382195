"""The offline queue: transaction messages in time order, in the store until acknowledged.

OCPP 1.6 section 3.7.1: StartTransaction, StopTransaction and MeterValues are
kept while the charger is offline and delivered in the order of time.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from twin.charge_point.store import Store


@dataclass(frozen=True, slots=True)
class Message:
    """A transaction message that waits for its CALLRESULT.

    Attributes:
        seq: Its place in the queue.
        action: StartTransaction, StopTransaction or MeterValues.
        payload: The payload, without the transaction id.
        local_id: The transaction that it belongs to, by the charger's own number;
            None for a meter value outside any.
        attempts: How often it was answered by a CALLERROR.
    """

    seq: int
    action: str
    payload: dict[str, Any]
    local_id: int | None
    attempts: int


class MessageQueue:
    """First in, first out, over the store's file."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(
        self,
        database: sqlite3.Connection,
        action: str,
        payload: dict[str, Any],
        local_id: int | None,
    ) -> None:
        """Append a message, inside a `Store.commit` together with what it tells of."""
        database.execute(
            "INSERT INTO message (action, payload, local_id) VALUES (?, ?, ?)",
            (action, json.dumps(payload), local_id),
        )

    def head(self) -> Message | None:
        """Return the oldest message, None if the queue is empty."""
        row = self._store.database.execute(
            "SELECT seq, action, payload, local_id, attempts FROM message ORDER BY seq LIMIT 1"
        ).fetchone()
        if row is None:
            return None
        seq, action, payload, local_id, attempts = row
        return Message(seq, action, json.loads(payload), local_id, attempts)

    def __len__(self) -> int:
        (count,) = self._store.database.execute("SELECT count(*) FROM message").fetchone()
        return int(count)

    def count_attempt(self, message: Message) -> None:
        """Note that the message was answered by a CALLERROR."""
        with self._store.commit() as database:
            database.execute(
                "UPDATE message SET attempts = attempts + 1 WHERE seq = ?", (message.seq,)
            )

    def remove(self, database: sqlite3.Connection, message: Message) -> None:
        """Take out a message that is acknowledged or given up, inside a `Store.commit`."""
        database.execute("DELETE FROM message WHERE seq = ?", (message.seq,))
