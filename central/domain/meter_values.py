"""What meters said: one row for each charger, connector, transaction, moment and context.

The sampled values of a row are kept as the JSON list that the charger sent (OCPP 1.6 §7.43),
since nothing but a reader looks into them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, Select, select, tuple_

from central.domain.errors import InvalidError
from central.domain.statements import insert_ignoring
from central.domain.storage.base import RowsKind
from central.models import meter_values

# What an omitted measurand means (OCPP 1.6 §7.31).
REGISTER: Final = "Energy.Active.Import.Register"
NO_TRANSACTION: Final = 0

METER_ROWS: Final = RowsKind(meter_values)

# Beyond what any meter shows, and exact in every number format on the way.
MAX_REGISTER_WH: Final = 2**53

_PAGE: Final = 1_000
_ORDER: Final = (
    meter_values.c.timestamp,
    meter_values.c.connector_id,
    meter_values.c.transaction_id,
    meter_values.c.context,
)
_NEWEST_FIRST: Final = tuple(column.desc() for column in _ORDER)
_decode = msgspec.json.Decoder(list[dict[str, Any]]).decode


class MeterRow(NamedTuple):
    """A row in the order of the table's columns, for `storage.write_rows(METER_ROWS, rows)`.

    Attributes:
        timestamp: when the values were taken, with time zone UTC.
        connector_id: 0 is the charger's main meter.
        transaction_id: as sent; 0 outside a transaction. Never -1, see `unnumbered`.
        context: Sample.Periodic, Transaction.Begin, … (OCPP 1.6 §7.34)
        sampled: the sampledValue list of this context as compact JSON.
    """

    charge_point_id: str
    timestamp: datetime
    connector_id: int
    transaction_id: int
    context: str
    sampled: str


@dataclass(frozen=True)
class Reading:
    """Values that were taken together.

    Attributes:
        sampled: sampledValue objects in the words of OCPP 1.6 §7.43.
    """

    charge_point_id: str
    timestamp: datetime
    connector_id: int
    transaction_id: int
    context: str
    sampled: list[dict[str, Any]]

    @property
    def cursor(self) -> str:
        """Names this reading's place, to continue a list after it."""
        return (
            f"{self.timestamp.isoformat()}|{self.connector_id}|{self.transaction_id}|{self.context}"
        )


@dataclass(frozen=True)
class RegisterReading:
    """The register of imported active energy at a moment."""

    timestamp: datetime
    register_wh: int


def add_rows(conn: Connection, rows: Sequence[MeterRow]) -> None:
    """Insert rows as part of another unit, such as those that come with a StopTransaction."""
    if rows:
        conn.execute(
            insert_ignoring(conn.dialect.name, meter_values), [row._asdict() for row in rows]
        )


def list_readings(
    conn: Connection,
    charge_point_id: str,
    *,
    connector_id: int | None = None,
    transaction_id: int | None = None,
    measurand: str | None = None,
    not_before: datetime | None = None,
    before: datetime | None = None,
    after_cursor: str | None = None,
    limit: int = 1_000,
) -> list[Reading]:
    """Give at most `limit` readings of a charger in the order of time.

    `measurand` keeps only its values, and only readings that have any. `not_before` and `before`
    are a half-open interval of time. `after_cursor` is `Reading.cursor` of the last reading of
    the page before.

    Raises:
        InvalidError: the cursor is none.
    """
    found: list[Reading] = []
    cursor = None if after_cursor is None else read_cursor(after_cursor)
    while len(found) < limit:
        query = _of_charger(charge_point_id, connector_id, transaction_id)
        if not_before is not None:
            query = query.where(meter_values.c.timestamp >= not_before)
        if before is not None:
            query = query.where(meter_values.c.timestamp < before)
        if cursor is not None:
            # The first condition is what MariaDB finds in its index, the second what is meant.
            query = query.where(
                meter_values.c.timestamp >= cursor[0],
                tuple_(*_ORDER) > tuple_(*cursor, types=[column.type for column in _ORDER]),
            )
        # To the database the values are text, so a measurand is looked for here, page by page.
        rows = conn.execute(query.order_by(*_ORDER).limit(_PAGE)).all()
        readings = [_reading(row, measurand) for row in rows]
        found += [reading for reading in readings if reading.sampled or measurand is None]
        if len(rows) < _PAGE:
            break
        last = readings[-1]
        cursor = (last.timestamp, last.connector_id, last.transaction_id, last.context)
    return found[:limit]


def latest(
    conn: Connection, charge_point_id: str, *, connector_id: int | None = None
) -> Reading | None:
    """Give the newest reading of a charger or of one of its connectors."""
    query = _of_charger(charge_point_id, connector_id, None)
    row = conn.execute(query.order_by(*_NEWEST_FIRST).limit(1)).one_or_none()
    return None if row is None else _reading(row, None)


def last_register(
    conn: Connection,
    charge_point_id: str,
    transaction_id: int,
    *,
    not_before: datetime | None = None,
) -> RegisterReading | None:
    """Give the newest register reading of a transaction, or None.

    `not_before`, such as the start of the session, spares the search through what is older.
    """
    query = _of_charger(charge_point_id, None, transaction_id)
    if not_before is not None:
        query = query.where(meter_values.c.timestamp >= not_before)
    offset = 0
    while True:
        rows = conn.execute(query.order_by(*_NEWEST_FIRST).limit(_PAGE).offset(offset)).all()
        for row in rows:
            register = register_wh(_decode(row.sampled))
            if register is not None:
                return RegisterReading(row.timestamp, register)
        if len(rows) < _PAGE:
            return None
        offset += _PAGE


def register_wh(sampled: Sequence[dict[str, Any]]) -> int | None:
    """Find the energy register among sampled values, in Wh; None if it is not there.

    A value for the outlet goes before one measured elsewhere; a value of one phase or a signed
    block is none.
    """
    candidates = [
        value
        for value in sampled
        if value.get("measurand", REGISTER) == REGISTER
        and "phase" not in value
        and value.get("format", "Raw") == "Raw"
    ]
    candidates.sort(key=lambda value: value.get("location", "Outlet") != "Outlet")
    for value in candidates:
        try:
            number = Decimal(str(value.get("value")))
        except InvalidOperation:
            continue
        if number.is_finite() and number.copy_abs() < MAX_REGISTER_WH:
            return round(number * 1_000 if value.get("unit", "Wh") == "kWh" else number)
    return None


def _of_charger(
    charge_point_id: str, connector_id: int | None, transaction_id: int | None
) -> Select[Any]:
    query = select(meter_values).where(meter_values.c.charge_point_id == charge_point_id)
    if connector_id is not None:
        query = query.where(meter_values.c.connector_id == connector_id)
    if transaction_id is not None:
        query = query.where(meter_values.c.transaction_id == transaction_id)
    return query


def _reading(row: Row[Any], measurand: str | None) -> Reading:
    sampled = _decode(row.sampled)
    if measurand is not None:
        sampled = [value for value in sampled if value.get("measurand", REGISTER) == measurand]
    return Reading(
        row.charge_point_id,
        row.timestamp,
        row.connector_id,
        row.transaction_id,
        row.context,
        sampled,
    )


def read_cursor(text: str) -> tuple[datetime, int, int, str]:
    """Give the place that a `Reading.cursor` names: time, connector, transaction, context.

    Raises:
        InvalidError: it is none.
    """
    try:
        timestamp, connector_id, transaction_id, context = text.split("|")
        moment = datetime.fromisoformat(timestamp)
        if moment.tzinfo is None:
            raise ValueError("no time zone")
        return moment, int(connector_id), int(transaction_id), context
    except ValueError as error:
        raise InvalidError(
            "the cursor is not one of a reading", where="after", how="take it from the page before"
        ) from error
