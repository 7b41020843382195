"""A program at the other end of a link: frames on a stream, and the greeting."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from enum import IntEnum

from twin.control.hardware import Hardware
from twin.link.codec import codec
from twin.link.frames import (
    HEADER,
    HELLO,
    LINK_VERSION,
    MAGIC,
    MAX_BODY,
    POWER_CUT,
    REFUSED_BYTES,
    REGISTER,
    WELCOME,
    FrameType,
    LinkError,
)
from twin.link.layout import layout_crc
from twin.link.pins import PINS_VERSION
from twin.process import TICK_US

WALL_TIMEOUT_S = 30.0
"""How long a program may take to answer, in wall time; virtual time does not pass meanwhile."""


class Channel:
    """Speaks with one program that has connected.

    Args:
        connection: the stream, connected; belongs to the channel from now on.
        timeout_s: how long to wait for a frame, wall time; None: for ever.
        name: what to call the program until it has said its name.
        ending: says how the other side has ended, once the connection has.

    Attributes:
        name: what the program calls itself.
        evses: how many it has to do with; 0 before the greeting.
    """

    kinds: type[IntEnum] = FrameType
    """The frames that there are."""
    max_body = MAX_BODY

    def __init__(
        self,
        connection: socket.socket,
        timeout_s: float | None = WALL_TIMEOUT_S,
        *,
        name: str = "the controller",
        ending: Callable[[], str] = str,
    ) -> None:
        self._connection = connection
        self._timeout_s = timeout_s
        self._ending = ending
        connection.settimeout(timeout_s)
        self._buffer = bytearray(HEADER.size + self.max_body)
        self._view = memoryview(self._buffer)
        self.name = name
        self.evses = 0
        self._phase_us = 0

    def greet(self, now_us: int, phase_us: int, chargers: Sequence[tuple[Hardware, int]]) -> None:
        """Take the controller's HELLO and tell it the time and what it is built into.

        Args:
            now_us: the time.
            phase_us: ticks are at phase + 1000 k us.
            chargers: for each EVSE its type plate and where a new register begins, mWh.

        Raises:
            LinkError: it speaks another version, has other tables or another number of
                EVSEs, or none of this protocol; it was told so.
        """
        kind, evses, body = self._receive()
        if kind != FrameType.HELLO or len(body) != HELLO.size:
            raise LinkError(
                f"{self.name} begins with {kind.name}, {len(body)} bytes: the first frame of a "
                f"controller is HELLO, {HELLO.size} bytes"
            )
        magic, link, pins, crc, name = HELLO.unpack(body)
        if magic != MAGIC:
            raise LinkError(f"{self.name} is not a controller: there is no EVSL in its HELLO")
        self.name = name.rstrip(b"\0").decode("ascii", "replace") or self.name
        self._check(link, pins, crc, evses, len(chargers))
        self.evses = evses
        self._phase_us = phase_us % TICK_US
        parts = [WELCOME.pack(LINK_VERSION, PINS_VERSION, layout_crc(), now_us, self._phase_us)]
        for hardware, register_mwh in chargers:
            parts += [codec("hardware").pack(hardware), REGISTER.pack(register_mwh)]
        self._send(FrameType.WELCOME, b"".join(parts))

    def _check(self, link: int, pins: int, crc: int, evses: int, wanted: int) -> None:
        if link != LINK_VERSION:
            self._refuse(
                f"{self.name} speaks version {link} of the link, the twin version {LINK_VERSION}"
            )
        if (pins, crc) != (PINS_VERSION, layout_crc()):
            self._refuse(
                f"{self.name} has version {pins} ({crc:08x}) of the pin table, "
                f"the twin version {PINS_VERSION} ({layout_crc():08x})"
            )
        if evses != wanted:
            self._refuse(f"{self.name} controls {evses} EVSEs, the twin has {wanted}")

    def _refuse(self, why: str) -> None:
        self._send(FrameType.REFUSED, why.encode("ascii", "replace").ljust(REFUSED_BYTES, b"\0"))
        self.close()
        raise LinkError(f"{why}: build both from the same tables")

    def cut_power(self, tick_us: int) -> None:
        """Tell the program that its power is gone since a tick. It does not answer."""
        self._send(FrameType.POWER_CUT, POWER_CUT.pack(tick_us))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    # --- frames ---

    def _frame(self, kind: int, body: bytes) -> bytes:
        return HEADER.pack(kind, self.evses, len(body)) + body

    def _send(self, kind: int, body: bytes) -> None:
        self._send_all(self._frame(kind, body))

    def _send_all(self, frames: bytes) -> None:
        try:
            self._connection.sendall(frames)
        except TimeoutError:
            raise LinkError(f"{self.name} takes no frames: {self._silence()}") from None
        except OSError as error:
            raise LinkError(f"{self.name} is gone: {error.strerror}{self._ending()}") from error

    def _receive(self) -> tuple[IntEnum, int, memoryview]:
        self._fill(0, HEADER.size, "a frame")
        kind, evses, size = HEADER.unpack_from(self._buffer)
        if kind not in self.kinds.__members__.values() or size > self.max_body:
            raise LinkError(
                f"{self.name} sent a header that is none of this protocol: type {kind}, "
                f"{size} bytes"
            )
        self._fill(HEADER.size, size, f"the rest of a {self.kinds(kind).name}")
        return self.kinds(kind), evses, self._view[HEADER.size : HEADER.size + size]

    def _fill(self, at: int, size: int, awaited: str) -> None:
        end = at + size
        while at < end:
            try:
                got = self._connection.recv_into(self._view[at:end])
            except TimeoutError:
                raise LinkError(f"{self.name} does not answer: {self._silence()}") from None
            except OSError as error:
                raise LinkError(f"{self.name} is gone: {error.strerror}{self._ending()}") from error
            if got == 0:
                raise LinkError(
                    f"{self.name} has ended the connection, where {awaited} was awaited"
                    f"{self._ending()}"
                )
            at += got

    def _silence(self) -> str:
        return f"silent for {self._timeout_s:g} s of wall time, while virtual time stood still"
