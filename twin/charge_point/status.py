"""StatusNotification: what each connector is doing, as it is now (OCPP 1.6 section 4.9)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from twin.charge_point.calls import Answered, Outcome
from twin.charge_point.connector import Connector
from twin.charge_point.context import Context
from twin.charge_point.smart_charging.sharing import LEAST_OFFER_A
from twin.charge_point.status_table import ERROR_CODES, VEHICLE_SIDE, Status, route
from twin.clock import Handle
from twin.process import FaultCode, Phase
from wire.frames import Payload

START_GRACE_US = 10_000_000
"""A vehicle that has not asked for energy this long after the start is called suspended."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a StatusNotification says."""

    status: Status = Status.AVAILABLE
    error_code: str = "NoError"
    info: str | None = None


@dataclass(slots=True)
class _Line:
    """What one connector shows, and what the central system has acknowledged of it."""

    shown: Shown
    acknowledged: Shown | None = None
    settling: Handle | None = None
    grace: Handle | None = None
    grace_for: int | None = None


class StatusNotifications:
    """Keeps the central system informed of connectors 0…N."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lines = {number: _Line(Shown()) for number in range(len(context.connectors) + 1)}
        self.cp_operative = True
        context.signals.accepted.append(self._all)
        context.signals.resumed.append(self._present)
        context.signals.reported.append(self.update)
        context.signals.changed.append(self.update)
        context.signals.list_conflict.append(self._list_conflict)
        context.triggers["StatusNotification"] = self._triggered

    def shown(self, number: int) -> Shown:
        """Return what a connector shows; 0 is the charge point itself."""
        return self._lines[number].shown

    @property
    def acknowledged(self) -> bool:
        """The central system has acknowledged what every connector shows."""
        return all(line.acknowledged == line.shown for line in self._lines.values())

    def set_cp_operative(self, operative: bool) -> None:
        """Show the charge point itself as Available or Unavailable."""
        self.cp_operative = operative
        self._settle(0, Shown(Status.AVAILABLE if operative else Status.UNAVAILABLE))

    def update(self, connector: Connector) -> None:
        """Look at a connector afresh, and notify what has changed."""
        line = self._lines[connector.number]
        target = self._target(connector, line)
        if line.settling is not None:
            line.settling.cancel()
            line.settling = None
        if target == line.shown:
            return
        duration_s = self._context.configuration.integer("MinimumStatusDuration")
        if duration_s == 0:
            self._settle(connector.number, target)
        else:
            # Section 9.1.18: a status that does not last is not worth a message.
            line.settling = self._context.timers.after(
                duration_s * 1_000_000, partial(self._settle, connector.number, target)
            )

    def _target(self, connector: Connector, line: _Line) -> Shown:
        report, record = connector.report, connector.record
        if report.faults:
            return self._fault(connector)
        if record is None and not connector.in_service:
            return Shown(Status.UNAVAILABLE)
        if record is not None:
            return self._in_transaction(connector, line)
        if connector.reserved and connector.permission is None:
            return Shown(Status.RESERVED)  # also with a stranger's plug in it
        if connector.cable_in:
            over = connector.finishing or connector.stale
            return Shown(Status.FINISHING if over and not connector.busy else Status.PREPARING)
        return Shown(Status.PREPARING if connector.permission is not None else Status.AVAILABLE)

    def _in_transaction(self, connector: Connector, line: _Line) -> Shown:
        report, record = connector.report, connector.record
        assert record is not None
        if line.grace_for != record.local_id:
            line.grace_for = record.local_id
            line.grace = self._context.timers.after(START_GRACE_US, partial(self.update, connector))
        if report.closed:
            return Shown(Status.CHARGING)
        if record.stopping or report.phase is Phase.TESTING:
            return line.shown
        if connector.suspended or connector.limit_a < LEAST_OFFER_A:
            return Shown(Status.SUSPENDED_EVSE)
        if not report.plugged and connector.evse.config.kind != "plain":
            return Shown(Status.SUSPENDED_EV, info="EV side disconnected")
        starting = line.grace is not None and line.grace.pending
        if starting and line.shown.status in {Status.AVAILABLE, Status.PREPARING, Status.FINISHING}:
            return Shown(Status.PREPARING)
        if report.phase is Phase.OFFERING:
            return Shown(Status.SUSPENDED_EV)
        return Shown(Status.SUSPENDED_EVSE)

    @staticmethod
    def _fault(connector: Connector) -> Shown:
        faults = sorted(connector.report.faults, key=list(FaultCode).index)
        worst = next((fault for fault in faults if fault not in VEHICLE_SIDE), faults[0])
        if worst in VEHICLE_SIDE and connector.record is not None:
            return Shown(Status.SUSPENDED_EVSE, "EVCommunicationError", worst.value)
        return Shown(Status.FAULTED, ERROR_CODES[worst], worst.value)

    def _list_conflict(self, id_tag: str) -> None:
        shown = replace(self._lines[0].shown, error_code="LocalListConflict", info=id_tag)
        self._notify(0, shown)

    def _settle(self, number: int, target: Shown) -> None:
        line = self._lines[number]
        line.settling = None
        steps = route(line.shown.status, target.status)
        line.shown = target
        for status in steps[:-1]:
            self._notify(number, Shown(status))
        self._notify(number, target)
        error = "" if target.error_code == "NoError" else f" ({target.error_code}: {target.info})"
        self._context.event(number, target.status.value + error)

    def _all(self) -> None:
        """After a boot, tell every status (errata 3.22)."""
        for number, line in self._lines.items():
            self._notify(number, line.shown)

    def _present(self) -> None:
        """Back online: tell the present status where it is not known, and no history."""
        for number, line in self._lines.items():
            if line.acknowledged != line.shown:
                self._notify(number, line.shown)

    def _triggered(self, number: int | None) -> None:
        for each in self._lines if number is None else [number]:
            self._notify(each, self._lines[each].shown, triggered=True)

    def _notify(self, number: int, shown: Shown, *, triggered: bool = False) -> None:
        payload: Payload = {
            "connectorId": number,
            "errorCode": shown.error_code,
            "status": shown.status.value,
            "timestamp": self._context.stamp(),
        }
        if shown.info is not None:
            payload["info"] = shown.info
            if shown.error_code != "NoError":
                payload["vendorErrorCode"] = shown.info

        line = self._lines[number]
        if self._context.calls.online:
            # Until it is answered nobody knows which of the two the central system holds.
            line.acknowledged = None

        def answered(outcome: Outcome) -> None:
            if isinstance(outcome, Answered):
                line.acknowledged = shown

        self._context.calls.send("StatusNotification", payload, answered, triggered=triggered)
