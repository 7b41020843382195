"""StartTransaction and StopTransaction: each may come twice, and counts once.

What identifies a start is its charger, connector, tag, timestamp and meter reading, enforced by a
unique constraint; a stop is identified by its transaction.
"""

from central.domain.sessions import Session, State, find_session, get_session, list_sessions
from central.domain.starting import start
from central.domain.stopping import stop
from central.domain.transaction_messages import (
    UNNUMBERED,
    Started,
    StartTransaction,
    StopTransaction,
)

__all__ = [
    "UNNUMBERED",
    "Session",
    "StartTransaction",
    "Started",
    "State",
    "StopTransaction",
    "find_session",
    "get_session",
    "list_sessions",
    "start",
    "stop",
]
