"""Chargers: which may connect, what they said about themselves, their connectors."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, bindparam, case, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from central.domain import gone_sessions
from central.domain.errors import ConflictError, InvalidError, NotFoundError
from central.domain.statements import insert_ignoring, insert_or_update
from central.models import chargers, connectors
from central.models.base import CHARGE_POINT_ID_LENGTH, UtcDateTime

# More than any charger on the market; a higher number is a mistake or an attack.
MAX_CONNECTOR_ID = 255


@dataclass(frozen=True)
class Charger:
    """A charger as it is known; texts are absent until it has said them.

    Attributes:
        id: number for lists; the charger is named by `charge_point_id`.
        key_hash: what its key is checked against; absent when it has none.
        pending_key_hash: the same of a key that it may have taken; see `key_change`.
        registration: Accepted, Pending or Rejected; absent before the first boot.
        online_since: when its present connection began; absent while it is offline.
        online_before_us: time online before that, microseconds.
    """

    id: int
    charge_point_id: str
    key_hash: str | None
    pending_key_hash: str | None
    vendor: str | None
    model: str | None
    serial_number: str | None
    firmware_version: str | None
    meter_type: str | None
    meter_serial_number: str | None
    registration: str | None
    booted_at: datetime | None
    firmware_status: str | None
    diagnostics_status: str | None
    connector_count: int
    last_seen_at: datetime | None
    online_since: datetime | None
    online_before_us: int
    created_at: datetime


@dataclass(frozen=True)
class Connector:
    """The last status of a connector; number 0 is the charger itself (OCPP 1.6 §4.9).

    Attributes:
        since: when the charger says that the status began.
        received_at: when the news arrived.
    """

    charge_point_id: str
    connector_id: int
    status: str
    error_code: str
    info: str | None
    vendor_id: str | None
    vendor_error_code: str | None
    since: datetime
    received_at: datetime


@dataclass(frozen=True)
class BootInfo:
    """What a charger says of itself in BootNotification (OCPP 1.6 §6.1)."""

    vendor: str
    model: str
    serial_number: str | None = None
    firmware_version: str | None = None
    meter_type: str | None = None
    meter_serial_number: str | None = None


@dataclass(frozen=True)
class StatusReport:
    """A StatusNotification (OCPP 1.6 §6.47).

    Attributes:
        timestamp: when the status began; absent if the charger did not say.
    """

    charge_point_id: str
    connector_id: int
    status: str
    error_code: str
    timestamp: datetime | None = None
    info: str | None = None
    vendor_id: str | None = None
    vendor_error_code: str | None = None


def check_charge_point_id(charge_point_id: str) -> None:
    """Refuse an identity that could not be told from another one.

    Raises:
        InvalidError: empty, longer than 64 characters, or with control characters or spaces at
            its ends.
    """
    if (
        not charge_point_id
        or len(charge_point_id) > CHARGE_POINT_ID_LENGTH
        or charge_point_id != charge_point_id.strip()
        or not charge_point_id.isprintable()
    ):
        raise InvalidError(
            f"{charge_point_id[:80]!r} cannot be the identity of a charger",
            where="charge_point_id",
            how=f"1 to {CHARGE_POINT_ID_LENGTH} printable characters, no space at either end",
        )


def add_charger(
    conn: Connection, charge_point_id: str, now: datetime, *, key_hash: str | None
) -> Charger:
    """Admit a charger.

    `key_hash`: from `charger_keys.generate_key` or `ChargerKeys.hash_chosen`; None lets it in
        without a key where security profile 0 is allowed.

    Raises:
        InvalidError: the identity cannot be used.
        ConflictError: there is one of that name.
    """
    check_charge_point_id(charge_point_id)
    try:
        with conn.begin_nested():
            conn.execute(
                insert(chargers).values(
                    charge_point_id=charge_point_id, key_hash=key_hash, created_at=now
                )
            )
    except IntegrityError as error:
        raise ConflictError(
            f"charger {charge_point_id} exists already", where="charge_point_id"
        ) from error
    return get_charger(conn, charge_point_id)


def ensure_charger(conn: Connection, charge_point_id: str, now: datetime) -> Charger:
    """Find a charger or admit it without a key; for settings that accept unknown chargers.

    Raises:
        InvalidError: the identity cannot be used.
    """
    check_charge_point_id(charge_point_id)
    found = find_charger(conn, charge_point_id)
    if found is not None:
        return found
    conn.execute(
        insert_ignoring(conn.dialect.name, chargers).values(
            charge_point_id=charge_point_id, key_hash=None, created_at=now
        )
    )
    return get_charger(conn, charge_point_id)


def set_key(conn: Connection, charge_point_id: str, key_hash: str | None) -> None:
    """Give a charger another key; the old one is refused from now on.

    A key that is pending is so no longer if it is this one.

    Raises:
        NotFoundError: there is no such charger.
    """
    changed = conn.execute(
        update(chargers)
        .where(chargers.c.charge_point_id == charge_point_id)
        .values(
            key_hash=key_hash,
            pending_key_hash=case(
                (chargers.c.pending_key_hash == key_hash, None),
                else_=chargers.c.pending_key_hash,
            ),
        )
    )
    _must_exist(changed.rowcount, charge_point_id)


def find_charger(conn: Connection, charge_point_id: str) -> Charger | None:
    """Give a charger, or None; identities are told apart by case."""
    if len(charge_point_id) > CHARGE_POINT_ID_LENGTH or "\x00" in charge_point_id:
        return None
    row = conn.execute(
        select(chargers).where(chargers.c.charge_point_id == charge_point_id)
    ).one_or_none()
    # MariaDB ignores spaces at the end when it compares.
    return _charger(row) if row is not None and row.charge_point_id == charge_point_id else None


def get_charger(conn: Connection, charge_point_id: str) -> Charger:
    """Give a charger.

    Raises:
        NotFoundError: there is no such charger.
    """
    found = find_charger(conn, charge_point_id)
    _must_exist(int(found is not None), charge_point_id)
    assert found is not None
    return found


def list_chargers(conn: Connection, *, limit: int = 1_000, offset: int = 0) -> list[Charger]:
    """Give the chargers in the order in which they were admitted."""
    query = select(chargers).order_by(chargers.c.id).limit(limit).offset(offset)
    return [_charger(row) for row in conn.execute(query)]


def delete_charger(conn: Connection, charge_point_id: str) -> None:
    """Admit a charger no longer; its sessions and meter values stay.

    Raises:
        NotFoundError: there is no such charger.
    """
    conn.execute(delete(connectors).where(connectors.c.charge_point_id == charge_point_id))
    gone = conn.execute(delete(chargers).where(chargers.c.charge_point_id == charge_point_id))
    _must_exist(gone.rowcount, charge_point_id)


def list_connectors(conn: Connection, charge_point_id: str | None = None) -> list[Connector]:
    """Give the last status of each connector, of one charger or of all."""
    query = select(connectors).order_by(connectors.c.charge_point_id, connectors.c.connector_id)
    if charge_point_id is not None:
        query = query.where(connectors.c.charge_point_id == charge_point_id)
    return [Connector(**row) for row in conn.execute(query).mappings()]


def record_boot(
    conn: Connection,
    charge_point_id: str,
    info: BootInfo,
    now: datetime,
    *,
    registration: str = "Accepted",
) -> None:
    """Keep what a charger said at boot, and the answer it gets.

    A boot is evidence that its sessions ended: they become `stop_expected`.

    Raises:
        NotFoundError: there is no such charger.
    """
    changed = conn.execute(
        update(chargers)
        .where(chargers.c.charge_point_id == charge_point_id)
        .values(
            vendor=_short(info.vendor),
            model=_short(info.model),
            serial_number=_short(info.serial_number),
            firmware_version=_short(info.firmware_version),
            meter_type=_short(info.meter_type),
            meter_serial_number=_short(info.meter_serial_number),
            registration=registration,
            booted_at=now,
            last_seen_at=now,
        )
    )
    _must_exist(changed.rowcount, charge_point_id)
    gone_sessions.expect_stop(conn, charge_point_id, gone_sessions.Evidence.BOOT, now)


def record_status(conn: Connection, report: StatusReport, now: datetime) -> None:
    """Keep the status of a connector.

    Available on a connector is evidence that its session ended: it becomes `stop_expected`, for
    statuses overtake queued transaction messages (OCPP 1.6 §4.8).

    Raises:
        InvalidError: the connector number is outside 0…255.
    """
    check_connector_id(report.connector_id)
    insert_or_update(
        conn,
        connectors,
        [
            {
                "charge_point_id": report.charge_point_id,
                "connector_id": report.connector_id,
                "status": report.status[:32],
                "error_code": report.error_code[:32],
                "info": _short(report.info),
                "vendor_id": _short(report.vendor_id),
                "vendor_error_code": _short(report.vendor_error_code),
                "since": report.timestamp or now,
                "received_at": now,
            }
        ],
        update=[
            "status",
            "error_code",
            "info",
            "vendor_id",
            "vendor_error_code",
            "since",
            "received_at",
        ],
    )
    count = chargers.c.connector_count
    conn.execute(
        update(chargers)
        .where(chargers.c.charge_point_id == report.charge_point_id)
        .where(count < report.connector_id)
        .values(connector_count=report.connector_id)
    )
    if report.connector_id > 0 and report.status == "Available":
        gone_sessions.expect_stop(
            conn,
            report.charge_point_id,
            gone_sessions.Evidence.AVAILABLE,
            now,
            connector_id=report.connector_id,
        )


def check_connector_id(connector_id: int) -> None:
    """Refuse a connector number that no charger has.

    Raises:
        InvalidError: it is outside 0…255.
    """
    if not 0 <= connector_id <= MAX_CONNECTOR_ID:
        raise InvalidError(
            f"there is no connector {connector_id}",
            where="connectorId",
            how=f"0 to {MAX_CONNECTOR_ID}",
        )


def record_firmware_status(conn: Connection, charge_point_id: str, status: str) -> None:
    """Keep a FirmwareStatusNotification (OCPP 1.6 §6.19)."""
    conn.execute(
        update(chargers)
        .where(chargers.c.charge_point_id == charge_point_id)
        .values(firmware_status=status[:32])
    )


def record_diagnostics_status(conn: Connection, charge_point_id: str, status: str) -> None:
    """Keep a DiagnosticsStatusNotification (OCPP 1.6 §6.17)."""
    conn.execute(
        update(chargers)
        .where(chargers.c.charge_point_id == charge_point_id)
        .values(diagnostics_status=status[:32])
    )


def record_connected(conn: Connection, charge_point_id: str, now: datetime) -> None:
    """Note that a charger is online from now; a new socket in place of an old one changes nothing.

    The grace of sessions that seem gone runs only while their charger is online.
    """
    conn.execute(
        update(chargers)
        .where(chargers.c.charge_point_id == charge_point_id)
        .values(
            online_since=case(
                (chargers.c.online_since.is_(None), now), else_=chargers.c.online_since
            ),
            last_seen_at=now,
        )
    )


def record_disconnected(conn: Connection, charge_point_id: str, now: datetime) -> None:
    """Note that a charger is offline from now."""
    charger = find_charger(conn, charge_point_id)
    if charger is not None:
        _go_offline(conn, charger, now)


def record_restart(conn: Connection) -> int:
    """Note at start that every charger is offline; gives how many a crash had left online.

    Their time online ends with the last message that was noted, as nothing else is known.
    """
    left = [
        _charger(row)
        for row in conn.execute(select(chargers).where(chargers.c.online_since.is_not(None)))
    ]
    for charger in left:
        assert charger.online_since is not None
        _go_offline(conn, charger, charger.last_seen_at or charger.online_since)
    return len(left)


def record_seen(conn: Connection, seen: Mapping[str, datetime]) -> None:
    """Note when chargers were last heard of; never moves backwards."""
    conn.execute(
        update(chargers)
        .where(chargers.c.charge_point_id == bindparam("of_charger"))
        .where(
            chargers.c.last_seen_at.is_(None)
            | (chargers.c.last_seen_at < bindparam("seen_at", type_=UtcDateTime))
        )
        .values(last_seen_at=bindparam("seen_at", type_=UtcDateTime)),
        # In one order, so that two processes never wait for each other's rows.
        [{"of_charger": name, "seen_at": seen[name]} for name in sorted(seen)],
    )


def latest_seen(conn: Connection) -> datetime | None:
    """Return when any charger was last heard of; None where none ever was."""
    latest: datetime | None = conn.execute(select(func.max(chargers.c.last_seen_at))).scalar()
    return latest


def _go_offline(conn: Connection, charger: Charger, now: datetime) -> None:
    if charger.online_since is None:
        return
    online = max(timedelta(0), now - charger.online_since) // timedelta(microseconds=1)
    conn.execute(
        update(chargers)
        .where(chargers.c.id == charger.id)
        .values(online_since=None, online_before_us=charger.online_before_us + online)
    )


def _must_exist(count: int, charge_point_id: str) -> None:
    if not count:
        raise NotFoundError(
            f"there is no charger {charge_point_id[:CHARGE_POINT_ID_LENGTH]}",
            where="charge_point_id",
            how="admit it with: evseloop central add-charger ID",
        )


def _charger(row: Row[tuple[object, ...]]) -> Charger:
    return Charger(**row._mapping)


def _short(text: str | None) -> str | None:
    """Cut descriptive text to its column; PostgreSQL cannot hold NUL."""
    return None if text is None else text[:255].replace("\x00", "\ufffd")
