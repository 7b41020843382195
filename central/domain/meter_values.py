"""What meters said: one row for each charger, connector, transaction, moment and context.

The sampled values of a row are kept as the JSON list that the charger sent (OCPP 1.6 §7.43),
since nothing but a reader looks into them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, Select, select, tuple_

from central.domain.statements import insert_ignoring
from central.domain.storage.base import RowsKind
from central.models import meter_values

# What an omitted measurand means (OCPP 1.6 §7.31).
REGISTER: Final = "Energy.Active.Import.Register"
NO_TRANSACTION: Final = 0

METER_ROWS: Final = RowsKind(meter_values)

_BATCH = 1_000
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
    """Give readings of a charger in the order of time.

    `measurand`: keep only its values, and only readings that have any.
    `not_before`, `before`: the half-open interval of time.
    `after_cursor`: `Reading.cursor` of the last reading of the page before.
    `limit`: at most so many.

    Raises:
        InvalidError: the cursor is none.
    """
    raise NotImplementedError


def latest(
    conn: Connection, charge_point_id: str, *, connector_id: int | None = None
) -> Reading | None:
    """Give the newest reading of a charger or of one of its connectors."""
    raise NotImplementedError


def last_register(
    conn: Connection, charge_point_id: str, transaction_id: int
) -> RegisterReading | None:
    """Give the newest register reading of a transaction, or None."""
    raise NotImplementedError


def register_wh(sampled: Sequence[dict[str, Any]]) -> int | None:
    """Find the energy register among sampled values, in Wh; None if it is not there."""
    raise NotImplementedError
