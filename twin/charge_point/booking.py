"""Bookings: what a charge point tells of its transactions as it writes them down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from twin.charge_point.records import Record
from wire.frames import Payload


class Entry(Enum):
    """What has been written into the store."""

    START = "start"
    """A transaction, and its StartTransaction into the queue."""
    NUMBER = "number"
    """The central system's number of it."""
    STOP = "stop"
    """Its StopTransaction into the queue."""
    DELIVERED = "delivered"
    """The acknowledgement of its StopTransaction."""
    LOST = "lost"
    """A message of it was given up after the last try (OCPP 1.6 section 9.1.27)."""


@dataclass(frozen=True, slots=True)
class Booking:
    """One line of a charge point's books.

    Attributes:
        entry: What has been written.
        record: The transaction, as it is at this moment; its `local_id` names it for good.
        stop: Of `STOP`: what StopTransaction says, without the transaction's number.
    """

    entry: Entry
    record: Record
    stop: Payload | None = None


BookingListener = Callable[[Booking], None]
