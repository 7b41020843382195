"""What chargers did against the protocol, kept for whoever has to talk to their maker."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from central.domain import statistics
from central.models import violations

_DETAIL_LENGTH = 2_000


@dataclass(frozen=True)
class Violation:
    """One of them.

    Attributes:
        code: short name of the rule, such as `StopDiffers` or `UntrustedTimestamp`.
        detail: for people.
    """

    id: int
    charge_point_id: str
    at: datetime
    action: str
    code: str
    detail: str


def record_violation(
    conn: Connection, charge_point_id: str, action: str, code: str, detail: str, now: datetime
) -> None:
    """Keep a violation and count it; the detail is cut to 2,000 characters."""
    conn.execute(
        insert(violations).values(
            charge_point_id=charge_point_id,
            at=now,
            action=action[:50],
            code=code[:50],
            detail=detail[:_DETAIL_LENGTH].replace("\x00", "\ufffd"),
        )
    )
    statistics.add(conn, charge_point_id, {statistics.Counter.VIOLATIONS: 1})


def list_violations(
    conn: Connection,
    *,
    charge_point_id: str | None = None,
    limit: int = 100,
    before_id: int | None = None,
) -> list[Violation]:
    """Give the newest first; `before_id` continues after the last one of the page before."""
    query = select(violations).order_by(violations.c.id.desc()).limit(limit)
    if charge_point_id is not None:
        query = query.where(violations.c.charge_point_id == charge_point_id)
    if before_id is not None:
        query = query.where(violations.c.id < before_id)
    return [Violation(**row) for row in conn.execute(query).mappings()]


def purge_violations(conn: Connection, older_than: datetime) -> int:
    """Forget those before a moment; gives how many."""
    return conn.execute(delete(violations).where(violations.c.at < older_than)).rowcount
