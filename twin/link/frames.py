"""The frames of the co-simulation link: who says what, byte by byte (see docs/link.md).

A stream socket, the twin is the server. Every frame is a header (`HEADER`)
and a body whose size follows from its type and the number of EVSEs.
"""

from __future__ import annotations

import struct
from enum import IntEnum, IntFlag
from typing import NamedTuple

LINK_VERSION = 2
MAGIC = 0x4C535645
"""`EVSL`, little-endian: whoever else connects by mistake is not a controller."""

MAX_BODY = 4096
REFUSED_BYTES = 160
"""Length of the text of REFUSED, padded with NUL."""


class FrameType(IntEnum):
    """First byte of a frame."""

    HELLO = 1
    """Controller, once: who it is and which tables it was built with."""
    WELCOME = 2
    """Twin: the time, and what the charger is."""
    REFUSED = 3
    """Twin, instead of WELCOME: why, in words. It closes the connection."""
    GRANT = 4
    """Twin: the inputs, and how long they hold."""
    REPLY = 5
    """Controller: how far it came, and what it drives."""
    POWER_CUT = 6
    """Twin: the power is gone. Nothing is answered, nothing more is written."""


class Part(NamedTuple):
    """One field of a frame; blocks may follow the last one.

    Attributes:
        name: what it is.
        form: its form, a key of `FORMS`, or `char[N]` for text that is padded with NUL.
        doc: its meaning.
    """

    name: str
    form: str
    doc: str


FORMS = {"u8": "B", "u16": "H", "u32": "I", "u64": "Q", "i32": "i", "i64": "q"}

HEADER_PARTS = (
    Part("type", "u8", "of the frame"),
    Part("evses", "u8", "how many EVSEs the controller has, in frames of both sides"),
    Part("size", "u16", "bytes that follow"),
)
PARTS: dict[FrameType, tuple[Part, ...]] = {
    FrameType.HELLO: (
        Part("magic", "u32", f"{MAGIC:#x}, the letters EVSL as a number"),
        Part("link", "u16", f"version of these frames: {LINK_VERSION}"),
        Part("pins", "u16", "version of the pin table"),
        Part("crc", "u32", "checksum over every field's place and form"),
        Part("name", "char[20]", "what the controller calls itself"),
    ),
    FrameType.WELCOME: (
        Part("link", "u16", "version of these frames"),
        Part("pins", "u16", "version of the pin table"),
        Part("crc", "u32", "checksum over every field's place and form"),
        Part("now_us", "u64", "the time, µs: that of the first grant or before it"),
        Part("phase_us", "u32", "0 to 999: ticks are at phase + 1000 k µs"),
    ),
    FrameType.REFUSED: (Part("why", f"char[{REFUSED_BYTES}]", "in words, with both versions"),),
    FrameType.GRANT: (
        Part("from_us", "u64", "run the ticks at or after this instant …"),
        Part("until_us", "u64", "… and before this one; there is one at least"),
    ),
    FrameType.REPLY: (
        Part("tick_us", "u64", "the last tick that was run"),
        Part("changed", "u8", "1: outputs, 2: report, 3: both, 0: neither, all ticks are run"),
        Part("revision", "u32", "of the report: another number after each of its changes"),
    ),
    FrameType.POWER_CUT: (Part("tick_us", "u64", "the tick that was the last"),),
}
FOLLOWING: dict[FrameType, tuple[str, ...]] = {
    FrameType.WELCOME: ("hardware", "register_mwh"),
    FrameType.GRANT: ("inputs", "command"),
    FrameType.REPLY: ("outputs", "report"),
}
"""What follows the parts, once for each EVSE: blocks, or where a new register begins."""


def _struct(parts: tuple[Part, ...]) -> struct.Struct:
    forms = [FORMS.get(form) or f"{form[5:-1]}s" for _, form, _ in parts]
    return struct.Struct("<" + "".join(forms))


HEADER = _struct(HEADER_PARTS)
HELLO = _struct(PARTS[FrameType.HELLO])
WELCOME = _struct(PARTS[FrameType.WELCOME])
GRANT = _struct(PARTS[FrameType.GRANT])
REPLY = _struct(PARTS[FrameType.REPLY])
POWER_CUT = _struct(PARTS[FrameType.POWER_CUT])
REGISTER = struct.Struct("<q")
"""Where a new register begins, mWh."""


class Changed(IntFlag):
    """Why a controller came back before its grant was over. 0: it was not."""

    NOTHING = 0
    OUTPUTS = 1
    """An output other than display and indicator."""
    REPORT = 2
    """The report, measured values apart."""


class LinkError(Exception):
    """The other side of the link broke its rules, or is gone; the message says how."""
