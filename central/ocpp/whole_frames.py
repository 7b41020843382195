"""The frames that need no parser: a text message that arrives whole, in one piece.

Nearly all that a charger sends is like that, and the parser of the library, which takes a stream
byte by byte, costs a sixth of all work on a message. What is anything else goes to it, and what it
has begun it ends: see decision 35.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

from websockets.protocol import Protocol, State
from websockets.streams import StreamReader

try:
    from websockets.speedups import apply_mask
except ImportError:  # the library was built without its C part
    from websockets.utils import apply_mask

# RFC 6455 section 5.2. FIN and opcode 1, no reserved bit.
_WHOLE_TEXT: Final = 0x81
# MASK, with a length below 126; with 126, which says that the length follows in two bytes.
_SHORT: Final = range(0x80, 0xFE)
_TWO_BYTES: Final = 0xFE

_OPEN: Final = State.OPEN


class WholeFrames:
    """Reads text messages that arrive as one whole frame, past the parser of the library.

    It gives the bytes that the parser would give, in the states in which it would give them.
    """

    __slots__ = ("_protocol", "_reader")

    def __init__(self, protocol: Protocol) -> None:
        """Put a reader in place of that of a protocol which has not received anything yet."""
        self._protocol = protocol
        self._reader = _Reader()
        protocol.reader = self._reader
        protocol.parser = protocol.parse()
        next(protocol.parser)

    def message(self, data: bytes) -> bytes | None:
        """Give the message that is all of `data`; None where `data` is for the parser."""
        size = len(data)
        if size < 6 or data[0] != _WHOLE_TEXT:
            return None
        second = data[1]
        if second == _TWO_BYTES:
            start = 8
            if size < 8 or (data[2] << 8 | data[3]) != size - 8:
                return None
        elif second in _SHORT:
            start = 6
            if second != size + 0x7A:  # 0x80, and the size without the six bytes of the head
                return None
        else:
            return None
        protocol = self._protocol
        most = protocol.max_message_size
        if (
            protocol.state is not _OPEN
            or not self._reader.is_between_frames
            or protocol.eof_sent
            or protocol.current_size is not None
            or (most is not None and size - start > most)
            or protocol.debug
        ):
            return None
        return apply_mask(data[start:], data[start - 4 : start])


class _Reader(StreamReader):
    """The library's reader, which knows whether the parser stands between two frames.

    Its buffer does not tell: it is empty also after the head of a frame, while the rest is to come.
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_between_frames = False

    def at_eof(self) -> Generator[None, None, bool]:
        """Wait for the next frame or the end, as the parser does before each frame."""
        self.is_between_frames = True
        is_over = yield from super().at_eof()
        self.is_between_frames = False
        return is_over
