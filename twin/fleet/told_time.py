"""What a charger's clock shows, from what it was told on the wire and how wrong it is by plan."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import ceil

from wire.frames import Payload
from wire.times import parse_time

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ToldTime:
    """Follows a charger's clock from outside: the charger is not asked.

    Args:
        at_zero: What it shows when the twin's clock stands at 0.
        drift_ppm: How much too fast it runs.
    """

    def __init__(self, at_zero: datetime, drift_ppm: float) -> None:
        self._rate = 1 + drift_ppm * 1e-6
        self._told_us = (at_zero - EPOCH) // timedelta(microseconds=1)
        self._since_us = 0

    def boot_answered(self, payload: Payload, now_us: int) -> None:
        """Take over the time of an accepted boot (OCPP 1.6 section 4.2), if it is one."""
        if payload["status"] != "Accepted":
            return
        try:
            told = parse_time(payload["currentTime"])
        except ValueError:
            return  # a charger cannot set its clock by it either
        if 1970 <= told.year < 3000:
            self._told_us = (told - EPOCH) // timedelta(microseconds=1)
            self._since_us = now_us

    def utc_us(self, twin_us: int) -> int:
        """Return what it shows at an instant of the twin, microseconds since 1970 UTC."""
        return self._told_us + round((twin_us - self._since_us) * self._rate)

    def in_twin_us(self, interval_us: int) -> int:
        """Return how long the twin takes until it has moved on by an interval, rounded up."""
        return ceil(interval_us / self._rate)

    def shown(self, twin_us: int) -> str:
        """Return what it shows, for people."""
        moment = EPOCH + timedelta(microseconds=self.utc_us(twin_us))
        return f"{moment:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
