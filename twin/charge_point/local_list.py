"""The local authorization list (OCPP 1.6 sections 3.5.2, 5.10 and 5.15)."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from twin.charge_point.calls import Respond
from twin.charge_point.context import Context
from twin.charge_point.keys import Access, Key, boolean, unsettable
from wire.errors import WireError
from wire.frames import Payload
from wire.times import parse_time

MAX_LENGTH = 1_000
"""Tags in the list."""

MAX_SENT = 250
"""Tags in one SendLocalList."""

KEYS = (
    Key("LocalAuthListEnabled", boolean, "true"),
    Key("LocalAuthListMaxLength", unsettable, str(MAX_LENGTH), Access.READ, kept=False),
    Key("SendLocalListMaxLength", unsettable, str(MAX_SENT), Access.READ, kept=False),
)

TABLES = """
CREATE TABLE listed_tag (
    folded TEXT PRIMARY KEY, status TEXT NOT NULL, expiry TEXT, parent_id_tag TEXT
) STRICT;
"""

_VERSION = "local list version"
"""Setting of the store."""


class _Unusable(Exception):  # noqa: N818 -- said to the central system as a status
    """The update cannot be: nothing of it is stored."""

    def __init__(self, status: str, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list says of a tag.

    Attributes:
        status: AuthorizationStatus; `Expired` once its time has come.
        parent_id_tag: The tag's group, where the list names one.
    """

    status: str
    parent_id_tag: str | None


class LocalList:
    """Keeps the list as the central system sends it: whole updates, or nothing of them.

    Without the profile nothing is served, and the list is empty.
    """

    def __init__(self, context: Context, *, served: bool) -> None:
        self._context = context
        self._served = served
        if served:
            context.calls.handlers["SendLocalList"] = self._send
            context.calls.handlers["GetLocalListVersion"] = self._get_version

    def find(self, id_tag: str) -> Listed | None:
        """Return what the list says of a tag; None: it is not in it, or there is no list."""
        if not self._enabled:
            return None
        row = self._context.store.database.execute(
            "SELECT status, expiry, parent_id_tag FROM listed_tag WHERE folded = ?",
            (id_tag.casefold(),),
        ).fetchone()
        if row is None:
            return None
        status, expiry, parent = row
        if expiry is not None and parse_time(expiry) <= self._context.wall.now():
            status = "Expired"
        return Listed(status, parent)

    @property
    def _enabled(self) -> bool:
        return self._served and self._context.configuration.boolean("LocalAuthListEnabled")

    def _version(self) -> int:
        return int(self._context.store.setting(_VERSION) or 0)

    def _count(self, database: sqlite3.Connection) -> int:
        (count,) = database.execute("SELECT count(*) FROM listed_tag").fetchone()
        return int(count)

    def _get_version(self, payload: Payload, respond: Respond) -> None:  # noqa: ARG002
        """Answer -1 where there is no list, 0 where it is empty (section 5.10)."""
        if not self._enabled:
            respond({"listVersion": -1})
        else:
            empty = self._count(self._context.store.database) == 0
            respond({"listVersion": 0 if empty else self._version()})

    def _send(self, payload: Payload, respond: Respond) -> None:
        if not self._enabled:
            respond({"status": "NotSupported"})
            return
        version, full = payload["listVersion"], payload["updateType"] == "Full"
        entries: list[Payload] = payload.get("localAuthorizationList", [])
        try:
            self._check(version, full, entries)
            self._update(version, full, entries)
        except (_Unusable, sqlite3.OperationalError) as error:
            # OperationalError: the memory is full, or broken; the list is as it was.
            self._context.event(0, f"local list {version} not taken: {error}")
            respond({"status": error.status if isinstance(error, _Unusable) else "Failed"})
            return
        respond({"status": "Accepted"})

    def _check(self, version: int, full: bool, entries: list[Payload]) -> None:
        if version <= 0:
            raise _Unusable("Failed", "a version is above 0")  # 0 and -1 mean no list (5.10)
        if not full and version <= self._version():
            raise _Unusable("VersionMismatch", f"version {self._version()} is here already")
        if len(entries) > MAX_SENT:
            raise _Unusable("Failed", f"{len(entries)} tags at once, {MAX_SENT} are the most")
        folded = [entry["idTag"].casefold() for entry in entries]
        if len(set(folded)) < len(folded):
            raise _Unusable("Failed", "a tag is in it twice")
        for entry in entries:
            if "idTagInfo" not in entry:
                if full:
                    raise _Unusable("Failed", f"nothing is said of tag {entry['idTag']}")
            elif "expiryDate" in entry["idTagInfo"]:
                try:
                    parse_time(entry["idTagInfo"]["expiryDate"])
                except (ValueError, WireError) as error:
                    raise _Unusable("Failed", f"expiry of {entry['idTag']}: {error}") from error

    def _update(self, version: int, full: bool, entries: list[Payload]) -> None:
        with self._context.store.commit() as database:
            if full:
                database.execute("DELETE FROM listed_tag")
            for entry in entries:
                folded, said = entry["idTag"].casefold(), entry.get("idTagInfo")
                if said is None:
                    database.execute("DELETE FROM listed_tag WHERE folded = ?", (folded,))
                else:
                    row = (folded, said["status"], said.get("expiryDate"), said.get("parentIdTag"))
                    database.execute("INSERT OR REPLACE INTO listed_tag VALUES (?, ?, ?, ?)", row)
                    # What is in the list has no business in the cache (section 3.5.3).
                    database.execute("DELETE FROM cached_tag WHERE folded = ?", (folded,))
            if self._count(database) > MAX_LENGTH:
                raise _Unusable("Failed", f"more than {MAX_LENGTH} tags")
            self._context.store.write_setting(database, _VERSION, str(version))
