"""Transactions as the store keeps them, so that a power cut loses none."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from twin.charge_point.store import Store

UNANSWERED = -1
"""Transaction id where StartTransaction was never answered (OCPP 1.6 errata 3.18)."""

MAX_STOP_SAMPLES = 100
MAX_STOP_BYTES = 40 * 1024
"""Meter values kept for StopTransaction.transactionData, begin and end besides.

Begin and end always fit; of the rest the oldest are kept (OCPP 1.6 section 4.8:
intermediate values may be dropped when memory runs short). So the message stays below 64 KiB:
where a central system takes no more, it would be sent for ever, and everything after it wait.
"""


@dataclass(slots=True)
class Record:
    """A transaction from its start to the acknowledgement of its stop.

    Attributes:
        local_id: The charger's own number of it.
        connector: Number of the connector, from 1.
        id_tag: The tag that started it.
        parent_id_tag: Its group, where known.
        meter_start_wh: Register at the start.
        started_at: UTC, as sent.
        transaction_id: The central system's number; None until it is known,
            `UNANSWERED` if it never will be.
        stop_reason: Why it is to end, once that is decided.
        stop_id_tag: The tag that ended it, where one did.
    """

    local_id: int
    connector: int
    id_tag: str
    parent_id_tag: str | None
    meter_start_wh: int
    started_at: str
    transaction_id: int | None = None
    stop_reason: str | None = None
    stop_id_tag: str | None = None

    @property
    def stopping(self) -> bool:
        """The end is decided, but the energy may still flow."""
        return self.stop_reason is not None


_COLUMNS = (
    "local_id, connector, id_tag, parent_id_tag, meter_start_wh, started_at,"
    " transaction_id, stop_reason, stop_id_tag"
)


class Records:
    """Reads and writes transactions; every write is part of a `Store.commit`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open(
        self,
        database: sqlite3.Connection,
        *,
        connector: int,
        id_tag: str,
        parent_id_tag: str | None,
        meter_start_wh: int,
        started_at: str,
    ) -> Record:
        """Write a new transaction."""
        cursor = database.execute(
            "INSERT INTO charging (connector, id_tag, parent_id_tag, meter_start_wh, started_at)"
            " VALUES (?, ?, ?, ?, ?)",
            (connector, id_tag, parent_id_tag, meter_start_wh, started_at),
        )
        assert cursor.lastrowid is not None
        return Record(
            cursor.lastrowid, connector, id_tag, parent_id_tag, meter_start_wh, started_at
        )

    def save(self, database: sqlite3.Connection, record: Record) -> None:
        """Write what may have changed: group, transaction id, why it ends."""
        database.execute(
            "UPDATE charging SET parent_id_tag = ?, transaction_id = ?, stop_reason = ?,"
            " stop_id_tag = ? WHERE local_id = ?",
            (
                record.parent_id_tag,
                record.transaction_id,
                record.stop_reason,
                record.stop_id_tag,
                record.local_id,
            ),
        )

    def end(self, database: sqlite3.Connection, record: Record) -> None:
        """Note that its StopTransaction is in the queue."""
        database.execute("UPDATE charging SET ended = 1 WHERE local_id = ?", (record.local_id,))

    def forget(self, database: sqlite3.Connection, local_id: int) -> None:
        """Remove a transaction whose stop is acknowledged or given up."""
        database.execute("DELETE FROM charging WHERE local_id = ?", (local_id,))

    def running(self) -> list[Record]:
        """Return every transaction whose StopTransaction is not yet in the queue."""
        rows = self._store.database.execute(
            f"SELECT {_COLUMNS} FROM charging WHERE ended = 0 ORDER BY local_id"  # noqa: S608
        ).fetchall()
        return [Record(*row) for row in rows]

    def find(self, local_id: int) -> Record:
        """Return one transaction, running or ended.

        Raises:
            LookupError: There is none of that number.
        """
        row = self._store.database.execute(
            f"SELECT {_COLUMNS} FROM charging WHERE local_id = ?",  # noqa: S608
            (local_id,),
        ).fetchone()
        if row is None:
            raise LookupError(f"no transaction {local_id} in {self._store.path}")
        return Record(*row)

    def add_stop_sample(
        self, database: sqlite3.Connection, record: Record, meter_value: dict[str, Any]
    ) -> None:
        """Keep a meter value for StopTransaction.transactionData."""
        count, size = database.execute(
            "SELECT count(*), coalesce(sum(length(meter_value)), 0) FROM stop_sample"
            " WHERE local_id = ?",
            (record.local_id,),
        ).fetchone()
        text = json.dumps(meter_value)
        fits = count <= MAX_STOP_SAMPLES and size + len(text) <= MAX_STOP_BYTES
        if fits or count == 0:
            database.execute(
                "INSERT INTO stop_sample VALUES (?, ?, ?)", (record.local_id, count, text)
            )

    def stop_samples(self, record: Record) -> list[dict[str, Any]]:
        """Return the meter values kept for StopTransaction.transactionData, oldest first."""
        rows = self._store.database.execute(
            "SELECT meter_value FROM stop_sample WHERE local_id = ? ORDER BY seq",
            (record.local_id,),
        ).fetchall()
        return [json.loads(row[0]) for row in rows]
