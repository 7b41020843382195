"""UnlockConnector: give the cable back (OCPP 1.6 section 5.18)."""

from __future__ import annotations

from functools import partial

from twin.charge_point.calls import Respond
from twin.charge_point.connector import Connector
from twin.charge_point.context import Context
from twin.charge_point.transactions import Transactions
from twin.clock import Handle
from wire.frames import Payload

UNLOCKING_TIMEOUT_US = 5_000_000
"""A lock that has not opened this long after it was told to is jammed."""


class Unlock:
    """Ends what is going on at the connector, then opens its lock."""

    def __init__(self, context: Context, transactions: Transactions) -> None:
        self._context = context
        self._transactions = transactions
        self._waiting: dict[int, Respond] = {}
        self._unlocking: dict[int, tuple[Respond, Handle]] = {}
        context.calls.handlers["UnlockConnector"] = self._unlock
        context.signals.ended.append(self._ended)
        context.signals.reported.append(self._reported)

    def _unlock(self, payload: Payload, respond: Respond) -> None:
        connector = self._context.connector(payload["connectorId"])
        if connector is None or not connector.keeps_cables:
            respond({"status": "NotSupported"})
            return
        number = connector.number
        if number in self._waiting or number in self._unlocking:
            respond({"status": "UnlockFailed"})
            return
        demand = self._context.driver.demand(f"UnlockConnector of {self._context.identity}")

        def finished(answer: Payload) -> None:
            demand.release()
            respond(answer)

        connector.lock_owner = None
        if connector.record is None:
            self._open(connector, finished)
        else:
            self._waiting[number] = finished
            self._transactions.stop(connector, "UnlockCommand")

    def _ended(self, connector: Connector) -> None:
        respond = self._waiting.pop(connector.number, None)
        if respond is not None:
            self._open(connector, respond)

    def _open(self, connector: Connector, respond: Respond) -> None:
        timeout = self._context.timers.after(
            UNLOCKING_TIMEOUT_US, partial(self._answer, connector, "UnlockFailed")
        )
        self._unlocking[connector.number] = (respond, timeout)
        # The answer comes before StopTransaction and Finishing, which are due by now.
        self._context.calls.hold()
        count = connector.evse.controller.command.unlock_count
        connector.evse.command(hold_lock=False, unlock_count=count + 1)
        self._context.sample(connector, partial(self._reported, connector))

    def _reported(self, connector: Connector) -> None:
        if connector.number in self._unlocking and not connector.report.locked:
            self._answer(connector, "Unlocked")

    def _answer(self, connector: Connector, status: str) -> None:
        waiting = self._unlocking.pop(connector.number, None)
        if waiting is not None:
            respond, timeout = waiting
            timeout.cancel()
            respond({"status": status})
            self._context.calls.release()
