"""A recording proxy: passes every byte on as it came, and keeps what went by.

It reads WebSockets, but it never writes one: handshake, frames, pings, close codes
and broken connections reach the other side because the bytes do. TLS passes as it
is, certificates and all; it is read with the secrets that the charger writes down.

It runs on the loop of the twin. So the twin's time stands still while the proxy
works, and what was sent and not yet seen here holds it too: no time passes while
a message is inside.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from hil.wire.link import Link, Owner
from hil.wire.recording import Kind, Recording, Way
from hil.wire.tls import KeyLog
from twin.driver import Driver


class RecordingProxy:
    """Listens on free ports of this machine, and passes on to one central system.

    Args:
        url: of the central system, `ws://` with a host and a port.
        driver: is held while a message is inside, and has the time.
        tls_url: where it listens for TLS, `wss://`; empty: nowhere.
        key_log: the file into which the charger writes the secrets of its TLS.
    """

    def __init__(
        self, url: str, driver: Driver, *, tls_url: str = "", key_log: Path | None = None
    ) -> None:
        assert not tls_url or key_log is not None, f"the wire of {tls_url} cannot be read"
        self.recording = Recording()
        self.links = 0
        self._driver = driver
        self._plain = _Entrance("ws", url, None)
        self._tls = None
        if tls_url:
            assert key_log is not None
            self._tls = _Entrance("wss", tls_url, KeyLog(key_log))
        self._keys: dict[str, int] = {}
        self._open: set[Link] = set()
        self._current: Link | None = None

    async def start(self) -> None:
        """Listen."""
        for entrance in self._entrances:
            await entrance.listen(partial(self._accept, entrance))

    @property
    def url(self) -> str:
        """Where the charger connects to instead of the central system."""
        return self._plain.here

    @property
    def tls_url(self) -> str:
        """Where it connects to with TLS."""
        assert self._tls is not None, "the central system has no TLS"
        return self._tls.here

    def lead_tls_to(self, upstream: tuple[str, int] | None) -> None:
        """Let what comes with TLS from now on go elsewhere; None: to the central system again."""
        assert self._tls is not None, "the central system has no TLS"
        self._tls.upstream = upstream or self._tls.central

    @property
    def _entrances(self) -> list[_Entrance]:
        return [self._plain] if self._tls is None else [self._plain, self._tls]

    def _accept(self, entrance: _Entrance) -> asyncio.Protocol:
        self.links += 1
        number = self.links

        def record(way: Way, kind: Kind, text: str) -> None:
            self.recording.add(self._driver.clock.now_us, number, way, kind, text)

        def over() -> None:
            self._open.discard(link)
            if self._current is link:
                self._current = None

        owner = Owner(
            entrance.upstream,
            entrance.key_log,
            record,
            lambda header: self._keys.setdefault(header, len(self._keys) + 1),
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
        for entrance in self._entrances:
            entrance.close()
        for link in list(self._open):
            link.end()
        for entrance in self._entrances:
            await entrance.closed()


class _Entrance:
    """A port of the proxy, and where it leads to."""

    def __init__(self, scheme: str, url: str, key_log: KeyLog | None) -> None:
        parts = urlsplit(url)
        assert parts.scheme == scheme, f"{url} has to begin with {scheme}://"
        assert parts.hostname is not None
        self.key_log = key_log
        self.central = (parts.hostname, parts.port or (443 if scheme == "wss" else 80))
        self.upstream = self.central
        self.here = ""
        self._scheme = scheme
        self._path = parts.path
        self._server: asyncio.Server | None = None

    async def listen(self, accept: Callable[[], asyncio.Protocol]) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(accept, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.here = f"{self._scheme}://127.0.0.1:{port}{self._path}"

    def close(self) -> None:
        assert self._server is not None
        self._server.close()

    async def closed(self) -> None:
        assert self._server is not None
        await self._server.wait_closed()
