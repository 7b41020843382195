"""Connectors of chargers: the last status of each (OCPP 1.6 §4.9)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from central.domain import gone_sessions
from central.domain.errors import InvalidError
from central.domain.statements import insert_or_update
from central.models import chargers, connectors
from central.models.base import as_stored

# More than any charger on the market; a higher number is a mistake or an attack.
MAX_CONNECTOR_ID = 255

_HAS_CONNECTOR = (
    update(chargers)
    .where(chargers.c.charge_point_id == bindparam("of_charger"))
    .where(chargers.c.connector_count < bindparam("number"))
    .values(connector_count=bindparam("number"))
)


@dataclass(frozen=True)
class Connector:
    """The last status of a connector; number 0 is the charger itself (OCPP 1.6 §4.9).

    Attributes:
        since: when the charger says that the status began.
        received_at: when the news arrived.
    """

    charge_point_id: str
    connector_id: int
    status: str
    error_code: str
    info: str | None
    vendor_id: str | None
    vendor_error_code: str | None
    since: datetime
    received_at: datetime


@dataclass(frozen=True)
class StatusReport:
    """A StatusNotification (OCPP 1.6 §6.47).

    Attributes:
        timestamp: when the status began; absent if the charger did not say.
    """

    charge_point_id: str
    connector_id: int
    status: str
    error_code: str
    timestamp: datetime | None = None
    info: str | None = None
    vendor_id: str | None = None
    vendor_error_code: str | None = None


def list_connectors(conn: Connection, charge_point_id: str | None = None) -> list[Connector]:
    """Give the last status of each connector, of one charger or of all."""
    query = select(connectors).order_by(connectors.c.charge_point_id, connectors.c.connector_id)
    if charge_point_id is not None:
        query = query.where(connectors.c.charge_point_id == charge_point_id)
    return [Connector(**row) for row in conn.execute(query).mappings()]


def record_status(conn: Connection, report: StatusReport, now: datetime) -> None:
    """Keep the status of a connector.

    Available on a connector is evidence that its session ended: it becomes `stop_expected`, for
    statuses overtake queued transaction messages (OCPP 1.6 §4.8).

    Raises:
        InvalidError: the connector number is outside 0…255.
    """
    check_connector_id(report.connector_id)
    insert_or_update(
        conn,
        connectors,
        [
            {
                "charge_point_id": report.charge_point_id,
                "connector_id": report.connector_id,
                "status": report.status[:32],
                "error_code": report.error_code[:32],
                "info": as_stored(report.info),
                "vendor_id": as_stored(report.vendor_id),
                "vendor_error_code": as_stored(report.vendor_error_code),
                "since": report.timestamp or now,
                "received_at": now,
            }
        ],
        update=[
            "status",
            "error_code",
            "info",
            "vendor_id",
            "vendor_error_code",
            "since",
            "received_at",
        ],
    )
    conn.execute(
        _HAS_CONNECTOR, {"of_charger": report.charge_point_id, "number": report.connector_id}
    )
    if report.connector_id > 0 and report.status == "Available":
        gone_sessions.expect_stop(
            conn,
            report.charge_point_id,
            gone_sessions.Evidence.AVAILABLE,
            now,
            connector_id=report.connector_id,
        )


def forget_connectors(conn: Connection, charge_point_id: str) -> None:
    """Forget the statuses of a charger that is no longer one of ours."""
    conn.execute(delete(connectors).where(connectors.c.charge_point_id == charge_point_id))


def check_connector_id(connector_id: int) -> None:
    """Refuse a connector number that no charger has.

    Raises:
        InvalidError: it is outside 0…255.
    """
    if not 0 <= connector_id <= MAX_CONNECTOR_ID:
        raise InvalidError(
            f"there is no connector {connector_id}",
            where="connectorId",
            how=f"0 to {MAX_CONNECTOR_ID}",
        )
