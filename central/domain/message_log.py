"""The log of frames to and from chargers, written in batches outside the durable path.

It may lose its last second in a crash, and it drops frames (and counts them) rather than hold up
a charger. On SQLite it has a file of its own beside the main one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Direction = Literal["in", "out"]


@dataclass(frozen=True)
class LoggedFrame:
    """A frame as it went over the wire.

    Attributes:
        direction: `in` from the charger, `out` to it.
        action: of the CALL, also for its answer; empty where a frame could not be read.
        cursor: names its place, to continue a list before it.
    """

    charge_point_id: str
    at: datetime
    seq: int
    direction: Direction
    action: str
    frame: str

    @property
    def cursor(self) -> str:
        """Names the frame's place in the log of its charger."""
        return f"{self.at.isoformat()}|{self.seq}"


class MessageLog(Protocol):
    """Where frames are logged; `open_message_log` gives the one for a database."""

    dropped: int

    def append(
        self, charge_point_id: str, at: datetime, direction: Direction, action: str, frame: str
    ) -> None:
        """Log a frame; returns at once and never fails."""
        ...

    async def flush(self) -> None:
        """Return once everything appended so far is written."""
        ...

    async def search(
        self,
        charge_point_id: str,
        *,
        not_before: datetime | None = None,
        before: datetime | None = None,
        action: str | None = None,
        text: str | None = None,
        before_cursor: str | None = None,
        limit: int = 100,
    ) -> Sequence[LoggedFrame]:
        """Give frames of a charger, newest first.

        `not_before`, `before`: half-open interval of time.
        `action`: only frames of this action.
        `text`: only frames that contain it.
        `before_cursor`: `LoggedFrame.cursor` of the last frame of the page before.

        Raises:
            InvalidError: the cursor is none.
        """
        ...

    async def purge(self, older_than: datetime) -> int:
        """Forget frames before a moment; gives how many."""
        ...

    async def close(self) -> None:
        """Write what is waiting and end."""
        ...


async def open_message_log(url: str, *, max_waiting: int = 100_000) -> MessageLog:
    """Open the message log that belongs to a database URL.

    `max_waiting`: frames in memory before the oldest are dropped.
    """
    raise NotImplementedError(url, max_waiting)
