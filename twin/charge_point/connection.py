"""The connection to the central system, opened again with back-off in the twin's time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from twin.charge_point.endpoint import Endpoint
from twin.charge_point.timers import Timers
from twin.charge_point.uplink import Served, Uplink
from twin.driver import Driver

FIRST_RETRY_US = 5_000_000
LONGEST_RETRY_US = 300_000_000
"""Back-off between attempts: doubles from the first to the longest, plus up to a fifth by seed."""


class Connection:
    """At most one socket at a time, and the next attempt after its end.

    Args:
        identity: Of the charge point.
        endpoint: Returns where to connect, asked before each attempt.
        driver: Delivers, and is held while something is in flight.
        timers: Timers in the twin's time.
        random: Draws the jitter of the back-off.
        served: Who is told of each socket and attempt.
    """

    def __init__(
        self,
        identity: str,
        endpoint: Callable[[], Endpoint],
        driver: Driver,
        timers: Timers,
        random: Random,
        served: Served,
    ) -> None:
        self.identity = identity
        self._timers = timers
        self._random = random
        self._served = served
        self._failures = 0
        self._ended = False
        self._uplink = Uplink(
            identity,
            endpoint,
            driver,
            timers,
            replace(served, opened=self._open, closed=self._lost),
        )

    @property
    def is_open(self) -> bool:
        """There is a socket."""
        return self._uplink.is_open

    @property
    def network_up(self) -> bool:
        """An attempt can succeed."""
        return self._uplink.network_up

    @network_up.setter
    def network_up(self, up: bool) -> None:
        """Say so before anything has been connected; later it is `set_network`."""
        self._uplink.network_up = up

    def start(self) -> None:
        """Connect now."""
        self._uplink.connect()

    def send(self, text: str, *, call: str = "") -> None:
        """Send a frame; see `Uplink.send`."""
        self._uplink.send(text, call=call)

    def drop(self) -> None:
        """Close the socket and connect again."""
        self._uplink.drop()

    def set_network(self, up: bool) -> None:
        """Cut the network, or mend it: then an attempt follows at once."""
        self._uplink.set_network(up)
        if up and not self._uplink.busy:
            self._failures = 0
            self.start()

    def kill(self) -> None:
        """End without a word to the other side, as when power goes."""
        self._ended = True
        self._uplink.kill()

    async def close(self) -> None:
        """End with a closing handshake."""
        self._ended = True
        await self._uplink.close()

    def _open(self) -> None:
        self._failures = 0
        self._served.opened()

    def _lost(self, reason: str) -> None:
        self._served.closed(reason)
        if not self._ended and self.network_up:
            delay_us = min(FIRST_RETRY_US << min(self._failures, 16), LONGEST_RETRY_US)
            self._failures += 1
            self._timers.after(delay_us + self._random.randrange(delay_us // 5), self.start)
