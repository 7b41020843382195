"""What the handlers of one connected charge point work with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from structlog.typing import FilteringBoundLogger

from central.domain.certificate_issuing import CertificatesDue
from central.domain.charger_keys import ChargerKeys
from central.domain.clock import BusinessClock
from central.domain.last_seen import LastSeen
from central.domain.late_messages import LateMessages
from central.domain.message_log import MessageLog
from central.domain.storage import Storage
from central.domain.violations import record_violation
from central.ocpp.latest_values import LatestValues
from central.ocpp.settings import OcppSettings
from central.ocpp.waiting_room import WaitingRoom

ACCEPTED = "Accepted"
"""Registration status of a charge point that may do business (OCPP 1.6 section 7.40)."""


MOST_NOTED: Final = 32
"""Kinds of violations that are kept of one connection."""


@dataclass(frozen=True, slots=True)
class Services:
    """What all connections share."""

    settings: OcppSettings
    storage: Storage
    clock: BusinessClock
    keys: ChargerKeys
    last_seen: LastSeen
    message_log: MessageLog | None
    """None records no frames."""
    late_messages: LateMessages = field(default_factory=LateMessages)
    """What tells sessions that seem gone of a queue that is still being delivered."""
    certificates_due: CertificatesDue = field(default_factory=CertificatesDue)
    """For whom a certificate may have to be signed or sent."""
    waiting_room: WaitingRoom = field(default_factory=WaitingRoom)
    """Counts the work of all connections, and where chargers wait while that is too much."""


@dataclass(slots=True)
class ChargePoint:
    """One charge point on one connection, as its handlers see it.

    It offers no way to call the charger: a handler that waits for a call of its own would
    wait for an answer that stands behind the message it is handling.

    Attributes:
        registration: Answer to its last boot, also one of an earlier connection; None before
            the first.
        security_profile: What the charger is connected with, 0 to 3.
        noted: Violations that were recorded on this connection already.
        latest_values: The last meter values that were stored on this connection.
    """

    charge_point_id: str
    registration: str | None
    services: Services
    log: FilteringBoundLogger
    security_profile: int = 0
    noted: set[tuple[str, str, str]] = field(default_factory=set)

    latest_values: LatestValues = field(default_factory=LatestValues)
    _is_noting_less: bool = False

    async def note_violation(
        self, action: str, code: str, detail: str, *, each_time: bool = False
    ) -> None:
        """Log and keep what the charger did against the protocol.

        A charger with a fault in its firmware has it in every message, so one kind of
        violation is kept once a connection, unless `each_time` is set. Of more than `MOST_NOTED`
        kinds the further ones are not kept: who makes up new kinds fills no disk with them.
        """
        kind = (action, code, detail.partition(":")[0])
        if kind in self.noted and not each_time:
            return
        if len(self.noted) < MOST_NOTED:
            self.noted.add(kind)
        elif kind not in self.noted:
            if not self._is_noting_less:
                self._is_noting_less = True
                self.log.warning(
                    "too many kinds of protocol violations, further ones are not kept",
                    kinds=MOST_NOTED,
                )
            if not each_time:
                return
        self.log.warning("protocol violation", action=action, code=code, detail=detail)
        await self.services.storage.write(
            record_violation,
            self.charge_point_id,
            action,
            code,
            detail,
            self.services.clock.now(),
        )
