"""When each charger was last heard of, written for all of them together every half minute.

A heartbeat must not cost a commit: with 5,000 chargers that would be the busiest table of all.
A crash loses the last half minute of it, and nothing else.
"""

import asyncio
from datetime import datetime
from typing import Final

from central.domain.chargers import record_seen
from central.domain.storage.base import Storage

_SLICE: Final = 500


class LastSeen:
    """Collects moments in memory and writes the newest of each charger."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._seen: dict[str, datetime] = {}

    def touch(self, charge_point_id: str, now: datetime) -> None:
        """Note that a charger was heard of; costs a dictionary entry."""
        self._seen[charge_point_id] = now

    def get(self, charge_point_id: str) -> datetime | None:
        """Give what is noted but not yet written."""
        return self._seen.get(charge_point_id)

    async def flush(self) -> None:
        """Write what has been noted; what arrives meanwhile waits for the next time."""
        seen, self._seen = self._seen, {}
        # In slices, between which other writes get their turn.
        names = sorted(seen)
        for start in range(0, len(names), _SLICE):
            part = {name: seen[name] for name in names[start : start + _SLICE]}
            await self._storage.write(record_seen, part)

    async def run(self, interval_s: float = 30.0) -> None:
        """Flush at an interval of the event loop's time, until cancelled; then once more."""
        try:
            while True:
                await asyncio.sleep(interval_s)
                await self.flush()
        finally:
            await self.flush()
