"""ChangeAvailability: in and out of operation, kept over a reboot (OCPP 1.6 section 5.2)."""

from __future__ import annotations

from twin.charge_point.calls import Respond
from twin.charge_point.connector import Connector
from twin.charge_point.context import Context
from twin.charge_point.status import StatusNotifications
from wire.frames import Payload


class Availability:
    """Takes connectors out of operation, at once or when their transaction has ended."""

    def __init__(self, context: Context, status: StatusNotifications) -> None:
        self._context = context
        self._status = status
        context.calls.handlers["ChangeAvailability"] = self._change
        context.signals.ended.append(self._ended)

    def power_on(self) -> None:
        """Take up what was in force before."""
        inoperative = self._context.store.inoperative()
        self._status.set_cp_operative(0 not in inoperative)
        for connector in self._context.connectors:
            connector.operative = connector.number not in inoperative
            connector.evse.command(available=connector.operative)

    def _change(self, payload: Payload, respond: Respond) -> None:
        number, operative = payload["connectorId"], payload["type"] == "Operative"
        if number == 0:
            connectors = self._context.connectors
        else:
            connector = self._context.connector(number)
            if connector is None:
                respond({"status": "Rejected"})
                return
            connectors = [connector]
        # It is durable before it is acknowledged; `Scheduled` too survives a reboot.
        numbers = frozenset(connector.number for connector in connectors) | (
            frozenset({0}) if number == 0 else frozenset()
        )
        before = self._context.store.inoperative()
        self._context.store.set_inoperative(before - numbers if operative else before | numbers)
        waiting = [each for each in connectors if each.record is not None and not operative]
        respond({"status": "Scheduled" if waiting else "Accepted"})
        if number == 0:
            self._status.set_cp_operative(operative)
        for connector in connectors:
            if connector in waiting:
                connector.scheduled = operative
            else:
                self._apply(connector, operative)

    def _ended(self, connector: Connector) -> None:
        if connector.scheduled is not None:
            self._apply(connector, connector.scheduled)

    def _apply(self, connector: Connector, operative: bool) -> None:
        connector.scheduled = None
        connector.operative = operative
        if not operative:
            connector.cancel_timer()
            connector.permission = None
        if connector.record is None:
            available = connector.in_service
            connector.evse.command(available=available, hold_lock=connector.lock_owner is not None)
        elif operative:
            # One that power came back to out of operation may still be ending a transaction.
            connector.evse.command(available=connector.in_service)
        self._context.changed(connector)
