"""The local authorization list that each charger holds (OCPP 1.6 §3.5.2, §5.10, §5.15).

Kept as the charger took it, so that the next differential update is what has changed since.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, delete, select

from central.domain.id_tags import authorize, fold, get_id_tag, list_id_tags
from central.domain.statements import insert_or_update
from central.models import local_lists
from wire.times import format_time

NOT_SUPPORTED: Final = -1
MOST_TAGS: Final = 10_000

Entry = dict[str, Any]
"""An entry as OCPP 1.6 §7.3 has it: `idTag`, and `idTagInfo` unless it is to be removed."""


@dataclass(frozen=True)
class LocalList:
    """The list of a charger.

    Attributes:
        version: 0 is an empty list, -1 that the charger has none.
        entries: in the order of their tags; None where the charger has a version that this
            central system did not send.
    """

    version: int
    entries: list[Entry] | None
    changed_at: datetime


def find_local_list(conn: Connection, charge_point_id: str) -> LocalList | None:
    """Give what is known of a charger's list, None before it was first asked or sent."""
    row = conn.execute(
        select(local_lists).where(local_lists.c.charge_point_id == charge_point_id)
    ).one_or_none()
    if row is None:
        return None
    entries = None if row.entries is None else msgspec.json.decode(row.entries)
    return LocalList(row.version, entries, row.changed_at)


def entries_of_tags(
    conn: Connection, now: datetime, chosen: list[str] | None = None
) -> list[Entry]:
    """Make the entries of all stored id tags, or of the chosen ones, as they stand now.

    Raises:
        NotFoundError: a chosen tag is not stored.
    """
    if chosen is None:
        tags = [tag.id_tag for tag in list_id_tags(conn, limit=MOST_TAGS)]
    else:
        tags = [get_id_tag(conn, name).id_tag for name in chosen]
    entries = {}
    for tag in tags:
        info = authorize(conn, tag, now)
        described = {"status": info.status}
        if info.expiry is not None:
            described["expiryDate"] = format_time(info.expiry)
        if info.parent is not None:
            described["parentIdTag"] = info.parent
        entries[fold(tag)] = {"idTag": tag, "idTagInfo": described}
    return _in_order(entries)


def differences(present: list[Entry], wanted: list[Entry]) -> list[Entry]:
    """Give what a differential update has to say to make one list into the other.

    An entry without `idTagInfo` takes its tag off the list (§7.3).
    """
    before, after = _by_tag(present), _by_tag(wanted)
    changed = {key: entry for key, entry in after.items() if before.get(key) != entry}
    removed = {key: {"idTag": before[key]["idTag"]} for key in before.keys() - after.keys()}
    return _in_order(changed | removed)


def in_parts(entries: list[Entry], most: int | None) -> list[list[Entry]]:
    """Split an update into parts of at most `most` entries; None: there is no such limit.

    Those that take a tag off the list come first, so that it is never longer than before and after.
    There is always one part, as a full update may be empty.
    """
    ordered = sorted(entries, key=lambda entry: "idTagInfo" in entry)
    size = most or max(1, len(ordered))
    return [ordered[start : start + size] for start in range(0, max(1, len(ordered)), size)]


def note_version(conn: Connection, charge_point_id: str, version: int, now: datetime) -> None:
    """Note what a charger answered to GetLocalListVersion."""
    known = find_local_list(conn, charge_point_id)
    if known is None or known.version != version:
        _store(conn, charge_point_id, version, [] if version <= 0 else None, now)


def note_sent(
    conn: Connection, charge_point_id: str, payload: dict[str, Any], now: datetime
) -> None:
    """Note a SendLocalList that the charger has accepted."""
    sent = payload.get("localAuthorizationList", [])
    if payload["updateType"] == "Full":
        entries: list[Entry] | None = _in_order(_by_tag(sent))
    else:
        known = find_local_list(conn, charge_point_id)
        entries = None if known is None else known.entries
        if entries is not None:
            together = _by_tag(entries) | _by_tag(sent)
            entries = _in_order(
                {key: entry for key, entry in together.items() if "idTagInfo" in entry}
            )
    _store(conn, charge_point_id, payload["listVersion"], entries, now)


def forget_local_list(conn: Connection, charge_point_id: str) -> None:
    """Forget the list of a charger that is no longer one of ours."""
    conn.execute(delete(local_lists).where(local_lists.c.charge_point_id == charge_point_id))


def _store(
    conn: Connection,
    charge_point_id: str,
    version: int,
    entries: list[Entry] | None,
    now: datetime,
) -> None:
    insert_or_update(
        conn,
        local_lists,
        [
            {
                "charge_point_id": charge_point_id,
                "version": version,
                "entries": None if entries is None else msgspec.json.encode(entries).decode(),
                "changed_at": now,
            }
        ],
        update=["version", "entries", "changed_at"],
    )


def _by_tag(entries: list[Entry]) -> dict[str, Entry]:
    return {fold(entry["idTag"]): entry for entry in entries}


def _in_order(entries: dict[str, Entry]) -> list[Entry]:
    return [entries[key] for key in sorted(entries)]
