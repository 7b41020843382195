"""The frames of the business link: who decides who may charge, as a program (see docs/link.md).

The header, HELLO, WELCOME, REFUSED and POWER_CUT are those of `twin.link.frames`.
"""

from __future__ import annotations

import struct
from enum import IntEnum

from twin.link.frames import FORMS, Part

MAX_TEXT = 32 * 1024
"""Of a message from the network so much is told, bytes, and its size."""

MAX_SAID = 60 * 1024
"""Longest message to the network, bytes."""

MAX_FILE = 32 * 1024
"""Of a file so much is in one frame at most, bytes."""

NAME_BYTES = 64
"""Of a file."""

URL_BYTES = 200
USER_BYTES = 200
KEY_BYTES = 40


class BusinessFrame(IntEnum):
    """First byte of a frame."""

    HELLO = 1
    WELCOME = 2
    REFUSED = 3
    POWER_CUT = 6
    REPORT = 16
    """Twin: what the controller of a connector says."""
    TAG = 17
    """Twin: a tag was held to the reader of a connector."""
    NET_STATE = 18
    """Twin: the socket is open, or is not."""
    NET_TEXT = 19
    """Twin: a message of the central system."""
    POLL = 20
    """Twin: the time. Act on what was told since the last one."""
    FILE_DATA = 21
    """Twin: the next piece of a file that is fetched."""
    FILE_DONE = 22
    """Twin: what has become of a transfer."""
    COMMAND = 32
    """Program: what is asked of the controller of a connector."""
    NET_CONNECT = 33
    """Program: try to open a socket."""
    NET_CLOSE = 34
    """Program: give the socket up. It counts as closed at once."""
    NET_SEND = 35
    """Program: a message to the central system."""
    NET_PING = 36
    """Program: how often to ping."""
    EVENT = 37
    """Program: something worth telling an operator."""
    POLLED = 38
    """Program, last of all: when it wants to be polled again."""
    FILE_GET = 39
    """Program: fetch a file."""
    FILE_PUT = 40
    """Program: a file that is to be delivered begins."""
    FILE_TEXT = 41
    """Program: the next piece of it."""
    FILE_END = 42
    """Program: that was all of it: deliver it."""
    FILE_DROP = 43
    """Program: give a transfer up."""


NET_STATES = ("closed", "connecting", "open", "the network is back")

NET_FAILURES = (
    "other",
    "nobody is reached",
    "refuses this charger",
    "its certificate is not to be believed",
    "TLS version",
    "cipher suite",
)
"""Why an attempt came to nothing; as `hal::Transport::Failure` of the firmware."""

FILE_OUTCOMES = ("done", "failed", "denied by the server")

_TRANSFER = Part("transfer", "u32", "its number, which FILE_GET or FILE_PUT has given it")

PARTS: dict[BusinessFrame, tuple[Part, ...]] = {
    BusinessFrame.REPORT: (Part("connector", "u8", "from 1"),),
    BusinessFrame.TAG: (
        Part("connector", "u8", "from 1"),
        Part("id_tag", "char[20]", "the tag"),
    ),
    BusinessFrame.NET_STATE: (
        Part("state", "u8", ", ".join(f"{n} {word}" for n, word in enumerate(NET_STATES))),
        Part(
            "failure",
            "u8",
            "of an attempt that came to nothing: "
            + ", ".join(f"{n} {word}" for n, word in enumerate(NET_FAILURES)),
        ),
    ),
    BusinessFrame.NET_TEXT: (Part("size", "u32", "of the whole message, bytes"),),
    BusinessFrame.POLL: (Part("now_us", "u64", "the time"),),
    BusinessFrame.FILE_DATA: (_TRANSFER,),
    BusinessFrame.FILE_DONE: (
        _TRANSFER,
        Part("outcome", "u8", ", ".join(f"{n} {word}" for n, word in enumerate(FILE_OUTCOMES))),
    ),
    BusinessFrame.COMMAND: (Part("connector", "u8", "from 1"),),
    BusinessFrame.NET_CONNECT: (
        Part("url", f"char[{URL_BYTES}]", "with the identity"),
        Part("subprotocol", "char[20]", "of the WebSocket"),
        Part("user", f"char[{USER_BYTES}]", "for Basic authentication"),
        Part("key_size", "u8", f"0 to {KEY_BYTES}; 0: no authentication"),
        Part("key", f"char[{KEY_BYTES}]", "the password, raw bytes"),
    ),
    BusinessFrame.NET_CLOSE: (),
    BusinessFrame.NET_SEND: (),
    BusinessFrame.NET_PING: (Part("seconds", "u32", "0: never"),),
    BusinessFrame.EVENT: (Part("connector", "u8", "0: the charge point itself"),),
    BusinessFrame.POLLED: (
        Part("next_us", "u64", "poll at this instant, if nothing happens before"),
        Part("reset", "u8", "0 none, 1 restart this program, 2 the controllers too"),
        Part("registration", "u8", "0 none, 1 Pending, 2 Rejected, 3 Accepted"),
        Part("idle", "u8", "1: all there is to tell has been acknowledged"),
        Part("queued", "u32", "messages of transactions that wait to be acknowledged"),
    ),
    BusinessFrame.FILE_GET: (Part("transfer", "u32", "its number, another one for each"),),
    BusinessFrame.FILE_PUT: (
        Part("transfer", "u32", "its number, another one for each"),
        Part("name", f"char[{NAME_BYTES}]", "of the file in the folder"),
    ),
    BusinessFrame.FILE_TEXT: (_TRANSFER,),
    BusinessFrame.FILE_END: (_TRANSFER,),
    BusinessFrame.FILE_DROP: (_TRANSFER,),
}
SHOWN_PARTS = (
    Part("status", "u8", "ChargePointStatus, 0 Available to 8 Faulted, as in OCPP 1.6 4.9"),
    Part("in_transaction", "u8", "1: a transaction runs"),
    Part("numbered", "u8", "1: the central system has given it its number"),
    Part("transaction", "i32", "that number"),
)
"""What follows POLLED for the charge point itself and for each connector, to be shown."""

FOLLOWING: dict[BusinessFrame, str] = {
    BusinessFrame.REPORT: "block `report`",
    BusinessFrame.NET_TEXT: f"the message, or its first {MAX_TEXT:,} bytes",
    BusinessFrame.COMMAND: "block `command`",
    BusinessFrame.NET_SEND: f"the message, at most {MAX_SAID:,} bytes of UTF-8",
    BusinessFrame.EVENT: "a few words, UTF-8",
    BusinessFrame.POLLED: (
        "for the charge point itself and for each connector u8 `status`, u8 `in_transaction`, "
        "u8 `numbered`, i32 `transaction`"
    ),
    BusinessFrame.FILE_DATA: f"the piece, at most {MAX_FILE:,} bytes",
    BusinessFrame.FILE_DONE: "a few words of why not, UTF-8, without secrets",
    BusinessFrame.FILE_GET: "the URL of the file, UTF-8",
    BusinessFrame.FILE_PUT: "the URL of the folder, UTF-8",
    BusinessFrame.FILE_TEXT: f"the piece, at most {MAX_FILE:,} bytes",
}


def _struct(parts: tuple[Part, ...]) -> struct.Struct:
    forms = [FORMS.get(form) or f"{form[5:-1]}s" for _, form, _ in parts]
    return struct.Struct("<" + "".join(forms))


STRUCTS = {kind: _struct(parts) for kind, parts in PARTS.items()}
SHOWN = _struct(SHOWN_PARTS)
