"""How the message log is kept: a row for each charger and write, with its frames as one text."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, insert, inspect, select, text

from central.domain.logged_frames_row import write_row
from central.models import log_metadata, message_log

# charger, time, direction, action, frame
Frame = tuple[str, datetime, str, str, str]

# Characters of frames in one row: bounds what a search has to read and a statement to carry.
_LARGEST_ROW: Final = 256 * 1_024
_PURGED_AT_ONCE: Final = 1_000


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
