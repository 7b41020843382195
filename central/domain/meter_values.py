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
from sqlalchemy import Connection, Row, bindparam, select

from central.domain.errors import InvalidError
from central.domain.meter_value_places import (
    PLACED_AT_ONCE,
    Place,
    Wanted,
    newest_rows,
    place_new_rows,
    rows_in_order,
)
from central.domain.statements import insert_ignoring
from central.domain.storage.base import RowsKind
from central.models import meter_values

# What an omitted measurand means (OCPP 1.6 §7.31).
REGISTER: Final = "Energy.Active.Import.Register"
NO_TRANSACTION: Final = 0

METER_ROWS: Final = RowsKind(meter_values, place_new_rows, upkeep_every=PLACED_AT_ONCE)

# Beyond what any meter shows, and exact in every number format on the way.
MAX_REGISTER_WH: Final = 2**53

# The values that are stored of a key; built once, as each charger that comes back asks for it.
_STORED: Final = select(meter_values.c.sampled).where(
    *(
        meter_values.c[name] == bindparam(name, type_=meter_values.c[name].type)
        for name in ("timestamp", "charge_point_id", "connector_id", "transaction_id", "context")
    )
)

_PAGE: Final = 1_000
# The newest reading nearly always has a register, and a session has hundreds of them.
_FEW: Final = 8
_decode = msgspec.json.Decoder(list[dict[str, Any]]).decode


class MeterRow(NamedTuple):
    """A row as it is stored, for `storage.write_rows(METER_ROWS, rows)`.

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
        id: number of the row; of readings of the same moment the first stored has the lowest.
        sampled: sampledValue objects in the words of OCPP 1.6 §7.43.
    """

    id: int
    charge_point_id: str
    timestamp: datetime
    connector_id: int
    transaction_id: int
    context: str
    sampled: list[dict[str, Any]]

    @property
    def cursor(self) -> str:
        """Names this reading's place, to continue a list after it."""
        return f"{self.timestamp.isoformat()}|{self.id}"


@dataclass(frozen=True)
class Differing:
    """A row that was not stored, and the values that are stored of its key."""

    row: MeterRow
    stored: str


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


def is_same(stored: str, sampled: str) -> bool:
    """Say whether two sampledValue lists say the same, in whatever order their fields are."""
    return stored == sampled or bool(_decode(stored) == _decode(sampled))


def find_differing(conn: Connection, rows: Sequence[MeterRow]) -> Differing | None:
    """Give the first of these rows of whose key other values are stored, or None."""
    for row in rows:
        # A row is a named tuple, and the names are those of the columns.
        stored = conn.execute(_STORED, row._asdict()).scalar_one_or_none()
        if stored is not None and not is_same(stored, row.sampled):
            return Differing(row, stored)
    return None


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
    of_charger = Wanted(charge_point_id, connector_id, transaction_id, not_before, before)
    while len(found) < limit:
        # To the database the values are text, so a measurand is looked for here, page by page.
        rows = rows_in_order(conn, of_charger, _PAGE, after=cursor)
        readings = [_reading(row, measurand) for row in rows]
        found += [reading for reading in readings if reading.sampled or measurand is None]
        if len(rows) < _PAGE:
            break
        cursor = (readings[-1].timestamp, readings[-1].id)
    return found[:limit]


def latest(
    conn: Connection, charge_point_id: str, *, connector_id: int | None = None
) -> Reading | None:
    """Give the newest reading of a charger or of one of its connectors."""
    rows = newest_rows(conn, Wanted(charge_point_id, connector_id), 1)
    return _reading(rows[0], None) if rows else None


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
    of_session = Wanted(charge_point_id, None, transaction_id, not_before)
    before: Place | None = None
    limit = _FEW
    while True:
        rows = newest_rows(conn, of_session, limit, before=before)
        for row in rows:
            register = register_wh(_decode(row.sampled))
            if register is not None:
                return RegisterReading(row.timestamp, register)
        if len(rows) < limit:
            return None
        before = (rows[-1].timestamp, rows[-1].id)
        limit = _PAGE


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


def _reading(row: Row[Any], measurand: str | None) -> Reading:
    sampled = _decode(row.sampled)
    if measurand is not None:
        sampled = [value for value in sampled if value.get("measurand", REGISTER) == measurand]
    return Reading(
        row.id,
        row.charge_point_id,
        row.timestamp,
        row.connector_id,
        row.transaction_id,
        row.context,
        sampled,
    )


def read_cursor(text: str) -> Place:
    """Give the place that a `Reading.cursor` names.

    Raises:
        InvalidError: it is none.
    """
    try:
        timestamp, row_id = text.split("|")
        moment = datetime.fromisoformat(timestamp)
        if moment.tzinfo is None or not row_id.isdecimal() or int(row_id) >= 2**63:
            raise ValueError(text)
    except ValueError as error:
        raise InvalidError(
            "the cursor is not one of a reading", where="after", how="take it from the page before"
        ) from error
    return moment, int(row_id)
