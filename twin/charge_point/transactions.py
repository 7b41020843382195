"""Transactions: StartTransaction and StopTransaction, durable before they are sent."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial

from twin.charge_point.authorize import Authorization
from twin.charge_point.booking import Entry
from twin.charge_point.connector import Connector
from twin.charge_point.context import Context
from twin.charge_point.delivery import Delivery
from twin.charge_point.meter_values import MeterValues
from twin.charge_point.records import Record
from twin.charge_point.reservations import consume
from wire.frames import Payload

OPENING_TIMEOUT_US = 10_000_000
"""A contactor that has not opened by then is welded: the transaction ends without it.

A soft stop takes 6…7 s at most (IEC 61851-1 Table A.6 sequence 10.2).
"""

INVALID_CHECK_US = 10_000_000
"""How often the energy of a transaction with an invalid tag is compared with its allowance."""


class Transactions:
    """Starts and ends transactions."""

    def __init__(
        self,
        context: Context,
        delivery: Delivery,
        meter: MeterValues,
        authorization: Authorization,
    ) -> None:
        self._context = context
        self._meter = meter
        self._authorization = authorization
        delivery.on_start = self._start_answered
        delivery.on_stop = self._stop_answered
        context.signals.reported.append(self._reported)

    def start(
        self,
        connector: Connector,
        id_tag: str,
        parent_id_tag: str | None,
        *,
        reservation_id: int | None = None,
    ) -> None:
        """Begin a transaction on a connector with a vehicle, and let energy flow.

        A reservation is used up by it, in the same commit.
        """
        meter_wh = int(connector.report.energy_wh)
        stamp = self._context.stamp()
        payload: Payload = {
            "connectorId": connector.number,
            "idTag": id_tag,
            "meterStart": meter_wh,
            "timestamp": stamp,
        }
        if reservation_id is not None:
            payload["reservationId"] = reservation_id
        begin = self._meter.stop_sample(connector, "Transaction.Begin")
        with self._context.store.commit() as database:
            record = self._context.records.open(
                database,
                connector=connector.number,
                id_tag=id_tag,
                parent_id_tag=parent_id_tag,
                meter_start_wh=meter_wh,
                started_at=stamp,
            )
            self._context.tell_register(database, connector)
            if begin is not None:
                self._context.records.add_stop_sample(database, record, begin)
            if reservation_id is not None:
                consume(database, reservation_id)
            self._context.queue.add(database, "StartTransaction", payload, record.local_id)
        self._context.book(Entry.START, record)
        connector.record = record
        connector.suspended = False
        connector.finishing = False
        self._meter.begin(connector)
        # How much of it, smart charging says at `changed`, in this same instant.
        connector.evse.command(permitted=True, hold_lock=False)
        self._context.event(connector.number, f"transaction started by {id_tag}")
        self._context.changed(connector)
        self._context.calls.pump()

    def stop(self, connector: Connector, reason: str, id_tag: str | None = None) -> None:
        """End the transaction: first the energy, then StopTransaction with the final register."""
        record = connector.record
        if record is None or record.stopping:
            return
        record.stop_reason = reason
        record.stop_id_tag = id_tag
        with self._context.store.commit() as database:
            self._context.records.save(database, record)
        self._wind_up(connector, record)

    def take_up_again(self, reason: str) -> None:
        """After power-on: end what a power cut or a reset has interrupted, with its reason."""
        for record in self._context.records.running():
            connector = self._context.connector(record.connector)
            if connector is None:
                # The charger has been rebuilt with fewer connectors: nothing to read any more.
                record.stop_reason = record.stop_reason or reason
                told_wh = self._context.told_wh(record.connector)
                self._queue_stop(record, max(record.meter_start_wh, told_wh))
                continue
            connector.record = record
            if record.stopping:
                self._wind_up(connector, record)
            else:
                self.stop(connector, reason)

    def _wind_up(self, connector: Connector, record: Record) -> None:
        self._meter.end(connector)
        # The cable is given back (section 4.10), unless somebody has to fetch it with his tag.
        connector.evse.command(permitted=False, hold_lock=connector.lock_owner is not None)
        if connector.report.closed:
            self._context.timers.after(
                OPENING_TIMEOUT_US, partial(self._read_register, connector, record)
            )
        else:
            self._read_register(connector, record)

    def _reported(self, connector: Connector) -> None:
        record = connector.record
        if record is not None and record.stopping and not connector.report.closed:
            self._read_register(connector, record)

    def _read_register(self, connector: Connector, record: Record) -> None:
        if connector.record is record:
            self._context.sample(connector, partial(self._finish, connector, record))

    def _finish(self, connector: Connector, record: Record) -> None:
        if connector.record is not record:
            return
        end = self._meter.stop_sample(connector, "Transaction.End")
        self._queue_stop(record, int(connector.report.energy_wh), end, connector)
        connector.record = None
        connector.suspended = False
        connector.finishing = connector.cable_in
        self._context.event(connector.number, f"transaction ended: {record.stop_reason}")
        for listener in self._context.signals.ended:
            listener(connector)
        self._context.changed(connector)
        self._context.calls.pump()

    def _queue_stop(
        self,
        record: Record,
        register_wh: int,
        end: Payload | None = None,
        connector: Connector | None = None,
    ) -> None:
        payload: Payload = {
            "meterStop": register_wh,
            "timestamp": self._context.stamp(),
            "reason": record.stop_reason,
        }
        if record.stop_id_tag is not None:
            payload["idTag"] = record.stop_id_tag
        with self._context.store.commit() as database:
            if connector is not None:
                self._context.tell_register(database, connector)
            if end is not None:
                samples = self._context.records.stop_samples(record)
                payload["transactionData"] = [*samples, end]
            self._context.queue.add(database, "StopTransaction", payload, record.local_id)
            self._context.records.save(database, record)
            self._context.records.end(database, record)
        self._context.book(Entry.STOP, record, payload)

    def _start_answered(
        self, database: sqlite3.Connection, record: Record, payload: Payload
    ) -> Callable[[], None]:
        tag_info = payload["idTagInfo"]
        record.transaction_id = payload["transactionId"]
        record.parent_id_tag = tag_info.get("parentIdTag", record.parent_id_tag)
        self._context.records.save(database, record)

        def then() -> None:
            self._context.book(Entry.NUMBER, record)
            self._authorization.learn(record.id_tag, tag_info)
            self._context.event(record.connector, f"transaction is number {record.transaction_id}")
            connector = self._context.connector(record.connector)
            refused = tag_info["status"] != "Accepted"
            if refused and connector is not None and connector.record is record:
                self._tag_is_invalid(connector, record)

        return then

    def _stop_answered(
        self,
        database: sqlite3.Connection,  # noqa: ARG002 -- the message goes, there is no more
        record: Record,
        payload: Payload,
    ) -> Callable[[], None]:
        def then() -> None:
            self._context.book(Entry.DELIVERED, record)
            if "idTagInfo" in payload and record.stop_id_tag is not None:
                self._authorization.learn(record.stop_id_tag, payload["idTagInfo"])

        return then

    def _tag_is_invalid(self, connector: Connector, record: Record) -> None:
        """The central system does not accept the tag of a running transaction (errata 3.17)."""
        if record.stopping:
            return
        if self._context.configuration.boolean("StopTransactionOnInvalidId"):
            if connector.keeps_cables:
                connector.lock_owner = record.id_tag
            self.stop(connector, "DeAuthorized")
            return
        allowance_wh = self._context.configuration.integer("MaxEnergyOnInvalidId")
        if allowance_wh > 0:
            self._watch_allowance(connector, record, allowance_wh)
        else:
            self._suspend(connector)

    def _watch_allowance(self, connector: Connector, record: Record, allowance_wh: int) -> None:
        def look() -> None:
            if connector.record is not record or record.stopping:
                return
            if connector.report.energy_wh - record.meter_start_wh >= allowance_wh:
                self._suspend(connector)
            else:
                self._watch_allowance(connector, record, allowance_wh)

        self._context.timers.after(INVALID_CHECK_US, partial(self._context.sample, connector, look))

    def _suspend(self, connector: Connector) -> None:
        connector.suspended = True
        connector.evse.command(permitted=False, hold_lock=True)
        self._context.changed(connector)
