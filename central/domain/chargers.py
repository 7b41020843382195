"""Chargers: which may connect, and with which key."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError

from central.domain.errors import ConflictError, InvalidError, NotFoundError
from central.models import chargers, connectors, pending_keys
from central.models.base import CHARGE_POINT_ID_LENGTH

# Built once: it is asked for at each log-in.
_FIND = select(chargers).where(chargers.c.charge_point_id == bindparam("of_charger"))


@dataclass(frozen=True)
class Charger:
    """A charger as it is known; texts are absent until it has said them.

    Attributes:
        id: number for lists; the charger is named by `charge_point_id`.
        key_hash: what its key is checked against; absent when it has none.
        registration: Accepted, Pending or Rejected; absent before the first boot.
        online_since: when its present connection began; absent while it is offline.
        online_before_us: time online before that, microseconds.
        min_security_profile: the lowest that it may use, whatever the settings allow others.
        ordered_security_profile: what it was told to change to and has not yet come with.
    """

    id: int
    charge_point_id: str
    key_hash: str | None
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
    log_status: str | None = None
    log_request_id: int | None = None
    firmware_request_id: int | None = None
    min_security_profile: int = 0
    ordered_security_profile: int | None = None


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


def find_charger(conn: Connection, charge_point_id: str) -> Charger | None:
    """Give a charger, or None; identities are told apart by case."""
    if len(charge_point_id) > CHARGE_POINT_ID_LENGTH or "\x00" in charge_point_id:
        return None
    row = conn.execute(_FIND, {"of_charger": charge_point_id}).one_or_none()
    # MariaDB ignores spaces at the end when it compares.
    return to_charger(row) if row is not None and row.charge_point_id == charge_point_id else None


def get_charger(conn: Connection, charge_point_id: str) -> Charger:
    """Give a charger.

    Raises:
        NotFoundError: there is no such charger.
    """
    found = find_charger(conn, charge_point_id)
    must_exist(int(found is not None), charge_point_id)
    assert found is not None
    return found


def list_chargers(conn: Connection, *, limit: int = 1_000, offset: int = 0) -> list[Charger]:
    """Give the chargers in the order in which they were admitted."""
    query = select(chargers).order_by(chargers.c.id).limit(limit).offset(offset)
    return [to_charger(row) for row in conn.execute(query)]


def delete_charger(conn: Connection, charge_point_id: str) -> None:
    """Admit a charger no longer; its sessions and meter values stay.

    Raises:
        NotFoundError: there is no such charger.
    """
    for table in (connectors, pending_keys):
        conn.execute(delete(table).where(table.c.charge_point_id == charge_point_id))
    gone = conn.execute(delete(chargers).where(chargers.c.charge_point_id == charge_point_id))
    must_exist(gone.rowcount, charge_point_id)


def must_exist(count: int, charge_point_id: str) -> None:
    """Refuse a change that has found no charger.

    Raises:
        NotFoundError: `count`, the rows that were changed, is 0.
    """
    if not count:
        raise NotFoundError(
            f"there is no charger {charge_point_id[:CHARGE_POINT_ID_LENGTH]}",
            where="charge_point_id",
            how="admit it with: evseloop central add-charger ID",
        )


def to_charger(row: Row[tuple[object, ...]]) -> Charger:
    """Turn a whole row of `chargers` into a charger."""
    return Charger(**row._mapping)
