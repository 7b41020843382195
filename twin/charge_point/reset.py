"""Reset: soft and hard (OCPP 1.6 section 5.14, errata 3.36)."""

from __future__ import annotations

from collections.abc import Callable

from twin.charge_point.calls import Respond
from twin.charge_point.connector import Connector
from twin.charge_point.context import Context
from twin.charge_point.delivery import Delivery
from twin.charge_point.transactions import Transactions
from wire.frames import Payload

DELIVERY_TIMEOUT_US = 30_000_000
"""A soft reset waits for the queue no longer than this; the queue survives it anyway."""

LEAVE_US = 500_000
"""Between the answer and the reset, so that the answer gets out."""

_LOOK_US = 500_000
REASON = "reset reason"
"""Setting of the store: why transactions that are still open at the next boot have ended."""


class Reset:
    """Restarts the charge point."""

    def __init__(
        self,
        context: Context,
        transactions: Transactions,
        delivery: Delivery,
        reboot: Callable[[bool], None],
    ) -> None:
        self._context = context
        self._transactions = transactions
        self._delivery = delivery
        self._reboot = reboot
        self._resetting = False
        context.calls.handlers["Reset"] = self._reset

    def _reset(self, payload: Payload, respond: Respond) -> None:
        if self._resetting:
            respond({"status": "Rejected"})
            return
        self._resetting = True
        hard = payload["type"] == "Hard"
        respond({"status": "Accepted"})
        reason = "HardReset" if hard else "SoftReset"
        self._context.event(0, f"{reason} by the central system")
        self._context.store.set_setting(REASON, reason)
        self._context.security_event("ResetOrReboot", f"{reason} by the central system")
        if hard:
            self._context.timers.after(LEAVE_US, lambda: self._reboot(True))
            return
        for connector in self._context.connectors:
            self._transactions.stop(connector, reason)
        waited_us = 0

        def look() -> None:
            nonlocal waited_us
            waited_us += _LOOK_US
            if self._done() or waited_us >= DELIVERY_TIMEOUT_US:
                self._reboot(False)
            else:
                self._context.timers.after(_LOOK_US, look)

        self._context.timers.after(LEAVE_US, look)

    def _done(self) -> bool:
        delivered = self._delivery.empty or not self._context.calls.online
        return delivered and not any(map(_in_transaction, self._context.connectors))


def _in_transaction(connector: Connector) -> bool:
    return connector.record is not None
