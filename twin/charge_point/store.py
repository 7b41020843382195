"""The charger's non-volatile memory: one SQLite file, durable at every commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LARGEST_INTEGER = 2**63 - 1
"""That a store can hold; the schemas of OCPP 1.6 have no bound."""

VERSION = 4

_SCHEMA = """
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE inoperative (connector INTEGER PRIMARY KEY) STRICT;
CREATE TABLE cached_tag (
    folded TEXT PRIMARY KEY, status TEXT NOT NULL, expiry TEXT, parent_id_tag TEXT
) STRICT;
CREATE TABLE charging (
    local_id INTEGER PRIMARY KEY AUTOINCREMENT,
    connector INTEGER NOT NULL,
    id_tag TEXT NOT NULL,
    parent_id_tag TEXT,
    meter_start_wh INTEGER NOT NULL,
    started_at TEXT NOT NULL,
    transaction_id INTEGER,
    stop_reason TEXT,
    stop_id_tag TEXT,
    ended INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE stop_sample (
    local_id INTEGER NOT NULL REFERENCES charging ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    meter_value TEXT NOT NULL,
    PRIMARY KEY (local_id, seq)
) STRICT;
CREATE TABLE message (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    action TEXT NOT NULL,
    payload TEXT NOT NULL,
    local_id INTEGER REFERENCES charging,
    attempts INTEGER NOT NULL DEFAULT 0
) STRICT;
"""


class StoreError(Exception):
    """The store cannot be used; the message says why and how to mend it."""


class Volatile:
    """A store's place in this process's memory, for fleets that do not persist.

    It outlives resets and power cuts of the charge point, as the file does, but
    not the process. Small on purpose: 50 kB a charger instead of 230.
    """

    def __init__(self) -> None:
        self._database: sqlite3.Connection | None = None

    def open(self) -> sqlite3.Connection:
        """Return the one connection to it."""
        if self._database is None:
            self._database = sqlite3.connect(
                ":memory:", isolation_level=None, cached_statements=_FEW_STATEMENTS
            )
            self._database.execute("PRAGMA page_size = 512")
        return self._database

    def discard(self) -> None:
        """Forget everything."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def __str__(self) -> str:
        return "the store in memory"


_FEW_STATEMENTS = 16
"""Prepared statements kept by a store in memory; each takes 2 to 5 kB."""


class Store:
    """Opens the file, makes its tables, and commits.

    The file is locked while it is open: two processes with one queue would
    send every message twice.

    Args:
        path: The SQLite file; made if it is not there, its folder too. Or a place in memory,
            which keeps everything when the store is closed and opened again.
        tables: SQL that makes the tables of the profiles besides Core.

    Raises:
        StoreError: Another process has it, or it is not a store of this version.
    """

    def __init__(self, path: Path | Volatile, *tables: str) -> None:
        self.path = path
        if isinstance(path, Volatile):
            self.database = path.open()
            self._prepare("".join((_SCHEMA, *tables)))
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        # For its owner alone: the authorization key is in it.
        path.touch(mode=0o600)
        self.database = sqlite3.connect(path, isolation_level=None, timeout=0)
        try:
            self._prepare("".join((_SCHEMA, *tables)))
        except sqlite3.OperationalError as error:
            self.database.close()
            raise StoreError(
                f"{path}: {error}; is another charge point using this file?"
            ) from error
        except sqlite3.DatabaseError as error:
            self.database.close()
            raise StoreError(f"{path}: {error}; move the file away to start afresh") from error
        except StoreError:
            self.database.close()
            raise

    def _prepare(self, schema: str) -> None:
        self.database.execute("PRAGMA locking_mode = EXCLUSIVE")
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.execute("PRAGMA synchronous = FULL")
        self.database.execute("PRAGMA foreign_keys = ON")
        # The first write takes the lock, and keeps it.
        self.database.execute("BEGIN IMMEDIATE")
        (version,) = self.database.execute("PRAGMA user_version").fetchone()
        if version == 0:
            for statement in schema.split(";"):
                self.database.execute(statement)
            self.database.execute(f"PRAGMA user_version = {VERSION}")
        self.database.execute("COMMIT")
        if version not in {0, VERSION}:
            raise StoreError(
                f"{self.path}: written by another version (store {version}, this one is {VERSION});"
                " move the file away to start afresh"
            )

    @contextmanager
    def commit(self) -> Iterator[sqlite3.Connection]:
        """Make everything that the block writes durable at once, or nothing of it.

        Raises:
            sqlite3.Error: The disk is full or broken; nothing of it is in the store then.
        """
        self.database.execute("BEGIN IMMEDIATE")
        try:
            yield self.database
            self.database.execute("COMMIT")
        finally:
            # Whatever it was, the next one begins anew. SQLite has rolled back by itself after
            # some errors, a full disk among them (sqlite.org/lang_transaction.html, section 3).
            if self.database.in_transaction:
                self.database.execute("ROLLBACK")

    def setting(self, name: str) -> str | None:
        """Return a stored value, None where there is none."""
        row = self.database.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def set_setting(self, name: str, value: str | None) -> None:
        """Store a value, or forget it (None)."""
        with self.commit() as database:
            self.write_setting(database, name, value)

    def write_setting(self, database: sqlite3.Connection, name: str, value: str | None) -> None:
        """Store a value, or forget it (None), as part of a commit."""
        if value is None:
            database.execute("DELETE FROM setting WHERE name = ?", (name,))
        else:
            database.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))

    def inoperative(self) -> frozenset[int]:
        """Return the connectors that are out of operation; 0 is the charge point itself."""
        rows = self.database.execute("SELECT connector FROM inoperative").fetchall()
        return frozenset(row[0] for row in rows)

    def set_inoperative(self, connectors: frozenset[int]) -> None:
        """Store which connectors are out of operation (kept over a reboot, OCPP 1.6 5.2)."""
        with self.commit() as database:
            database.execute("DELETE FROM inoperative")
            database.executemany(
                "INSERT INTO inoperative VALUES (?)", [(number,) for number in connectors]
            )

    def close(self) -> None:
        """Close the file; whatever was not committed is gone."""
        if not isinstance(self.path, Volatile):
            self.database.close()
        elif self.database.in_transaction:
            self.database.execute("ROLLBACK")
