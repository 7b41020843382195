"""A recording proxy: passes every byte on as it came, and keeps what went by.

It reads WebSockets, but it never writes one: handshake, frames, pings, close codes
and broken connections reach the other side because the bytes do.

It runs on the loop of the twin. So the twin's time stands still while the proxy
works, and what was sent and not yet seen here holds it too: no time passes while
a message is inside.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from hil.wire.link import Link, Owner
from hil.wire.recording import Kind, Recording, Way
from twin.driver import Driver


class RecordingProxy:
    """Listens on a free port of this machine, and passes on to one central system.

    Args:
        url: of the central system, `ws://` with a host and a port; TLS cannot be read.
        driver: is held while a message is inside, and has the time.
    """

    def __init__(self, url: str, driver: Driver) -> None:
        parts = urlsplit(url)
        assert parts.scheme == "ws", f"the wire of {url} cannot be read"
        assert parts.hostname is not None
        self.recording = Recording()
        self.links = 0
        self._upstream = (parts.hostname, parts.port or 80)
        self._path = parts.path
        self._driver = driver
        self._server: asyncio.Server | None = None
        self._port = 0
        self._open: set[Link] = set()
        self._current: Link | None = None

    async def start(self) -> None:
        """Listen."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._accept, "127.0.0.1", 0)
        self._port = self._server.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        """Where the charger connects to instead of the central system."""
        return f"ws://127.0.0.1:{self._port}{self._path}"

    def _accept(self) -> asyncio.Protocol:
        self.links += 1
        number = self.links

        def record(way: Way, kind: Kind, text: str) -> None:
            self.recording.add(self._driver.clock.now_us, number, way, kind, text)

        def over() -> None:
            self._open.discard(link)
            if self._current is link:
                self._current = None

        owner = Owner(
            self._upstream,
            record,
            lambda way: self._driver.hold(f"a message in the recording proxy ({way})"),
            over,
        )
        link = self._current = Link(owner)
        self._open.add(link)
        return link.charger

    def sent(self) -> None:
        """Hear that the charger sends a message: time waits until it has been passed on."""
        if self._current is not None:
            self._current.expect(">")

    def heard(self) -> None:
        """Hear that the charger has got a message."""
        if self._current is not None:
            self._current.settle("<")

    def power_gone(self) -> None:
        """Keep that the charger loses its power."""
        self.recording.add(self._driver.clock.now_us, 0, ">", "power")

    async def close(self) -> None:
        """End, with every link."""
        assert self._server is not None
        self._server.close()
        for link in list(self._open):
            link.end()
        await self._server.wait_closed()
