"""Which answer belongs to which call in the message log (OCPP-J 1.6 section 4.2).

Found when the log is read: while frames are logged there is no time for it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from central.domain.logged_frames_row import Entry

_HEAD: Final = re.compile(r'\s*\[\s*([234])\s*,\s*"((?:[^"\\]|\\.)*)"')
_OTHER_WAY: Final = {"in": "out", "out": "in"}
_US: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Pair:
    """A call and its answer.

    Attributes:
        answer: the frame that answered.
        latency_us: from the call to it, by the business clock that stamps frames.
    """

    answer: str
    latency_us: int


@dataclass(frozen=True, slots=True)
class _Head:
    is_call: bool
    key: tuple[str, str]
    """Who made the call, as a direction, and its unique id."""


class FramesOfRow:
    """The frames of one row of the log, in the order of time, and how they belong together."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self._calls: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self._answers: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for index, entry in enumerate(entries):
            head = _head(entry)
            if head is not None:
                (self._calls if head.is_call else self._answers)[head.key].append(index)

    def is_call(self, index: int) -> bool | None:
        """Whether a frame is a call (True) or an answer; None if it could not be read."""
        head = _head(self.entries[index])
        return None if head is None else head.is_call

    def pair(self, index: int, neighbours: Iterator[FramesOfRow]) -> Pair | None:
        """Give the pair to which a frame belongs, None where its other half is not found.

        `neighbours` are the rows after this one, for a call, or those before it, nearest first.
        """
        entry = self.entries[index]
        head = _head(entry)
        if head is None:
            return None
        other = self._after(head.key, index) if head.is_call else self._before(head.key, index)
        while other is None:
            row = next(neighbours, None)
            if row is None:
                return None
            other = (
                row._after(head.key, -1)
                if head.is_call
                else row._before(head.key, len(row.entries))
            )
        call, answer = (entry, other) if head.is_call else (other, entry)
        return Pair(answer[3], (answer[0] - call[0]) // _US)

    def _after(self, key: tuple[str, str], index: int) -> Entry | None:
        places = self._answers.get(key, [])
        place = bisect_right(places, index)
        return self.entries[places[place]] if place < len(places) else None

    def _before(self, key: tuple[str, str], index: int) -> Entry | None:
        places = self._calls.get(key, [])
        place = bisect_left(places, index)
        return self.entries[places[place - 1]] if place else None


def _head(entry: Entry) -> _Head | None:
    _, direction, _, frame = entry
    found = _HEAD.match(frame)
    if found is None:
        return None
    is_call = found[1] == "2"
    return _Head(is_call, (direction if is_call else _OTHER_WAY[direction], found[2]))
