"""How units of work reach the database and when they count as done.

`open_storage` gives the `Storage` for a URL: one writer thread with group commit on SQLite, a
pool on PostgreSQL and MariaDB. Nothing here knows a table.
"""

from central.domain.storage.base import RowsKind, Storage, StorageBusyError, StorageFigures
from central.domain.storage.opening import open_storage
from central.domain.storage.urls import DatabaseUrl, parse_url

__all__ = [
    "DatabaseUrl",
    "RowsKind",
    "Storage",
    "StorageBusyError",
    "StorageFigures",
    "open_storage",
    "parse_url",
]
