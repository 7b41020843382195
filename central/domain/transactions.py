"""StartTransaction and StopTransaction: each may come twice, and counts once.

What identifies a start is its charger, connector, tag, timestamp and meter reading, enforced by a
unique constraint; a stop is identified by its transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from central.domain.id_tags import TagInfo
from central.domain.meter_values import MeterRow


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


def start(
    conn: Connection, message: StartTransaction, now: datetime, *, accept_unknown_tags: bool = False
) -> Started:
    """Store a start and say what its transactionId is and whether the tag may charge.

    The session is stored whatever the tag's status, for energy may flow all the same
    (OCPP 1.6 §4.8). Sessions still open on that connector become `stop_expected`.

    Raises:
        InvalidError: a number is absurd: connector outside 0…255, register beyond ±2⁵³.
    """
    raise NotImplementedError


def stop(
    conn: Connection, message: StopTransaction, now: datetime, *, accept_unknown_tags: bool = False
) -> TagInfo | None:
    """Store a stop and say what the tag in it is worth; None if it names no tag.

    A second stop is answered like the first, and what differs goes to the violations. A stop of
    a session that does not exist or is another charger's is kept in `orphan_stops`, noted as a
    violation, and answered normally, for a charger would send it for ever.

    Raises:
        InvalidError: the register is beyond ±2⁵³ Wh.
    """
    raise NotImplementedError
