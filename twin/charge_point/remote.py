"""RemoteStartTransaction and RemoteStopTransaction (OCPP 1.6 sections 5.11, 5.12)."""

from __future__ import annotations

from twin.charge_point.calls import Registration, Respond
from twin.charge_point.connector import Connector
from twin.charge_point.context import Context
from twin.charge_point.reservations import Reservations
from twin.charge_point.sessions import Sessions
from twin.charge_point.smart_charging import SmartCharging
from twin.charge_point.transactions import Transactions
from wire.frames import Payload


class RemoteControl:
    """Starts and stops at the word of the central system.

    A charging profile in a remote start is ignored where there is no smart charging: that
    is what section 5.11 asks for.
    """

    def __init__(
        self,
        context: Context,
        sessions: Sessions,
        reservations: Reservations,
        transactions: Transactions,
        smart_charging: SmartCharging | None,
    ) -> None:
        self._context = context
        self._smart_charging = smart_charging
        self._sessions = sessions
        self._reservations = reservations
        self._transactions = transactions
        context.calls.handlers["RemoteStartTransaction"] = self._start
        context.calls.handlers["RemoteStopTransaction"] = self._stop

    def _start(self, payload: Payload, respond: Respond) -> None:
        id_tag: str = payload["idTag"]
        connector = self._choose(payload.get("connectorId"), id_tag)
        may_start = connector is not None and self._sessions.may_start(connector, id_tag)
        accepted = self._registered and may_start
        smart, profile = self._smart_charging, payload.get("chargingProfile")
        if accepted and connector is not None and smart is not None and profile is not None:
            accepted = smart.admit(connector, profile)
        respond({"status": "Accepted" if accepted else "Rejected"})
        if accepted and connector is not None:
            if smart is not None and profile is not None:
                smart.promise(connector, profile)
            self._sessions.remote_start(
                connector,
                id_tag,
                authorize=self._context.configuration.boolean("AuthorizeRemoteTxRequests"),
            )

    def _stop(self, payload: Payload, respond: Respond) -> None:
        found = [
            connector
            for connector in self._context.connectors
            if connector.record is not None
            and connector.record.transaction_id == payload["transactionId"]
            and not connector.record.stopping
        ]
        respond({"status": "Accepted" if found and self._registered else "Rejected"})
        if found and self._registered:
            self._transactions.stop(found[0], "Remote")

    @property
    def _registered(self) -> bool:
        """Neither is allowed before the boot is accepted (section 4.2.1)."""
        return self._context.calls.registration is Registration.ACCEPTED

    def _choose(self, number: int | None, id_tag: str) -> Connector | None:
        """Return the connector that is named, or kept for the tag, or has a vehicle, or is free."""
        if number is not None:
            return self._context.connector(number)
        kept = self._reservations.connector_for(id_tag)
        if kept is not None:
            return kept
        free = [each for each in self._context.connectors if self._sessions.may_start(each, id_tag)]
        return next((each for each in free if each.report.plugged), free[0] if free else None)
