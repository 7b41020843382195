"""What has happened at the charge point, in its non-volatile memory, for diagnostics."""

from __future__ import annotations

from twin.charge_point.context import Event
from twin.charge_point.store import Store, Volatile
from twin.charge_point.wall_time import WallTime
from wire.times import format_time

TABLES = """
CREATE TABLE event_log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    connector INTEGER NOT NULL,
    said TEXT NOT NULL
) STRICT;
"""

MOST_LINES = 1_000
MOST_LINES_IN_MEMORY = 100
"""The oldest go beyond it; a fleet in memory has little of that for each charger."""

_WRITTEN_AT_ONCE = 16
"""Lines between two writes; a power cut takes those that wait."""


class EventLog:
    """The last `MOST_LINES` events, `MOST_LINES_IN_MEMORY` in a store in memory.

    Args:
        store: Keeps them.
        wall: Stamps them.
    """

    def __init__(self, store: Store, wall: WallTime) -> None:
        self._store = store
        self._wall = wall
        in_memory = isinstance(store.path, Volatile)
        self._most = MOST_LINES_IN_MEMORY if in_memory else MOST_LINES
        self._waiting: list[tuple[str, int, str]] = []

    def add(self, event: Event) -> None:
        """Take in an event."""
        self._waiting.append((format_time(self._wall.now()), event.connector, event.text))
        # An event may come from within a commit of somebody else's.
        if len(self._waiting) >= _WRITTEN_AT_ONCE and not self._store.database.in_transaction:
            self.write()

    def write(self) -> None:
        """Write down what waits."""
        if not self._waiting:
            return
        with self._store.commit() as database:
            database.executemany(
                "INSERT INTO event_log (at, connector, said) VALUES (?, ?, ?)", self._waiting
            )
            database.execute(
                "DELETE FROM event_log WHERE seq <= (SELECT max(seq) FROM event_log) - ?",
                (self._most,),
            )
        self._waiting.clear()

    def lines(self) -> list[tuple[str, str]]:
        """Return every line, oldest first: when (as messages carry it), and what happened."""
        self.write()
        rows = self._store.database.execute(
            "SELECT at, connector, said FROM event_log ORDER BY seq"
        )
        return [
            (at, f"connector {number}: {said}" if number else said) for at, number, said in rows
        ]
