"""How the message log is kept: a row for each charger and write, with its frames as JSON."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select

from central.domain.errors import InvalidError
from central.models import log_metadata, message_log

# charger, time, direction, action, frame
Frame = tuple[str, datetime, str, str, str]
_Entry = tuple[datetime, str, str, str]

# Characters of frames in one row: bounds what a search has to read and a statement to carry.
_LARGEST_ROW: Final = 256 * 1_024
_PAGE: Final = 50

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[_Entry]).decode


@dataclass(frozen=True)
class LoggedFrame:
    """A frame as it went over the wire.

    Attributes:
        direction: `in` from the charger, `out` to it.
        action: of the CALL, also for its answer; empty where a frame could not be read.
        cursor: names its place, to continue a list before it.
    """

    charge_point_id: str
    at: datetime
    direction: str
    action: str
    frame: str
    cursor: str


@dataclass(frozen=True)
class FrameQuery:
    """What to look for; None leaves a condition out."""

    charge_point_id: str
    not_before: datetime | None
    before: datetime | None
    action: str | None
    text: str | None

    def fits(self, entry: _Entry) -> bool:
        """Say whether a frame of the charger is looked for."""
        at, _, action, frame = entry
        return (
            (self.not_before is None or at >= self.not_before)
            and (self.before is None or at < self.before)
            and (self.action is None or action == self.action)
            and (self.text is None or self.text in frame)
        )


def create_table(conn: Connection) -> None:
    """Create the table in an SQLite file of its own."""
    log_metadata.create_all(conn)


def add(conn: Connection, frames: Sequence[Frame]) -> None:
    """Write frames, given in the order of time."""
    by_charger: dict[str, list[_Entry]] = defaultdict(list)
    for charge_point_id, at, direction, action, frame in frames:
        by_charger[charge_point_id].append((at, direction, action, frame))
    conn.execute(
        insert(message_log),
        [
            {
                "charge_point_id": charge_point_id,
                "first_at": part[0][0],
                "last_at": part[-1][0],
                "frames": _encode(part).decode(),
            }
            for charge_point_id, entries in by_charger.items()
            for part in _parts(entries)
        ],
    )


def search(
    conn: Connection, query: FrameQuery, *, before_cursor: str | None, limit: int
) -> list[LoggedFrame]:
    """Give at most `limit` frames, newest first.

    Raises:
        InvalidError: the cursor is none.
    """
    row_id, index = (None, None) if before_cursor is None else _read_cursor(before_cursor)
    found: list[LoggedFrame] = []
    while len(found) < limit:
        rows = _rows(conn, query, up_to=row_id)
        for row in rows:
            stop = index if row.id == row_id else None
            found += _matches(row, query, stop)
        if len(rows) < _PAGE:
            break
        row_id, index = rows[-1].id, 0
    return found[:limit]


def purge(conn: Connection, older_than: datetime) -> int:
    """Forget rows that end before a moment; gives how many."""
    return conn.execute(delete(message_log).where(message_log.c.last_at < older_than)).rowcount


def _parts(entries: Sequence[_Entry]) -> Iterator[list[_Entry]]:
    part: list[_Entry] = []
    size = 0
    for entry in entries:
        if part and size + len(entry[3]) > _LARGEST_ROW:
            yield part
            part, size = [], 0
        part.append(entry)
        size += len(entry[3])
    if part:
        yield part


def _rows(conn: Connection, query: FrameQuery, *, up_to: int | None) -> Sequence[Row[Any]]:
    statement = (
        select(message_log)
        .where(message_log.c.charge_point_id == query.charge_point_id)
        .order_by(message_log.c.id.desc())
        .limit(_PAGE)
    )
    if up_to is not None:
        statement = statement.where(message_log.c.id <= up_to)
    if query.not_before is not None:
        statement = statement.where(message_log.c.last_at >= query.not_before)
    if query.before is not None:
        statement = statement.where(message_log.c.first_at < query.before)
    return conn.execute(statement).all()


def _matches(row: Row[Any], query: FrameQuery, stop: int | None) -> list[LoggedFrame]:
    """Give the frames of a row that fit, newest first; with `stop`, only those before it."""
    entries = list(enumerate(_decode(row.frames)))[:stop]
    return [
        LoggedFrame(row.charge_point_id, *entry, cursor=f"{row.id}.{index}")
        for index, entry in reversed(entries)
        if query.fits(entry)
    ]


def _read_cursor(text: str) -> tuple[int, int]:
    row_id, _, index = text.partition(".")
    if not (row_id.isdecimal() and index.isdecimal() and len(text) < 30):
        raise InvalidError("the cursor is not one of a frame", where="cursor")
    return int(row_id), int(index)
