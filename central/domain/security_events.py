"""Security events that chargers report (Improved security for OCPP 1.6-J, use case A04)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, select

from central.domain.statements import insert_ignoring
from central.models import security_events
from central.models.base import as_stored

CRITICAL: Final = frozenset(
    {
        "FirmwareUpdated",
        "SettingSystemTime",
        "StartupOfTheDevice",
        "ResetOrReboot",
        "SecurityLogWasCleared",
        "MemoryExhaustion",
        "TamperDetectionActivated",
    }
)
"""Those that a charger must send and queue until they are answered (A04)."""

ALERTING: Final = frozenset(
    {
        "AttemptedReplayAttacks",
        "CentralSystemFailedToAuthenticate",
        "FailedToAuthenticateAtCentralSystem",
        "InvalidCentralSystemCertificate",
        "InvalidChargePointCertificate",
        "InvalidFirmwareSignature",
        "InvalidFirmwareSigningCertificate",
        "InvalidTLSCipherSuite",
        "InvalidTLSVersion",
        "MemoryExhaustion",
        "SecurityLogWasCleared",
        "TamperDetectionActivated",
    }
)
"""Those that somebody should look at: an attack, or something set up wrongly, shows like this.
What belongs to every day, such as a restart, is critical by the standard but not among them."""


@dataclass(frozen=True)
class SecurityEvent:
    """One of them.

    Attributes:
        at: when it happened, by the charger's clock.
        received_at: when the news arrived.
        tech_info: what the charger said besides; may be empty.
    """

    id: int
    charge_point_id: str
    type: str
    at: datetime
    received_at: datetime
    tech_info: str

    @property
    def is_critical(self) -> bool:
        """Whether the standard calls it critical."""
        return self.type in CRITICAL

    @property
    def is_alert(self) -> bool:
        """Whether somebody should look at it."""
        return self.type in ALERTING


def record_event(
    conn: Connection,
    charge_point_id: str,
    kind: str,
    at: datetime,
    tech_info: str,
    now: datetime,
) -> None:
    """Keep an event; one that the charger repeats is kept once."""
    conn.execute(
        insert_ignoring(conn.dialect.name, security_events).values(
            charge_point_id=charge_point_id,
            type=as_stored(kind, 50),
            at=at,
            received_at=now,
            tech_info=as_stored(tech_info),
        )
    )


def list_events(
    conn: Connection,
    *,
    charge_point_id: str | None = None,
    only_alerts: bool = False,
    limit: int = 100,
    before_id: int | None = None,
) -> list[SecurityEvent]:
    """Give the newest first; `before_id` continues after the last one of the page before."""
    query = select(security_events).order_by(security_events.c.id.desc()).limit(limit)
    if charge_point_id is not None:
        query = query.where(security_events.c.charge_point_id == charge_point_id)
    if only_alerts:
        query = query.where(security_events.c.type.in_(sorted(ALERTING)))
    if before_id is not None:
        query = query.where(security_events.c.id < before_id)
    return [SecurityEvent(**row) for row in conn.execute(query).mappings()]


def purge_events(conn: Connection, older_than: datetime) -> int:
    """Forget those that arrived before a moment; gives how many."""
    return conn.execute(
        delete(security_events).where(security_events.c.received_at < older_than)
    ).rowcount
