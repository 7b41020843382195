"""How frames are found in the message log, and the two halves of a call."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from central.domain.errors import InvalidError
from central.domain.frame_pairs import FramesOfRow
from central.domain.logged_frames_row import Entry, read_row
from central.models import message_log

_AT_ONCE: Final = 50
# Rows in which the other half of a pair is looked for: two seconds of a charger that talks
# without a pause, hours of one that does not.
_NEIGHBOURS: Final = 8
# The machine's time may have been set back: so much later may a row begin than the one after it.
_CLOCK_STEP: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class LoggedFrame:
    """A frame as it went over the wire.

    Attributes:
        direction: `in` from the charger, `out` to it.
        action: of the CALL, also for its answer; empty where a frame could not be read.
        cursor: names its place, to continue a list before it.
        answer: the frame that answered this call; absent for answers and calls without one.
        latency_us: from a call to its answer, told with both; business time.
    """

    charge_point_id: str
    at: datetime
    direction: str
    action: str
    frame: str
    cursor: str
    answer: str | None = None
    latency_us: int | None = None


@dataclass(frozen=True)
class FramePage:
    """Frames that were found, newest first.

    Attributes:
        cursor: where to go on; None where there is nothing more. A page that is not full, even
            an empty one, may go on: a search reads only so much at once.
    """

    frames: list[LoggedFrame]
    cursor: str | None


@dataclass(frozen=True)
class Reach:
    """How much a search reads until it answers with what it has found.

    The log has one reader, which nobody may hold for seconds: this is 0.75 s of a core.
    """

    rows: int = 50_000
    characters: int = 64 * 1_024 * 1_024


@dataclass(frozen=True)
class FrameQuery:
    """What to look for; None leaves a condition out."""

    charge_point_id: str
    not_before: datetime | None
    before: datetime | None
    action: str | None
    direction: str | None
    text: str | None

    def fits(self, entry: Entry) -> bool:
        """Say whether a frame of the charger is looked for."""
        at, direction, action, frame = entry
        return (
            (self.not_before is None or at >= self.not_before)
            and (self.before is None or at < self.before)
            and (self.action is None or action == self.action)
            and (self.direction is None or direction == self.direction)
            and (self.text is None or self.text in frame)
        )


def search(
    conn: Connection, query: FrameQuery, *, before_cursor: str | None, limit: int, reach: Reach
) -> FramePage:
    """Give at most `limit` frames, newest first, of the rows within reach.

    Raises:
        InvalidError: the cursor is none.
    """
    row_id, stop = (None, None) if before_cursor is None else _read_cursor(before_cursor)
    least, up_to = _bounds(conn, query)
    if row_id is not None:
        up_to = min(up_to, row_id if stop else row_id - 1)
    found: list[LoggedFrame] = []
    rows_left, characters_left = reach.rows, reach.characters
    while rows := _rows(conn, query, least, up_to):
        for row in rows:
            before = stop if row.id == row_id else None
            found += _matches(conn, row, query, before, limit - len(found))
            if len(found) == limit:
                return FramePage(found, found[-1].cursor)
            rows_left -= 1
            characters_left -= len(row.frames)
            if rows_left <= 0 or characters_left <= 0:
                return FramePage(found, f"{row.id}.0")
        up_to = rows[-1].id - 1
    return FramePage(found, None)


def _bounds(conn: Connection, query: FrameQuery) -> tuple[int, int]:
    """Give the least and the greatest number that a row may have in which frames may fit."""
    least, most = 0, conn.execute(select(func.max(message_log.c.id))).scalar() or 0
    if query.not_before is not None:
        least = _last_begun_before(conn, query.charge_point_id, query.not_before - _CLOCK_STEP)
    if query.before is not None:
        most = _last_begun_before(conn, query.charge_point_id, query.before + _CLOCK_STEP)
    return least, most


def _last_begun_before(conn: Connection, charge_point_id: str, moment: datetime) -> int:
    """Give the last row of a charger that begins before a moment, 0 if none does."""
    found = conn.execute(
        select(message_log.c.id)
        .where(message_log.c.charge_point_id == charge_point_id, message_log.c.first_at < moment)
        .order_by(message_log.c.first_at.desc(), message_log.c.id.desc())
        .limit(1)
    )
    return found.scalar() or 0


def _rows(conn: Connection, query: FrameQuery, least: int, up_to: int) -> Sequence[Row[Any, Any]]:
    return conn.execute(
        select(message_log.c.id, message_log.c.frames)
        .where(
            message_log.c.charge_point_id == query.charge_point_id,
            message_log.c.id >= least,
            message_log.c.id <= up_to,
        )
        .order_by(message_log.c.id.desc())
        .limit(_AT_ONCE)
    ).all()


def _matches(
    conn: Connection, row: Row[Any, Any], query: FrameQuery, stop: int | None, most: int
) -> list[LoggedFrame]:
    """Give at most `most` frames of a row that fit, newest first; with `stop`, only before it."""
    if query.action is not None and query.action.isalnum() and query.action not in row.frames:
        return []
    entries = read_row(row.frames)
    fitting = [index for index, entry in enumerate(entries[:stop]) if query.fits(entry)]
    if not fitting:
        return []
    frames = FramesOfRow(entries)
    found = []
    for index in reversed(fitting[-most:]):
        neighbours = _neighbours(conn, query.charge_point_id, row.id, frames.is_call(index))
        pair = frames.pair(index, neighbours)
        found.append(
            LoggedFrame(
                query.charge_point_id,
                *entries[index],
                cursor=f"{row.id}.{index}",
                answer=pair.answer if pair is not None and frames.is_call(index) else None,
                latency_us=None if pair is None else pair.latency_us,
            )
        )
    return found


def _neighbours(
    conn: Connection, charge_point_id: str, row_id: int, is_after: bool | None
) -> Iterator[FramesOfRow]:
    """Give the rows of a charger after or before one; asks for them when the first is wanted."""
    number = message_log.c.id
    statement = select(message_log.c.frames).where(message_log.c.charge_point_id == charge_point_id)
    if is_after:
        statement = statement.where(number > row_id).order_by(number)
    else:
        statement = statement.where(number < row_id).order_by(number.desc())
    for (frames,) in conn.execute(statement.limit(_NEIGHBOURS)):
        yield FramesOfRow(read_row(frames))


def _read_cursor(text: str) -> tuple[int, int]:
    row_id, _, index = text.partition(".")
    if not (row_id.isdecimal() and index.isdecimal() and len(text) < 30):
        raise InvalidError("the cursor is not one of a frame", where="cursor")
    return int(row_id), int(index)
