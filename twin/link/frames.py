"""The frames of the co-simulation link: who says what, byte by byte (see docs/link.md).

A stream socket, the twin is the server. Every frame is a header (`HEADER`)
and a body whose size follows from its type and the number of EVSEs.
"""

from __future__ import annotations

import struct
from enum import IntEnum, IntFlag

LINK_VERSION = 1
MAGIC = 0x4C535645
"""`EVSL`, little-endian: whoever else connects by mistake is not a controller."""

HEADER = struct.Struct("<BBH")
"""Type, number of EVSEs, bytes of the body."""
HELLO = struct.Struct("<IHHI20s")
"""Magic, version of the link, version of the pin table, checksum of the layout, name."""
WELCOME = struct.Struct("<HHIQI")
"""Version of the link, of the pin table, checksum, the time (us), phase of the ticks (us)."""
REGISTER = struct.Struct("<q")
"""After each EVSE's hardware block in WELCOME: what a new register begins at, mWh."""
GRANT = struct.Struct("<QQ")
"""From, until (us): ticks at or after the one and before the other. Inputs and command follow."""
REPLY = struct.Struct("<QBI")
"""The last tick run (us), `Changed`, revision of the report. Outputs and report follow."""
POWER_CUT = struct.Struct("<Q")
"""The tick (us) that was the last."""
REFUSED_BYTES = 160
"""Length of the text of REFUSED, padded with NUL."""

MAX_EVSES = 8
MAX_BODY = 4096


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


class Changed(IntFlag):
    """Why a controller came back before its grant was over. 0: it was not."""

    NOTHING = 0
    OUTPUTS = 1
    """An output other than display and indicator."""
    REPORT = 2
    """The report, measured values apart."""


class LinkError(Exception):
    """The other side of the link broke its rules, or is gone; the message says how."""
