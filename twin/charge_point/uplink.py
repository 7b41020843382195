"""One WebSocket to a central system at a time, in the twin's time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from twin.charge_point.endpoint import Endpoint
from twin.charge_point.pings import Pings
from twin.charge_point.timers import Timers
from twin.driver import Driver, Hold

MAX_FRAME_BYTES = 1 << 20

CLOSE_TIMEOUT_S = 1
"""How long the other side has, in wall time, to answer that the connection is being closed."""


@dataclass(frozen=True, slots=True)
class Served:
    """Whom a socket serves: what is called when something becomes of it.

    Attributes:
        opened: Called when a socket is open.
        closed: Called with a reason when it is gone, or an attempt has failed.
        failed: Called when an attempt has failed, with the error where there was one.
        heard: Called with each text as it comes in: returns what to do when it is
            delivered, and whether it answers the call in flight.
        ping_interval_s: Returns the interval of WebSocket pings, seconds; 0: none.
    """

    opened: Callable[[], None]
    closed: Callable[[str], None]
    failed: Callable[[Exception | None], None]
    heard: Callable[[str | bytes], tuple[Callable[[], None], bool]]
    ping_interval_s: Callable[[], int]


class Uplink:
    """At most one socket at a time. What it hears takes effect when the driver delivers it.

    Args:
        identity: Of the charge point.
        endpoint: Returns where to connect, asked before each attempt.
        driver: Delivers, and is held while something is in flight.
        timers: Timers in the twin's time.
        served: Who is told.

    Attributes:
        is_open: There is a socket, as far as has been heard.
        network_up: An attempt can succeed; see `set_network`.
    """

    def __init__(
        self,
        identity: str,
        endpoint: Callable[[], Endpoint],
        driver: Driver,
        timers: Timers,
        served: Served,
    ) -> None:
        self.identity = identity
        self.is_open = False
        self.network_up = True
        self._endpoint = endpoint
        self._driver = driver
        self._timers = timers
        self._served = served
        self._ended = False
        self._socket: ClientConnection | None = None
        self._outbox: asyncio.Queue[tuple[str, Hold]] = asyncio.Queue()
        self._awaiting: Hold | None = None
        self._closing: Hold | None = None
        self._task: asyncio.Task[None] | None = None
        self._pings = Pings(
            identity, driver, timers, served.ping_interval_s, self._begin, self.drop
        )

    @property
    def busy(self) -> bool:
        """There is a socket or an attempt, or one of them has not ended yet."""
        return self._task is not None

    def connect(self) -> None:
        """Connect now, unless there is a socket or an attempt."""
        if self._ended or self._task is not None:
            return
        if not self.network_up:
            self._fail("no network")
            return
        hold = self._driver.hold(f"connection attempt of {self.identity}")
        self._task = self._begin(self._serve(hold))

    def send(self, text: str, *, call: str = "") -> None:
        """Send a frame; `call` names the action of one that awaits an answer.

        Without a socket it is lost, as on a wire that is cut.
        """
        if self._socket is None:
            return
        self._outbox.put_nowait((text, self._driver.hold(f"frame of {self.identity}")))
        if call:
            self._awaiting = self._driver.hold(f"{call} of {self.identity}", for_answer=True)

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `work` beside the twin; an error in it stops the twin, as any other bug."""

        def done(task: asyncio.Task[None]) -> None:
            error = None if task.cancelled() else task.exception()
            if error is not None:
                self._driver.deliver(self.identity, _raising(error))

        task = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(done)
        return task

    def drop(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            self.is_open = False
            self._hold_until_closed()
            self._socket.transport.close()

    def set_network(self, up: bool) -> None:
        """Cut the network, which breaks what there is, or mend it."""
        self.network_up = up
        if not up:
            self._abort()

    def kill(self) -> None:
        """End without a word to the other side, as when power goes."""
        self._ended = True
        self._abort()

    async def close(self) -> None:
        """End with a closing handshake."""
        self._ended = True
        self.is_open = False
        if self._socket is not None:
            await self._socket.close()
        if self._task is not None:
            await asyncio.wait([self._task])

    def _abort(self) -> None:
        self.is_open = False
        if self._task is not None:
            self._hold_until_closed()
            if self._socket is not None:
                self._socket.transport.abort()
            else:
                self._task.cancel()

    def _hold_until_closed(self) -> None:
        if self._closing is None:
            self._closing = self._driver.hold(f"closing the connection of {self.identity}")

    async def _serve(self, attempt: Hold) -> None:
        reason = "the attempt was given up"
        failure: Exception | None = None
        opened = False
        try:
            await self._driver.before_exchange()
            endpoint = self._endpoint()
            socket = await connect(
                endpoint.address(),
                subprotocols=[endpoint.subprotocol],
                additional_headers=endpoint.headers(),
                compression=None,
                proxy=None,
                open_timeout=self._driver.network_timeout_s,
                ping_interval=None,
                close_timeout=CLOSE_TIMEOUT_S,
                max_size=MAX_FRAME_BYTES,
                **_tls_options(endpoint),
            )
            opened = socket.subprotocol == endpoint.subprotocol
            reason = await self._talk(socket, endpoint.subprotocol, attempt)
        except (OSError, InvalidHandshake, InvalidURI, TimeoutError) as error:
            failure, reason = error, str(error) or type(error).__name__
        finally:
            self._task = None
            self._socket = None
            self._pings.end()
            if not opened:
                self._deliver(lambda: self._served.failed(failure))
            self._deliver(lambda: self._fail(reason))
            while not self._outbox.empty():
                self._outbox.get_nowait()[1].release()
            self._answered()
            attempt.release()
            if self._closing is not None:
                self._closing.release()
                self._closing = None

    async def _talk(self, socket: ClientConnection, wanted: str, attempt: Hold) -> str:
        """Serve one open socket to its end; return why it ended."""
        if self._ended or socket.subprotocol != wanted:
            await socket.close()
            return f"the other side does not speak {wanted}"
        self._socket = socket
        self._deliver(self._open)
        attempt.release()
        writer = self._begin(self._write(socket))
        try:
            async for text in socket:
                action, answers = self._served.heard(text)
                self._deliver(action)
                if answers:
                    self._answered()
        except ConnectionClosed as error:
            return str(error)
        finally:
            writer.cancel()
            await asyncio.wait([writer])
        return f"closed by the other side: {socket.close_code} {socket.close_reason or ''}".strip()

    async def _write(self, socket: ClientConnection) -> None:
        while True:
            text, hold = await self._outbox.get()
            with hold:
                await self._driver.before_exchange()
                try:
                    await socket.send(text)
                except ConnectionClosed:
                    return  # the reader sees it too, and says so

    def _answered(self) -> None:
        if self._awaiting is not None:
            self._awaiting.release()
            self._awaiting = None

    def _deliver(self, action: Callable[[], None]) -> None:
        def arrive() -> None:
            if not self._ended:
                action()

        if not self._ended:
            self._driver.deliver(self.identity, arrive)

    def _open(self) -> None:
        if self._socket is None:
            return  # gone again before it was heard of
        self.is_open = True
        self._served.opened()
        self._pings.begin(self._socket)

    def _fail(self, reason: str) -> None:
        self.is_open = False
        self._served.closed(reason)


def _tls_options(endpoint: Endpoint) -> dict[str, Any]:
    tls = endpoint.tls_context()
    # Another side that is gone does not answer the end of TLS: wall time, twin time stands still.
    return {} if tls is None else {"ssl_shutdown_timeout": CLOSE_TIMEOUT_S, "ssl": tls}


def _raising(error: BaseException) -> Callable[[], None]:
    def action() -> None:
        raise error

    return action
