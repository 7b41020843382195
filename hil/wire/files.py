"""The way of files between a charger and its central system: passed on, and disturbed at will."""

from __future__ import annotations

import asyncio
import re
import socket
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from twin.clock import Clock

MOST_BYTES = 64 << 20

Trouble = Literal["none", "unavailable", "cut short"]
"""What becomes of a file: 503 in its place; or the connection breaks in its middle."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One request that came by.

    Attributes:
        at_us: when, microseconds of the twin's time.
        method: of HTTP.
        body: what the charger brought.
    """

    at_us: int
    method: str
    body: bytes


class FileGate:
    """Stands at the address that the central system gives to chargers for files.

    A request is passed on as it came, then its answer; one request a connection. Runs on the loop
    of the twin, which waits for a transfer by itself.

    Args:
        listener: a socket that listens there; it stays open at the end.
        http: address of the central system.
        clock: the twin's.
    """

    def __init__(self, listener: socket.socket, http: str, clock: Clock) -> None:
        parts = urlsplit(http)
        assert parts.hostname is not None
        assert parts.port is not None
        self._upstream = (parts.hostname, parts.port)
        self._listener = listener
        self._clock = clock
        self._server: asyncio.Server | None = None
        self.transfers: list[Transfer] = []
        self.trouble: Trouble = "none"

    async def start(self) -> None:
        """Serve from now on."""
        self._server = await asyncio.start_server(
            self._serve, sock=self._listener.dup(), limit=MOST_BYTES
        )

    async def close(self) -> None:
        """Serve no more."""
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head, body = await _message(reader)
            method = head.split(b" ", 1)[0].decode("ascii")
            self.transfers.append(Transfer(self._clock.now_us, method, body))
            if self.trouble == "unavailable":
                writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
                return
            answer, file = await self._ask(head + body)
            if self.trouble == "cut short":
                file = file[: len(file) // 2]
            writer.write(answer + file)
        except (OSError, asyncio.IncompleteReadError):
            pass  # one of the two has gone; the other one sees it by the end of this connection
        finally:
            writer.close()

    async def _ask(self, request: bytes) -> tuple[bytes, bytes]:
        reader, writer = await asyncio.open_connection(*self._upstream, limit=MOST_BYTES)
        try:
            writer.write(request)
            return await _message(reader)
        finally:
            writer.close()


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Read one message of HTTP/1.1: its head, and a body whose length the head tells."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return head, await reader.readexactly(int(length[1])) if length else b""
