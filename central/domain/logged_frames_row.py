"""How the frames of one row of the message log are written as one text.

The text begins with a separator, then a JSON list of [time, direction, action] for each frame,
then the frames as they went over the wire, all with separators between. Frames are JSON, full
of quotation marks: as strings in JSON again they would be a sixth longer, and take more processor
time than anything else of the log.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

# time, direction, action, frame
Entry = tuple[datetime, str, str, str]

# "Record separator" of ASCII. JSON has no control characters (RFC 8259 section 7), so it is in a
# frame only where that is malformed.
_BETWEEN: Final = "\x1e"

_Head = tuple[datetime, str, str]
_encode = msgspec.json.Encoder().encode
_heads_of = msgspec.json.Decoder(list[_Head]).decode
_entries_of = msgspec.json.Decoder(list[Entry]).decode


def write_row(heads: Sequence[_Head], frames: Sequence[str]) -> str:
    """Write frames, and the time, direction and action of each."""
    written = _BETWEEN.join(("", _encode(heads).decode(), *frames))
    if written.count(_BETWEEN) == len(frames) + 1 and "\0" not in written:
        return written
    # With a separator in a frame, or U+0000, which no server stores: as JSON altogether.
    entries = [(*head, frame) for head, frame in zip(heads, frames, strict=True)]
    return _encode(entries).decode()


def read_row(written: str) -> list[Entry]:
    """Read what `write_row` gave, or an earlier version, whose rows were all JSON."""
    if not written.startswith(_BETWEEN):
        return _entries_of(written)
    _, heads, *frames = written.split(_BETWEEN)
    return [(*head, frame) for head, frame in zip(_heads_of(heads), frames, strict=True)]
