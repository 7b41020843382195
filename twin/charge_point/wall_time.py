"""The charger's idea of UTC: it stamps messages and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import ceil

from twin.clock import Clock


class WallTime:
    """A clock with a battery: runs on the twin's monotonic time, set by the central system.

    It outlives a power cut. Timers, limits and energy never look at it.

    Args:
        clock: The twin's clock.
        utc_at_zero: What it believes UTC to be when the twin's clock stands at 0.
        drift_ppm: How much too fast it runs; below 0: too slow.

    Raises:
        ValueError: `utc_at_zero` has no zone.
    """

    def __init__(self, clock: Clock, utc_at_zero: datetime, drift_ppm: float = 0.0) -> None:
        if utc_at_zero.tzinfo is None:
            raise ValueError("utc_at_zero needs a zone")
        self._clock = clock
        self._at_zero = utc_at_zero.astimezone(UTC)
        self._drift = drift_ppm * 1e-6

    def now(self) -> datetime:
        """Return UTC as the charger believes it to be."""
        return self._at_zero + timedelta(microseconds=self._elapsed_us())

    def synchronise(self, utc: datetime) -> None:
        """Take over the central system's time (OCPP 1.6 section 4.2: at boot).

        Raises:
            ValueError: No time to count on from: before 1970, or after 2999.
        """
        if not 1970 <= utc.year < 3000:
            raise ValueError(f"{utc.isoformat()} is not in the years 1970 to 2999")
        self._at_zero = utc - timedelta(microseconds=self._elapsed_us())

    def _elapsed_us(self) -> int:
        now_us = self._clock.now_us
        return now_us + round(now_us * self._drift)

    def in_twin_us(self, interval_us: int) -> int:
        """Return how long the twin takes until this clock has moved on by an interval."""
        return ceil(interval_us / (1 + self._drift))

    def until_next_multiple_us(self, interval_s: int) -> int:
        """Return the microseconds until the next multiple of `interval_s` since 00:00:00 UTC.

        The grid of clock-aligned meter values (OCPP 1.6 section 9.1.6); never 0.
        """
        now = self.now()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        since_us = (now - midnight) // timedelta(microseconds=1)
        interval_us = interval_s * 1_000_000
        to_next_us = interval_us - since_us % interval_us
        to_midnight_us = 86_400_000_000 - since_us
        return self.in_twin_us(min(to_next_us, to_midnight_us))
