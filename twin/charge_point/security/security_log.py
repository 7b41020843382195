"""The security log: every security event, bounded, in the store (W A04)."""

from __future__ import annotations

import sqlite3

from twin.charge_point.store import Store

LENGTH = 1_000
"""Entries kept; then each new one pushes the oldest out."""

_FULL = "security log is full"


class SecurityLog:
    """A ring of entries."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, database: sqlite3.Connection, at: str, said: str) -> bool:
        """Write an entry, inside a commit; return whether the log is full for the first time."""
        database.execute("INSERT INTO security_log (at, said) VALUES (?, ?)", (at, said))
        (count,) = database.execute("SELECT count(*) FROM security_log").fetchone()
        surplus = count - LENGTH
        if surplus <= 0:
            return False
        database.execute(
            "DELETE FROM security_log WHERE seq IN"
            " (SELECT seq FROM security_log ORDER BY seq LIMIT ?)",
            (surplus,),
        )
        if self._store.setting(_FULL) is not None:
            return False
        self._store.write_setting(database, _FULL, at)
        return True

    def entries(self) -> list[tuple[str, str]]:
        """Return all entries, oldest first: when, and what."""
        rows = self._store.database.execute("SELECT at, said FROM security_log ORDER BY seq")
        return [(at, said) for at, said in rows]
