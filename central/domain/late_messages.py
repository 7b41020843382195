"""Which chargers are handing over what they queued while they were offline.

A charger delivers transaction messages in the order in which they came about (OCPP 1.6 §4.8), so
one that was stamped before a session seemed over says that the stop of that session may still be
in the queue. Kept in memory, since every meter value passes here; what it means for a session is
written by `gone_sessions`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from central.domain.transaction_messages import is_clock_right

LATE: Final = timedelta(minutes=1)
"""From this delay on a message was queued; below it is the network."""


@dataclass(slots=True)
class Backlog:
    """What came late from a charger.

    Attributes:
        oldest_sent_at: its oldest timestamp.
        arrived_at: when the last of it arrived.
    """

    oldest_sent_at: datetime
    arrived_at: datetime


class LateMessages:
    """Collects, from one look at the sessions to the next, who delivers late messages."""

    def __init__(self) -> None:
        self._backlogs: dict[str, Backlog] = {}

    def note(self, charge_point_id: str, sent_at: datetime, now: datetime) -> None:
        """Note a transaction message that was stored; one that is not late costs a comparison."""
        if now - sent_at < LATE or not is_clock_right(sent_at, now):
            return
        backlog = self._backlogs.get(charge_point_id)
        if backlog is None:
            self._backlogs[charge_point_id] = Backlog(sent_at, now)
            return
        backlog.arrived_at = now
        if sent_at < backlog.oldest_sent_at:
            backlog.oldest_sent_at = sent_at

    def take(self) -> dict[str, Backlog]:
        """Give what was noted since the last time."""
        taken, self._backlogs = self._backlogs, {}
        return taken
