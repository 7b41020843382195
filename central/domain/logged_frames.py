"""How the message log is kept: a row for each charger and write, with its frames as one text."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, insert, inspect, select, text

from central.domain.errors import InvalidError
from central.domain.frame_pairs import FramesOfRow
from central.domain.logged_frames_row import Entry, read_row, write_row
from central.models import log_metadata, message_log

# charger, time, direction, action, frame
Frame = tuple[str, datetime, str, str, str]

# Characters of frames in one row: bounds what a search has to read and a statement to carry.
_LARGEST_ROW: Final = 256 * 1_024
_PAGE: Final = 50
# Rows in which the other half of a pair is looked for: two seconds of a charger that talks
# without a pause, hours of one that does not.
_NEIGHBOURS: Final = 8
# The machine's time may have been set back: so much later may a row begin than the one after it.
_CLOCK_STEP: Final = timedelta(minutes=1)
_PURGED_AT_ONCE: Final = 1_000


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


def create_table(conn: Connection) -> None:
    """Create the table in an SQLite file of its own, or bring that of an earlier version up."""
    log_metadata.create_all(conn)
    there = {column["name"] for column in inspect(conn).get_columns(message_log.name)}
    if "total_bytes" not in there:
        conn.execute(
            text("ALTER TABLE message_log ADD COLUMN total_bytes BIGINT NOT NULL DEFAULT 0")
        )
    for index in message_log.indexes:
        index.create(conn, checkfirst=True)


def add(conn: Connection, frames: Sequence[Frame]) -> None:
    """Write frames, given in the order of time."""
    by_charger: dict[str, list[Frame]] = defaultdict(list)
    for frame in frames:
        by_charger[frame[0]].append(frame)
    total_bytes = _total_bytes(conn)
    rows = []
    for charge_point_id, of_charger in by_charger.items():
        for part in _parts(of_charger):
            written = write_row([frame[1:4] for frame in part], [frame[4] for frame in part])
            total_bytes += len(written if written.isascii() else written.encode())
            rows.append(
                {
                    "charge_point_id": charge_point_id,
                    "first_at": part[0][1],
                    "last_at": part[-1][1],
                    "total_bytes": total_bytes,
                    "frames": written,
                }
            )
    conn.execute(insert(message_log), rows)


def search(
    conn: Connection, query: FrameQuery, *, before_cursor: str | None, limit: int
) -> list[LoggedFrame]:
    """Give at most `limit` frames, newest first.

    Raises:
        InvalidError: the cursor is none.
    """
    row_id, index = (None, None) if before_cursor is None else _read_cursor(before_cursor)
    least, most = _bounds(conn, query)
    found: list[LoggedFrame] = []
    while len(found) < limit:
        up_to = most if row_id is None else min(most, row_id)
        rows = _rows(conn, query, least, up_to)
        for row in rows:
            stop = index if row.id == row_id else None
            found += _matches(conn, row, query, stop, limit - len(found))
            if len(found) == limit:
                return found
        if len(rows) < _PAGE:
            break
        row_id, index = rows[-1].id, 0
    return found


def purge(conn: Connection, older_than: datetime) -> int:
    """Forget rows that end before a moment; gives how many."""
    return conn.execute(delete(message_log).where(message_log.c.last_at < older_than)).rowcount


def purge_beyond(conn: Connection, most_bytes: int) -> int:
    """Forget the oldest rows, so that the frames of the rest have about `most_bytes`.

    At most one row more than fits stays. Forgets at most a thousand rows, so that it holds up no
    writing; gives how many. Call it again until that is none.
    """
    first_to_stay = _total_bytes(conn) - most_bytes
    if first_to_stay <= 0:
        return 0
    oldest = conn.execute(
        select(message_log.c.id, message_log.c.total_bytes)
        .order_by(message_log.c.id)
        .limit(_PURGED_AT_ONCE)
    ).all()
    beyond = [row.id for row in oldest if row.total_bytes <= first_to_stay]
    if not beyond:
        return 0
    return conn.execute(delete(message_log).where(message_log.c.id <= beyond[-1])).rowcount


def _total_bytes(conn: Connection) -> int:
    newest = select(message_log.c.total_bytes).order_by(message_log.c.id.desc()).limit(1)
    return conn.execute(newest).scalar() or 0


def _parts(frames: Sequence[Frame]) -> Iterator[Sequence[Frame]]:
    if sum([len(frame[4]) for frame in frames]) <= _LARGEST_ROW:
        yield frames
        return
    part: list[Frame] = []
    size = 0
    for frame in frames:
        if part and size + len(frame[4]) > _LARGEST_ROW:
            yield part
            part, size = [], 0
        part.append(frame)
        size += len(frame[4])
    yield part


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
        .limit(_PAGE)
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
