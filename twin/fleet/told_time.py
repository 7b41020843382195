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
        by_heartbeat: Whether it is set by the answer to a Heartbeat as well.
    """

    def __init__(self, at_zero: datetime, drift_ppm: float, *, by_heartbeat: bool = True) -> None:
        self._rate = 1 + drift_ppm * 1e-6
        self._told_us = (at_zero - EPOCH) // timedelta(microseconds=1)
        self._since_us = 0
        self._by_heartbeat = by_heartbeat

    def boot_answered(self, payload: Payload, now_us: int) -> None:
        """Take over the time of an accepted boot (OCPP 1.6 section 4.2), if it is one."""
        if payload["status"] == "Accepted":
            self._take(payload, now_us, least_us=0)

    def heartbeat_answered(self, payload: Payload, asked_us: int, now_us: int) -> None:
        """Take over the time of a Heartbeat (section 4.6), if it differs by a second or more.

        As long as question and answer took comes on top of that second.
        """
        if self._by_heartbeat:
            self._take(payload, now_us, least_us=1_000_000 + now_us - asked_us)

    def _take(self, payload: Payload, now_us: int, *, least_us: int) -> None:
        try:
            told = parse_time(payload["currentTime"])
        except ValueError:
            return  # a charger cannot set its clock by it either
        told_us = (told - EPOCH) // timedelta(microseconds=1)
        if 1970 <= told.year < 3000 and abs(told_us - self.utc_us(now_us)) >= least_us:
            self._told_us = told_us
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
