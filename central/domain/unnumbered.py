"""Messages with transactionId -1: of a session whose StartTransaction was never answered.

They count as those of the open session of that connector; where none is open they open one that
is marked orphan (OCPP 1.6 errata 3.18).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from central.domain.meter_values import MeterRow

UNNUMBERED: Final = -1


def store_meter_values(conn: Connection, rows: Sequence[MeterRow], now: datetime) -> int:
    """Store meter values that were sent with transactionId -1; gives the session they went to.

    `rows`: all of one message, so of one connector; their `transaction_id` is ignored.
    """
    raise NotImplementedError
