"""The last meter values of one connection, to find a message that takes back what another said.

Values of the same charger, connector, transaction, moment and context are stored once, as a
charger may repeat a message. Values that differ from those stored are no repetition.
"""

from __future__ import annotations

from collections.abc import Sequence

from central.domain.meter_values import Differing, MeterRow, is_same


class LatestValues:
    """The last row of each connector and context."""

    def __init__(self) -> None:
        self._rows: dict[tuple[int, str], MeterRow] = {}

    def are_surely_new(self, rows: Sequence[MeterRow]) -> bool:
        """Whether `add` would find nothing to compare: each row follows one of another moment."""
        for row in rows:
            last = self._rows.get((row.connector_id, row.context))
            if last is None or (
                last.timestamp == row.timestamp and last.transaction_id == row.transaction_id
            ):
                return False
        return True

    def add_new(self, rows: Sequence[MeterRow]) -> None:
        """Remember rows that were stored and `are_surely_new`."""
        for row in rows:
            self._rows[row.connector_id, row.context] = row

    def add(self, rows: Sequence[MeterRow]) -> tuple[list[MeterRow], Differing | None]:
        """Remember rows that were stored.

        Returns:
            Those of which this connection knows nothing to compare with, so that only the
            database can tell: a message that is repeated after a reconnection. And the first row
            that differs from one of the same key.
        """
        unknown = []
        differing = None
        for row in rows:
            key = row.connector_id, row.context
            last = self._rows.get(key)
            if last is None:
                unknown.append(row)
            elif last.timestamp == row.timestamp and last.transaction_id == row.transaction_id:
                if differing is None and not is_same(last.sampled, row.sampled):
                    differing = Differing(row, last.sampled)
                continue
            self._rows[key] = row
        return unknown, differing
