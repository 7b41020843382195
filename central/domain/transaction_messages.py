"""StartTransaction and StopTransaction as the domain takes them, and which clocks it believes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from central.domain.errors import InvalidError
from central.domain.id_tags import TagInfo
from central.domain.meter_values import MeterRow

# transactionId of a session whose StartTransaction was never answered (OCPP 1.6 errata 3.18).
UNNUMBERED: Final = -1

# Stands in a replay key for a timestamp that identifies nothing; no trusted one is so early.
UNKNOWN_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_TRUSTED: Final = datetime(2020, 1, 1, tzinfo=UTC)
_FURTHEST_AHEAD: Final = timedelta(hours=24)

_TAG_COLUMN: Final = 255
_LARGEST: Final = 2**53


@dataclass(frozen=True)
class StartTransaction:
    """A StartTransaction of a charger (OCPP 1.6 §6.45).

    Attributes:
        timestamp: as sent, UTC.
        meter_start_wh: register, Wh.
    """

    charge_point_id: str
    connector_id: int
    id_tag: str
    timestamp: datetime
    meter_start_wh: int
    reservation_id: int | None = None


@dataclass(frozen=True)
class Started:
    """The answer to a start, the same each time that it comes.

    Attributes:
        transaction_id: 1 … 2³¹-1.
        tag_info: the tag as it stands now.
        is_replay: it had come before.
    """

    transaction_id: int
    tag_info: TagInfo
    is_replay: bool


@dataclass(frozen=True)
class StopTransaction:
    """A StopTransaction of a charger (OCPP 1.6 §6.49).

    Attributes:
        transaction_id: as sent; -1 if its StartTransaction was never answered (errata 3.18).
        timestamp: as sent, UTC.
        meter_stop_wh: register, Wh.
        transaction_data: its meter values; their `transaction_id` is ignored.
    """

    charge_point_id: str
    transaction_id: int
    timestamp: datetime
    meter_stop_wh: int
    id_tag: str | None = None
    reason: str = "Local"
    transaction_data: Sequence[MeterRow] = ()


def is_clock_right(timestamp: datetime, now: datetime) -> bool:
    """Say whether a timestamp can be believed: from 2020 on, and at most 24 h ahead."""
    return _FIRST_TRUSTED <= timestamp <= now + _FURTHEST_AHEAD


def check_number(value: int, where: str) -> None:
    """Refuse a number that no charger can mean and no database can hold.

    Raises:
        InvalidError: it is beyond ±2⁵³.
    """
    if abs(value) > _LARGEST:
        raise InvalidError(
            f"{str(value)[:40]} is absurd", where=where, how="at most 2⁵³ either way"
        )


def stored_tag(id_tag: str) -> str:
    """Give a tag as sent, cut to its column; PostgreSQL cannot hold NUL."""
    return id_tag[:_TAG_COLUMN].replace("\x00", "\ufffd")
