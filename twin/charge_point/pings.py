"""Pings of a WebSocket, in the twin's time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from twin.charge_point.timers import Timers
from twin.driver import Driver


class Pings:
    """Keeps one socket at a time alive, and finds out when it is only half open (JE 3.9).

    Args:
        identity: Of the charge point.
        driver: Is held while a ping or its pong is in flight.
        timers: Timers in the twin's time.
        interval_s: Returns the interval, seconds; 0: none.
        run: Runs work beside the twin.
        dead: Called when a pong has not come within an interval.
    """

    def __init__(
        self,
        identity: str,
        driver: Driver,
        timers: Timers,
        interval_s: Callable[[], int],
        run: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
        dead: Callable[[], None],
    ) -> None:
        self._identity = identity
        self._driver = driver
        self._timers = timers
        self._interval_s = interval_s
        self._run = run
        self._dead = dead
        self._socket: ClientConnection | None = None
        # The event loop itself keeps no task alive.
        self._pinging: asyncio.Task[None] | None = None

    def begin(self, socket: ClientConnection) -> None:
        """Ping a socket that has been opened, for the first time after an interval."""
        self._socket = socket
        interval_s = self._interval_s()
        if interval_s > 0:
            self._timers.after(interval_s * 1_000_000, lambda: self._ping(socket))

    def end(self) -> None:
        """Ping no more."""
        self._socket = None

    def _ping(self, socket: ClientConnection) -> None:
        if socket is not self._socket:
            return
        answered = False
        leaving = self._driver.hold(f"ping of {self._identity}")
        awaiting = self._driver.hold(f"pong for {self._identity}", for_answer=True)

        async def ping() -> None:
            nonlocal answered
            with awaiting:
                try:
                    with leaving:
                        await self._driver.before_exchange()
                        pong = await socket.ping()
                    await pong
                    answered = True
                except ConnectionClosed:
                    return  # who reads from the socket sees it too, and says so

        pinging = self._pinging = self._run(ping())

        def look() -> None:
            if socket is not self._socket:
                return
            if answered:
                self._ping(socket)
            else:
                pinging.cancel()
                self._dead()

        interval_s = self._interval_s()
        if interval_s > 0:
            self._timers.after(int(interval_s * 1e6 * self._driver.patience), look)
