"""What people do at a connector: tags and plugs, in either order (OCPP 1.6 section 3.1, 4.9)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from twin.charge_point.authorize import Authorization, Decision
from twin.charge_point.connector import Connector, Permission
from twin.charge_point.context import Context
from twin.charge_point.reservations import Reservations
from twin.charge_point.transactions import Transactions
from twin.process import Phase

LOCKING_TIMEOUT_US = 2_000_000
"""A socket that has neither locked nor reported a failed lock by then has no lock."""


class Sessions:
    """Turns plugs and tags into transactions."""

    def __init__(
        self,
        context: Context,
        authorization: Authorization,
        reservations: Reservations,
        transactions: Transactions,
    ) -> None:
        self._context = context
        self._authorization = authorization
        self._reservations = reservations
        self._transactions = transactions
        self._plugged = dict.fromkeys(range(1, len(context.connectors) + 1), False)
        self._cable_in = dict(self._plugged)
        context.signals.reported.append(self._reported)
        context.signals.changed.append(self._look)

    # --- tags ---

    def present_tag(self, connector: Connector, id_tag: str) -> None:
        """Somebody holds a tag to the reader of a connector."""
        tag = id_tag.casefold()
        if connector.record is not None:
            self._tag_in_transaction(connector, id_tag)
        elif connector.lock_owner is not None and connector.lock_owner.casefold() == tag:
            connector.lock_owner = None
            connector.evse.command(hold_lock=False)
        elif connector.authorizing is not None:
            self._context.event(connector.number, f"tag {id_tag} not taken: one is being checked")
        elif connector.permission is not None:
            if connector.permission.id_tag.casefold() == tag:
                self._withdraw(connector)  # a second swipe (B1)
        elif not self._may_begin(connector):
            self._context.event(connector.number, f"tag {id_tag} not taken here")
        elif not self._reservations.may_admit(connector, id_tag):
            self._context.event(connector.number, f"tag {id_tag} not taken: reserved")
        else:
            self._authorize(connector, id_tag)

    def remote_start(self, connector: Connector, id_tag: str, *, authorize: bool) -> None:
        """Begin as if the tag had been presented (section 5.11)."""
        connector.stale = False
        if authorize:
            self._authorize(connector, id_tag)
        else:
            self._permitted(connector, id_tag, Decision(accepted=True, why="remote start"))

    def may_start(self, connector: Connector, id_tag: str) -> bool:
        """Whether a remote start may begin here."""
        return self.is_free(connector) and self._reservations.may_admit(connector, id_tag)

    def is_free(self, connector: Connector) -> bool:
        """Whether nobody has begun anything here and nothing is in the way."""
        ready = connector.powered and connector.in_service and not connector.report.faults
        return ready and not connector.busy

    def _may_begin(self, connector: Connector) -> bool:
        return self.is_free(connector) and not connector.stale

    def _authorize(self, connector: Connector, id_tag: str) -> None:
        connector.authorizing = id_tag
        self._authorization.decide(id_tag, partial(self._permitted, connector, id_tag))

    def _permitted(self, connector: Connector, id_tag: str, decision: Decision) -> None:
        connector.authorizing = None
        if not decision.accepted:
            self._context.event(connector.number, f"tag {id_tag} refused: {decision.why}")
            self._context.changed(connector)
            return
        if not self.is_free(connector):
            # Overtaken while the answer was on its way; what waited for it is void.
            self._context.changed(connector)
            return
        if not self._reservations.admits(connector, id_tag, decision.parent_id_tag):
            self._context.event(connector.number, f"tag {id_tag} not taken: reserved")
            self._context.changed(connector)
            return
        connector.permission = Permission(id_tag, decision.parent_id_tag)
        self._wait(connector, partial(self._withdraw, connector))
        self._context.changed(connector)
        if connector.report.plugged or connector.evse.config.kind == "plain":
            self._lock_and_begin(connector)

    def _tag_in_transaction(self, connector: Connector, id_tag: str) -> None:
        """Only the starting tag, or one of its group, may stop (section 4.8)."""
        record = connector.record
        assert record is not None
        if record.stopping:
            return
        if record.id_tag.casefold() == id_tag.casefold():
            self._transactions.stop(connector, "Local", id_tag)
            return
        group = record.parent_id_tag
        if group is None:
            self._context.event(connector.number, f"tag {id_tag} may not stop this transaction")
            return

        def decided(decision: Decision) -> None:
            parent = decision.parent_id_tag
            same = parent is not None and parent.casefold() == group.casefold()
            if decision.accepted and same and connector.record is record:
                self._transactions.stop(connector, "Local", id_tag)

        self._authorization.decide(id_tag, decided)

    def _withdraw(self, connector: Connector) -> None:
        connector.cancel_timer()
        connector.permission = None
        connector.evse.command(hold_lock=False)
        self._context.changed(connector)

    def _wait(self, connector: Connector, then: Callable[[], None]) -> None:
        connector.cancel_timer()
        timeout_s = self._context.configuration.integer("ConnectionTimeOut")
        connector.timer = self._context.timers.after(timeout_s * 1_000_000, then)

    def _lock_and_begin(self, connector: Connector) -> None:
        """A socket holds the cable before it sells energy: a lock that fails starts nothing."""
        if not connector.keeps_cables or connector.report.locked:
            self._begin(connector)
            return
        connector.evse.command(hold_lock=True)
        permission = connector.permission

        def without_lock() -> None:
            if connector.permission is permission and connector.report.plugged:
                self._begin(connector)

        self._context.timers.after(LOCKING_TIMEOUT_US, without_lock)

    def _begin(self, connector: Connector) -> None:
        permission = connector.permission
        assert permission is not None
        connector.cancel_timer()
        connector.permission = None
        tag, group = permission.id_tag, permission.parent_id_tag
        reservation = self._reservations.of(connector, tag, group)
        if reservation is None:
            self._transactions.start(connector, tag, group)
        else:
            number = reservation.reservation_id
            # Before anybody looks: what is used up keeps no other connector.
            self._reservations.used(number)
            self._transactions.start(connector, tag, group, reservation_id=number)
            self._reservations.settle()

    # --- plugs ---

    def _reported(self, connector: Connector) -> None:
        number = connector.number
        if connector.report.plugged != self._plugged[number]:
            self._plugged[number] = connector.report.plugged
            if connector.report.plugged:
                self._plug_in(connector)
            else:
                self._unplug(connector)
        if connector.cable_in != self._cable_in[number]:
            self._cable_in[number] = connector.cable_in
            if not connector.cable_in:
                self._cable_gone(connector)
        if connector.permission is not None and connector.report.plugged:
            if connector.report.faults:
                self._withdraw(connector)
            elif connector.report.locked:
                self._begin(connector)
        record = connector.record
        if connector.report.phase is Phase.FAULTED and record is not None:
            self._transactions.stop(connector, "Other")
        self._look(connector)

    def _plug_in(self, connector: Connector) -> None:
        if connector.record is not None:
            return
        connector.finishing = False
        connector.stale = False
        if connector.lock_owner is not None:
            # A vehicle is at the cable again: its owner's next tag begins, and fetches nothing.
            connector.lock_owner = None
            connector.evse.command(hold_lock=False)
        if connector.permission is None:
            if not connector.reserved:
                self._wait(connector, partial(self._nobody_came, connector))
        elif not connector.report.faults:
            self._lock_and_begin(connector)

    def _look(self, connector: Connector) -> None:
        """A plug that nobody has authorized waits no longer than others, however it came to it.

        The connector may have been reserved, out of operation, or faulty until now.
        """
        waits = (
            connector.report.plugged
            and not connector.reserved
            and self._may_begin(connector)
            and not connector.finishing
        )
        if waits and connector.timer is None:
            self._wait(connector, partial(self._nobody_came, connector))

    def _nobody_came(self, connector: Connector) -> None:
        """B6 (errata 3.20): no tag in time, so that nobody starts on a stranger's cable."""
        connector.timer = None
        if not connector.busy:
            connector.stale = True
            self._context.changed(connector)

    def _unplug(self, connector: Connector) -> None:
        configuration = self._context.configuration
        connector.stale = False
        if connector.permission is None:
            connector.cancel_timer()
        if connector.record is None or connector.record.stopping:
            return
        if not configuration.boolean("StopTransactionOnEVSideDisconnect"):
            # Takes precedence over UnlockConnectorOnEVSideDisconnect: the cable stays locked.
            connector.evse.command(hold_lock=True)
            return
        keeps = not configuration.boolean("UnlockConnectorOnEVSideDisconnect")
        if keeps and connector.keeps_cables:
            connector.lock_owner = connector.record.id_tag
        self._transactions.stop(connector, "EVDisconnected")

    def _cable_gone(self, connector: Connector) -> None:
        connector.finishing = False
        connector.lock_owner = None
        if connector.record is None:
            connector.evse.command(hold_lock=False)
