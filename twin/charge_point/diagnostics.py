"""The diagnostics of a charge point: a ZIP archive of readable files, without secrets."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from enum import Enum
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from twin.charge_point.boot import TypePlate
from twin.charge_point.connector import Connector
from twin.charge_point.context import Context
from twin.charge_point.event_log import EventLog
from twin.charge_point.store import Store

Lines = list[tuple[str, str]]


class Diagnostics:
    """Collects what somebody who looks for a fault wants to see.

    Args:
        context: Of the running charge point.
        log: What has happened.
        type_plate: What it says of itself at boot.
    """

    def __init__(self, context: Context, log: EventLog, type_plate: TypePlate) -> None:
        self._context = context
        self._log = log
        self._type_plate = type_plate

    def archive(self, since: str | None, until: str | None) -> bytes:
        """Return the archive, the log in it limited to a span of time.

        Args:
            since: As messages carry it; None: from the first line.
            until: None: to the last.
        """
        context, now = self._context, self._context.wall.now()
        about = {
            "identity": context.identity,
            "time": context.stamp(),
            "twin_time_us": context.driver.clock.now_us,
            "registration": context.calls.registration.value,
            **self._type_plate.payload(),
        }
        files = {
            "about.json": _json(about),
            "configuration.json": _json(context.configuration.readable()),
            "store.json": _json(_counts(context.store)),
            "connectors.json": _json([_connector(each) for each in context.connectors]),
            "events.log": as_text(within(self._log.lines(), since, until)),
        }
        return _zip(files, now)

    def security_log(self, since: str | None, until: str | None) -> bytes:
        """Return the security log as text, limited to a span of time."""
        return as_text(within(self._context.security_log(), since, until)).encode()


def within(lines: Lines, since: str | None, until: str | None) -> Lines:
    """Return the lines of a span of time, both ends included."""
    return [
        (at, said)
        for at, said in lines
        if (since is None or at >= since) and (until is None or at <= until)
    ]


def as_text(lines: Lines) -> str:
    """Return lines as a file."""
    return "".join(f"{at} {said}\n" for at, said in lines)


def _connector(connector: Connector) -> dict[str, object]:
    record = connector.record
    return {
        "connector": connector.number,
        "kind": connector.evse.config.kind,
        "operative": connector.operative,
        "updating": connector.updating,
        "reserved": connector.reserved,
        "transaction": None if record is None else record.transaction_id,
        "controller": asdict(connector.report),
    }


def _counts(store: Store) -> dict[str, int]:
    """Return how many rows each table has; what is in them may be secret."""
    tables = store.database.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
    ).fetchall()
    return {
        name: store.database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
        for (name,) in tables
    }


def _json(value: object) -> str:
    def plain(other: object) -> object:
        if isinstance(other, Enum):
            return other.name
        if isinstance(other, frozenset):
            return sorted(each.value for each in other)
        raise TypeError(f"{type(other).__name__} has no form in diagnostics")

    return json.dumps(value, indent=2, default=plain) + "\n"


def _zip(files: dict[str, str], now: datetime) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, text in files.items():
            entry = ZipInfo(name, now.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, text)
    return packed.getvalue()
