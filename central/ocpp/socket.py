"""The WebSocket of one charger: messages in as they come, messages out without waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final, cast

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import Event, State

from central.ocpp.admission import Admission
from central.ocpp.tls_door import TlsDoor
from central.ocpp.whole_frames import WholeFrames

HELD_BACK = 4
"""Messages that may come before the charger is admitted; then the socket is not read any more."""

# Compared by identity: an enumeration's members are slow to hash.
_TEXT, _BINARY, _CONT = Opcode.TEXT, Opcode.BINARY, Opcode.CONT

_NO_PONG: Final = "keepalive ping timeout"
"""What the library says when it closes a socket because a pong did not come."""

_WHOLE_TEXT = 0x81
"""First byte of a text message in one frame (RFC 6455 section 5.2: FIN, opcode 1)."""


class ChargerSocket(ServerConnection):
    """A socket of the library that hands each message over in the moment in which it arrives.

    The library's `recv()` takes a queue, a future and a turn of a task for each message, which is
    as much as all the rest of its work, and a message that is all that came needs no parser: see
    `whole_frames`. Handshake, pings, limits and closing stay the library's.

    Attributes:
        door: does the TLS handshake before anything else; None on the port without TLS.
        admission: whom it was opened for, once that is known.
        peer: host and port of the other side; still there when it has hung up, where uvloop's
            TLS transport knows them no more. Empty if it had hung up before it was taken.
    """

    door: TlsDoor | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.admission: Admission | None = None
        self.peer = ""
        self._whole_frames = WholeFrames(self.protocol)
        self._early: list[bytes] = []
        self._receive: Callable[[bytes], None] = self._hold_back
        self._note_sign_of_life: Callable[[], None] | None = None
        self._fragments: bytearray | None = None
        self._reading = True
        self._watching: asyncio.TimerHandle | None = None
        self._is_stuck = False

    def hand_over_to(
        self, receive: Callable[[bytes], None], note_sign_of_life: Callable[[], None]
    ) -> None:
        """Give all messages to `receive` from now on, also those that came before.

        `note_sign_of_life` is called for what is no message: a ping, a pong, the closing.
        """
        self._receive = receive
        self._note_sign_of_life = note_sign_of_life
        early, self._early = self._early, []
        self.resume_reading()
        for message in early:
            receive(message)

    def pause_reading(self) -> None:
        """Leave what comes to the charger's own buffers; a few messages may still be on the way."""
        if self._reading and not self.transport.is_closing():
            self._reading = False
            self.transport.pause_reading()

    def resume_reading(self) -> None:
        """Take messages again."""
        if not self._reading and not self.transport.is_closing():
            self._reading = True
            self.transport.resume_reading()

    @property
    def is_slow(self) -> bool:
        """Whether the charger has not yet taken what it was sent, so that `send` should wait."""
        return self.transport.get_write_buffer_size() > 0

    def send_now(self, text: str) -> bool:
        """Send without waiting; gives whether the socket is open."""
        if self.protocol.state is not State.OPEN:
            return False
        # Written here, as the library takes five times as long; it never has half a message out,
        # because we send none in fragments.
        data = text.encode()
        length = len(data)
        if length < 126:
            head = bytes((_WHOLE_TEXT, length))
        elif length < 0x1_0000:
            head = bytes((_WHOLE_TEXT, 126)) + length.to_bytes(2)
        else:
            head = bytes((_WHOLE_TEXT, 127)) + length.to_bytes(8)
        self.transport.write(head + data)
        return True

    @property
    def end(self) -> ConnectionClosed:
        """How the socket was closed, once it is."""
        return self.protocol.close_exc

    @property
    def link_was_dead(self) -> bool:
        """Whether it was closed because nothing came back over it, once it is closed."""
        sent = self.end.sent
        return self._is_stuck or (
            sent is not None
            and sent.code == CloseCode.INTERNAL_ERROR
            and sent.reason == _NO_PONG
            and self.end.rcvd is None
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be told that there is a connection; over TLS, once its handshake is done."""
        if self.door is None or transport.get_extra_info("ssl_object") is not None:
            address = transport.get_extra_info("peername")
            if address is not None:  # else it has hung up already
                self.peer = "{}:{}".format(*address[:2])
            super().connection_made(transport)
        else:
            # That of uvloop is no asyncio.Transport by its class.
            self.door.enter(cast("asyncio.Transport", transport), self)

    def pause_writing(self) -> None:
        """Be told that more waits for the charger than a buffer's worth."""
        super().pause_writing()
        if self.ping_timeout is not None:
            self._watch(self.ping_timeout)

    def resume_writing(self) -> None:
        """Be told that the charger takes what it is sent."""
        self._stop_watching()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Be told that the socket is closed."""
        self._stop_watching()
        super().connection_lost(exc)

    async def close(
        self, code: CloseCode | int = CloseCode.NORMAL_CLOSURE, reason: str = ""
    ) -> None:
        """Close the socket; whether the charger takes what is before the end is soon seen."""
        if self._watching is not None and self.close_timeout is not None:
            self._watch(self.close_timeout)
        await super().close(code, reason)

    def _watch(self, span_s: float) -> None:
        """Give the charger up if it takes nothing at all for a while.

        The library waits for buffers before it looks at any time: neither a ping nor the closing
        would ever come to an end over a dead link with full buffers.
        """
        self._stop_watching()
        untaken = self.transport.get_write_buffer_size()
        self._watching = self.loop.call_later(span_s, self._look, span_s, untaken)

    def _stop_watching(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None

    def _look(self, span_s: float, untaken: int) -> None:
        if self.transport.get_write_buffer_size() < untaken:
            self._watch(span_s)
        else:
            self._is_stuck = True
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take what came: nearly always one message, else something for the library."""
        message = self._whole_frames.message(data)
        if message is None:
            super().data_received(data)
        else:
            self._receive(message)

    def process_event(self, event: Event) -> None:
        """Take one frame from the library, which has checked it and its place among the others."""
        if self.request is None or not isinstance(event, Frame):
            super().process_event(event)
            return
        kind = event.opcode
        if kind is not _TEXT and kind is not _BINARY and kind is not _CONT:
            if self._note_sign_of_life is not None:
                self._note_sign_of_life()
            super().process_event(event)
        elif event.fin and self._fragments is None:
            self._receive(bytes(event.data))
        else:
            if self._fragments is None:
                self._fragments = bytearray()
            self._fragments += event.data
            if event.fin:
                message, self._fragments = bytes(self._fragments), None
                self._receive(message)

    def _hold_back(self, message: bytes) -> None:
        self._early.append(message)
        if len(self._early) >= HELD_BACK:
            self.pause_reading()
