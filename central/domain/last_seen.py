"""When each charger was last heard of, written for all of them together now and then.

A heartbeat must not cost a commit: with 5,000 chargers that would be the busiest table of all.
A crash loses what was not yet written of it, and nothing else.
"""

from datetime import datetime
from typing import Final

from central.domain.presence import record_seen
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

    def forget(self, charge_point_id: str) -> None:
        """Forget what is noted of a charger that is no longer one of ours."""
        self._seen.pop(charge_point_id, None)

    async def flush(self) -> None:
        """Write what has been noted; what arrives meanwhile waits for the next time."""
        # In slices, between which other writes get their turn.
        names = sorted(self._seen)
        for start in range(0, len(names), _SLICE):
            part = {
                name: self._seen[name]
                for name in names[start : start + _SLICE]
                if name in self._seen
            }
            await self._storage.write(record_seen, part)
            # Only now, so that a write that fails loses nothing.
            for name, moment in part.items():
                if self._seen.get(name) == moment:
                    del self._seen[name]
