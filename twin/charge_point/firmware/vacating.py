"""Taking every connector out of service for an installation, each when nobody charges there."""

from __future__ import annotations

from collections.abc import Callable

from twin.charge_point.connector import Connector
from twin.charge_point.context import Context
from twin.clock import Handle

SETTLING_US = 5_000_000
"""So that what there is to tell of the last transaction can leave before the installation."""


class Vacating:
    """Shows free connectors Unavailable, the others when their transaction has ended.

    Args:
        context: Of the running charge point.
        vacated: Called `SETTLING_US` after the last of them is out of service, and every
            contactor open.
    """

    def __init__(self, context: Context, vacated: Callable[[], None]) -> None:
        self._context = context
        self._vacated = vacated
        self.going_on = False
        self._waiting = False
        self._settling: Handle | None = None
        context.signals.ended.append(self._look)
        context.signals.reported.append(self._look)

    def begin(self) -> None:
        """Take connectors out of service from now on."""
        self.going_on = self._waiting = True
        for connector in self._context.connectors:
            self._take(connector)
        self._look_at_all()

    def give_up(self) -> None:
        """Put every connector back into service."""
        self.going_on = self._waiting = False
        if self._settling is not None:
            self._settling.cancel()
        for connector in self._context.connectors:
            if connector.updating:
                connector.updating = False
                self._command(connector)
                self._context.changed(connector)

    def _look(self, connector: Connector) -> None:
        if self._waiting:
            self._take(connector)
            self._look_at_all()

    def _take(self, connector: Connector) -> None:
        if connector.updating or connector.record is not None:
            return
        connector.updating = True
        connector.cancel_timer()
        connector.permission = None
        self._command(connector)
        self._context.changed(connector)

    def _command(self, connector: Connector) -> None:
        hold_lock = connector.lock_owner is not None
        connector.evse.command(available=connector.in_service, hold_lock=hold_lock)

    def _look_at_all(self) -> None:
        connectors = self._context.connectors
        if self._waiting and all(each.updating and not each.report.closed for each in connectors):
            self._waiting = False
            self._settling = self._context.timers.after(SETTLING_US, self._vacated)
