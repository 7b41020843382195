"""One in the place of the central system, who cannot prove to be it; counts who talks to him."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

SUITES = "ECDHE+AESGCM"


class Impostor:
    """Takes any connection over TLS with his certificate, and refuses what is asked of him.

    Runs on the loop of the twin.

    Attributes:
        connections: how many have come.
        requests: how many have said something to him once TLS was up.
    """

    def __init__(self) -> None:
        self.connections = self.requests = 0
        self._server: asyncio.Server | None = None
        self.address = ("", 0)

    async def start(self, certificate: Path, key: Path) -> None:
        """Listen on a free port of this machine."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(SUITES)
        context.load_cert_chain(certificate, key)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Heard(self), "127.0.0.1", 0, ssl=context, ssl_shutdown_timeout=1
        )
        self.address = self._server.sockets[0].getsockname()[:2]

    async def close(self) -> None:
        """End."""
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()


class _Heard(asyncio.Protocol):
    """One connection whose TLS is up."""

    def __init__(self, impostor: Impostor) -> None:
        self._impostor = impostor
        self._said = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take it."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._impostor.connections += 1

    def data_received(self, data: bytes) -> None:
        """Refuse the request once it is whole: whoever waits for an answer gets one."""
        assert self._transport is not None
        if not self._said:
            self._impostor.requests += 1
        self._said += data
        if b"\r\n\r\n" in self._said:
            self._transport.write(
                b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
            self._transport.close()
