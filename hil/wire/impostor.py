"""One in the place of the central system, who cannot prove to be it, or speaks weak TLS.

He counts who talks to him.
"""

from __future__ import annotations

import asyncio
import ssl
import warnings
from pathlib import Path
from typing import Literal

SUITES = "ECDHE+AESGCM"

WeakTls = Literal["TLS 1.1", "TLS 1.2 with AES-CBC"]
"""TLS that nobody ought to speak any more: with SHA-1, which OpenSSL has at security level 0."""


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

    async def start(self, certificate: Path, key: Path, weak: WeakTls | None = None) -> None:
        """Listen on a free port of this machine; `weak`: with such TLS, and no other."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if weak is None:
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.set_ciphers(SUITES)
        else:
            version = ssl.TLSVersion.TLSv1_1 if weak == "TLS 1.1" else ssl.TLSVersion.TLSv1_2
            with warnings.catch_warnings():
                # That it is deprecated is what he is there for.
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version = context.maximum_version = version
            context.set_ciphers("ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0")
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
