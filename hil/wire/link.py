"""One connection through the recording proxy: two sockets, and what is read off them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass

from websockets.exceptions import InvalidHandshake, ProtocolError
from websockets.frames import Close, Frame, Opcode
from websockets.http11 import Request, Response
from websockets.streams import StreamReader

from hil.wire.recording import Kind, Way, presented
from hil.wire.tls import KeyLog, TlsSession
from twin.driver import Hold


@dataclass(frozen=True, slots=True)
class Owner:
    """What a link wants of its proxy.

    Attributes:
        upstream: host and port of the central system.
        key_log: secrets of the TLS that is to be read; None: there is no TLS.
        record: keeps what was seen: who did it, what it was, and the text.
        key: counts the keys: the number of the one in an Authorization header.
        hold: lets time wait for a message on that way.
        over: hears that the charger is gone.
    """

    upstream: tuple[str, int]
    key_log: KeyLog | None
    record: Callable[[Way, Kind, str], None]
    key: Callable[[str], int]
    hold: Callable[[Way], Hold]
    over: Callable[[], None]


class Link:
    """One connection of the charger, and the one that is made for it."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self.tls: TlsSession | None = None
        if owner.key_log is not None:
            self.tls = TlsSession(owner.key_log, self.saw)
        self.charger = _Side(self, ">")
        self.central = _Side(self, "<")
        self._holds: dict[Way, deque[Hold]] = {">": deque(), "<": deque()}
        self._connecting: asyncio.Task[None] | None = None
        self._gone = False

    def expect(self, way: Way) -> None:
        """Let time wait for a message on its way, if it will be seen when it passes."""
        if way == ">" and not self.charger.is_read:
            return
        self._holds[way].append(self._owner.hold(way))

    def settle(self, way: Way) -> None:
        """Let time go on: the oldest message on that way is out of here."""
        if self._holds[way]:
            self._holds[way].popleft().release()

    def opened(self, side: _Side) -> None:
        """Call the central system once the charger has called here."""
        if side is self.charger:
            self._connecting = asyncio.get_running_loop().create_task(self._connect())

    async def _connect(self) -> None:
        host, port = self._owner.upstream
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: self.central, host, port)
        except OSError as error:
            self._over(self.central, f"not reachable: {error.strerror or error}")
            self.charger.abort()

    def passed(self, side: _Side, data: bytes) -> None:
        """Pass bytes on; the other side's socket takes them before time goes on."""
        other = self.central if side is self.charger else self.charger
        other.write(data)

    def saw(self, way: Way, kind: Kind, text: str) -> None:
        """Keep what was read."""
        self._owner.record(way, kind, text)
        if kind == "message":
            if way == ">":
                self.settle(way)
            else:
                self.expect(way)

    def unread(self, way: Way) -> None:
        """Let time go on: what comes on that way is not seen any more."""
        while self._holds[way]:
            self._holds[way].popleft().release()

    def requested(self, request: Request) -> None:
        """Keep how the charger presents itself; its key is a number from here on."""
        header = request.headers.get("Authorization", "")
        key = self._owner.key(header) if header else 0
        self.saw(">", "request", presented(self.tls is not None, key))

    def ended(self, side: _Side) -> None:
        """Pass on that a side sends no more."""
        other = self.central if side is self.charger else self.charger
        self._over(side, "")
        if side is self.charger:
            self._release()
        other.finish()
        if other.ended:
            self.charger.close()
            self.central.close()

    def lost(self, side: _Side, error: Exception | None) -> None:
        """Pass on that a side is gone."""
        other = self.central if side is self.charger else self.charger
        self._over(side, "" if error is None else str(error))
        if side is self.charger:
            self._release()
            self._owner.over()
            if self._connecting is not None:
                self._connecting.cancel()
        if error is None:
            other.close()
        else:
            other.abort()

    def _over(self, side: _Side, why: str) -> None:
        """Keep who went first."""
        if not self._gone:
            self._gone = True
            self.saw(side.way, "gone", why)

    def end(self) -> None:
        """Break both connections."""
        self.charger.abort()
        self.central.abort()

    def _release(self) -> None:
        self.unread(">")
        self.unread("<")


class _Side(asyncio.Protocol):
    """One of the two sockets of a link."""

    def __init__(self, link: Link, way: Way) -> None:
        self._link = link
        self.way = way
        self.ended = False
        """It sends no more."""
        self._finished = False
        self._transport: asyncio.Transport | None = None
        self._early = bytearray()
        self._reader = StreamReader()
        self._parser: Generator[None, None, None] | None = self._parse()

    @property
    def is_read(self) -> bool:
        """What it sends is being read."""
        return self._parser is not None

    # --- what the loop tells ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the socket."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._early:
            transport.write(bytes(self._early))
            self._early.clear()
        if self._finished:
            transport.write_eof()
        self._link.opened(self)

    def data_received(self, data: bytes) -> None:
        """Pass it on, then read it."""
        self._link.passed(self, data)
        if self._parser is not None:
            self._read(data)

    def eof_received(self) -> bool:
        """Keep the other direction open, as the network does."""
        self.ended = True
        self._link.ended(self)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the link."""
        self._link.lost(self, exc)

    # --- what the link wants ---

    def write(self, data: bytes) -> None:
        """Send, or keep it until there is a socket."""
        if self._transport is None:
            self._early += data
        else:
            self._transport.write(data)

    def finish(self) -> None:
        """Send no more."""
        self._finished = True
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write_eof()

    def close(self) -> None:
        """Close what is open."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Break what is open."""
        if self._transport is not None:
            self._transport.abort()

    # --- reading ---

    def _read(self, data: bytes) -> None:
        assert self._parser is not None
        tls = self._link.tls
        try:
            self._reader.feed_data(data if tls is None else tls.streams[self.way].feed(data))
            next(self._parser)
        except (ProtocolError, InvalidHandshake, EOFError, ValueError) as error:
            self._parser = None
            self._link.saw(self.way, "unreadable", str(error))
            self._link.unread(self.way)
        except StopIteration:
            self._parser = None

    def _parse(self) -> Generator[None, None, None]:
        reader = self._reader
        if self.way == ">":
            request = yield from Request.parse(reader.read_line)
            self._link.requested(request)
        else:
            response = yield from Response.parse(
                reader.read_line, reader.read_exact, reader.read_to_eof
            )
            if response.status_code != 101:
                told = f"{response.status_code} {response.reason_phrase}"
                self._link.saw("<", "refused", told)
                return
            self._link.saw("<", "open", response.headers.get("Sec-WebSocket-Protocol", ""))
        message = bytearray()
        while True:
            frame = yield from Frame.parse(reader.read_exact, mask=self.way == ">")
            if frame.opcode in {Opcode.TEXT, Opcode.BINARY, Opcode.CONT}:
                message += frame.data
                if frame.fin:
                    self._link.saw(self.way, "message", message.decode(errors="replace"))
                    message.clear()
            elif frame.opcode is Opcode.CLOSE:
                close = Close.parse(frame.data)
                self._link.saw(self.way, "close", f"{int(close.code)} {close.reason}".strip())
            else:
                kind: Kind = "ping" if frame.opcode is Opcode.PING else "pong"
                self._link.saw(self.way, kind, "")
