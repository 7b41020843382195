"""One central system on an SQLite file at a time.

Two would each think that every charger is connected to itself or to nobody, and run every job
twice. `add-charger` and `reset-admin` are no central systems and may write beside one.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FileTakenError(Exception):
    """Another process holds the lock; the message says which file and, if known, which process."""


def lock_path(database: Path) -> Path:
    """Give the file of the lock: the same however the database is named.

    It is not the database itself: closing that once more would drop SQLite's own locks on it
    (fcntl(2), "Advisory record locking"). It stays when the process ends, for to remove it would
    let two processes lock two files of one name.
    """
    file = database.resolve()
    return file.with_name(f"{file.name}.lock")


@contextmanager
def sole_user(database: Path) -> Iterator[None]:
    """Hold the lock of an SQLite database; the system lets go of it however the process ends.

    Raises:
        FileTakenError: Another central system runs on it.
        OSError: The lock's file cannot be made.
    """
    path = lock_path(database)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read(20).strip()
            process = f" (process {holder})" if holder.isdecimal() else ""
            raise FileTakenError(
                f"another central system{process} runs on {database}; "
                "end that one, or name another file with DATABASE_URL"
            ) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
