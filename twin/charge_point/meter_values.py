"""Meter values: sampled during a transaction, and on the clock's grid (OCPP 1.6 3.16, 4.7)."""

from __future__ import annotations

from functools import partial

from twin.charge_point.calls import Outcome
from twin.charge_point.connector import Connector
from twin.charge_point.context import Context
from twin.charge_point.measurands import Reading, sampled_values
from twin.clock import Handle
from wire.frames import Payload


class MeterValues:
    """Takes meter values and puts them into the queue."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._samplers: dict[int, Handle] = {}
        self._before_wh: dict[tuple[int, str], int] = {}
        self._grid: Handle | None = None
        context.configuration.on_change(self._configured)
        context.triggers["MeterValues"] = self._triggered
        context.signals.accepted.append(self._align)
        context.signals.clock_set.append(self._align)
        self._align()

    def begin(self, connector: Connector) -> None:
        """Sample from now on, first after one interval (section 9.1.19)."""
        self._sample_later(connector)

    def _sample_later(self, connector: Connector) -> None:
        self.end(connector)
        interval_s = self._context.configuration.integer("MeterValueSampleInterval")
        if interval_s > 0:
            self._samplers[connector.number] = self._context.timers.after(
                interval_s * 1_000_000, partial(self._tick, connector)
            )

    def end(self, connector: Connector) -> None:
        """Sample no more."""
        handle = self._samplers.pop(connector.number, None)
        if handle is not None:
            handle.cancel()

    def stop_sample(self, connector: Connector, context: str) -> Payload | None:
        """Return a meter value for StopTransaction.transactionData; None: nothing is wanted."""
        items_of = self._context.configuration.items
        kind = "Sampled" if items_of("StopTxnSampledData") else "Aligned"
        register_wh = int(connector.report.energy_wh)
        if context == "Transaction.Begin":
            for each in ("Sampled", "Aligned"):
                self._before_wh[connector.number, each] = register_wh
        before_wh = self._before_wh.get((connector.number, kind), register_wh)
        reading = _read(connector, register_wh - before_wh)
        return _meter_value(reading, items_of(f"StopTxn{kind}Data"), context, self._context.stamp())

    def _tick(self, connector: Connector) -> None:
        self._sample_later(connector)
        record = connector.record
        if record is None or record.stopping:
            return

        def sampled() -> None:
            if connector.record is record:
                self._queue(connector, "Sampled", "Sample.Periodic", self._context.stamp())

        self._context.sample(connector, sampled)

    def _align(self) -> None:
        if self._grid is not None:
            self._grid.cancel()
            self._grid = None
        interval_s = self._context.configuration.integer("ClockAlignedDataInterval")
        if interval_s > 0:
            delay_us = self._context.wall.until_next_multiple_us(interval_s)
            self._grid = self._context.timers.after(delay_us, self._on_grid)

    def _on_grid(self) -> None:
        self._align()
        stamp = self._context.stamp()
        for connector in self._context.connectors:
            self._context.sample(
                connector, partial(self._queue, connector, "Aligned", "Sample.Clock", stamp)
            )

    def _queue(self, connector: Connector, kind: str, context: str, stamp: str) -> None:
        """Put a meter value into the queue and, where wanted, aside for StopTransaction."""
        configuration = self._context.configuration
        record = connector.record
        register_wh = int(connector.report.energy_wh)
        before_wh = self._before_wh.get((connector.number, kind), register_wh)
        self._before_wh[connector.number, kind] = register_wh
        reading = _read(connector, register_wh - before_wh)
        wanted = configuration.items(f"MeterValues{kind}Data")
        sent = _meter_value(reading, wanted, context, stamp)
        kept = _meter_value(reading, configuration.items(f"StopTxn{kind}Data"), context, stamp)
        with self._context.store.commit() as database:
            self._context.tell_register(database, connector)
            if sent is not None:
                payload = {"connectorId": connector.number, "meterValue": [sent]}
                local_id = None if record is None else record.local_id
                self._context.queue.add(database, "MeterValues", payload, local_id)
            if kept is not None and record is not None:
                self._context.records.add_stop_sample(database, record, kept)
        self._context.calls.pump()

    def _triggered(self, number: int | None) -> None:
        """Send what the meters show now, of one connector or of all (section 5.17)."""
        for connector in self._context.connectors:
            if number in {None, connector.number}:
                self._context.sample(connector, partial(self._send_triggered, connector))

    def _send_triggered(self, connector: Connector) -> None:
        items = self._context.configuration.items("MeterValuesSampledData")
        reading = _read(connector)
        sent = _meter_value(reading, items, "Trigger", self._context.stamp())
        if sent is None:
            return
        payload: Payload = {"connectorId": connector.number, "meterValue": [sent]}
        record = connector.record
        if record is None:
            self._context.calls.send("MeterValues", payload, _taken, triggered=True)
            return
        # One of a transaction keeps its place among the messages of it.
        with self._context.store.commit() as database:
            self._context.tell_register(database, connector)
            self._context.queue.add(database, "MeterValues", payload, record.local_id)
        self._context.calls.pump()

    def _configured(self, name: str) -> None:
        if name == "ClockAlignedDataInterval":
            self._align()
        elif name == "MeterValueSampleInterval":
            for connector in self._context.connectors:
                if connector.record is not None and not connector.record.stopping:
                    self._sample_later(connector)


def _taken(outcome: Outcome) -> None:
    """Take any answer: what was asked for is not sent twice."""


def _read(connector: Connector, interval_wh: int = 0) -> Reading:
    phases = connector.phases
    return Reading(
        connector.report,
        phases,
        interval_wh,
        offered_phases=min(phases, connector.evse.controller.command.phases),
    )


def _meter_value(reading: Reading, items: list[str], context: str, stamp: str) -> Payload | None:
    values = sampled_values(items, reading, context)
    return {"timestamp": stamp, "sampledValue": values} if values else None
