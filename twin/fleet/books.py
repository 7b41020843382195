"""A charger's own books: its transactions as it wrote them down, whoever else knows of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from twin.charge_point import Booking, Entry
from twin.charge_point.records import UNANSWERED


@dataclass(slots=True)
class Transaction:
    """One transaction.

    Attributes:
        connector: From 1.
        id_tag: That started it.
        meter_start_wh, meter_stop_wh: Register readings; None while it runs.
        started_at, stopped_at: UTC by the charger's clock, as it was sent.
        reason: Why it ended.
        transaction_id: The central system's number; None: not told yet; -1: never.
        delivered: The central system has acknowledged the end.
        lost: Messages of it were given up.
    """

    connector: int
    id_tag: str
    meter_start_wh: int
    started_at: str
    meter_stop_wh: int | None = None
    stopped_at: str | None = None
    reason: str | None = None
    transaction_id: int | None = None
    delivered: bool = False
    lost: int = 0

    @property
    def energy_wh(self) -> int:
        """What it took, 0 while it runs."""
        return 0 if self.meter_stop_wh is None else self.meter_stop_wh - self.meter_start_wh


@dataclass(slots=True)
class Books:
    """The books of one charger, filled by its bookings."""

    transactions: dict[int, Transaction] = field(default_factory=dict)
    """By the charger's own number."""

    def booked(self, booking: Booking) -> None:
        """Take over one line."""
        record = booking.record
        if booking.entry is Entry.START:
            self.transactions[record.local_id] = Transaction(
                record.connector, record.id_tag, record.meter_start_wh, record.started_at
            )
            return
        transaction = self.transactions.get(record.local_id)
        if transaction is None:
            return  # of a run of the fleet before this one
        match booking.entry:
            case Entry.NUMBER:
                transaction.transaction_id = record.transaction_id
            case Entry.STOP:
                assert booking.stop is not None
                transaction.meter_stop_wh = booking.stop["meterStop"]
                transaction.stopped_at = booking.stop["timestamp"]
                transaction.reason = booking.stop["reason"]
            case Entry.DELIVERED:
                transaction.delivered = True
            case Entry.LOST:
                transaction.lost += 1
                transaction.transaction_id = record.transaction_id

    @property
    def energy_wh(self) -> int:
        """Energy of all transactions that have ended."""
        return sum(transaction.energy_wh for transaction in self.transactions.values())

    @property
    def lost(self) -> int:
        """Messages that were given up."""
        return sum(transaction.lost for transaction in self.transactions.values())

    def numbers(self) -> list[int]:
        """Return the central system's numbers that are known."""
        return [
            transaction.transaction_id
            for transaction in self.transactions.values()
            if transaction.transaction_id not in (None, UNANSWERED)
        ]

    def plain(self) -> list[dict[str, Any]]:
        """Return the transactions as JSON has them, in the order of their start."""
        return [
            {**asdict(transaction), "energy_wh": transaction.energy_wh}
            for transaction in self.transactions.values()
        ]
