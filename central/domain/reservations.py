"""Reservations of connectors (OCPP 1.6 §5.2 and §5.13).

A reservation is `requested` until its charger has answered, then what the answer was:
`accepted`, or `faulted`, `occupied`, `rejected`, `unavailable`, which mean that there is none.
An accepted one ends as `cancelled`, `used` by a session, or `expired`, which is told by time.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from central.domain.errors import NotFoundError
from central.domain.statements import inserted_id
from central.models import reservations
from wire.times import parse_time

REQUESTED: Final = "requested"
ACCEPTED: Final = "accepted"
REJECTED: Final = "rejected"
CANCELLED: Final = "cancelled"
USED: Final = "used"
EXPIRED: Final = "expired"
UNANSWERED: Final = "unanswered"
"""The charger did not answer, so it may hold the reservation all the same."""

_OPEN: Final = (REQUESTED, UNANSWERED)


@dataclass(frozen=True)
class Reservation:
    """A reservation.

    Attributes:
        reservation_id: as OCPP names it; absent for the moment until it is numbered.
        connector_id: 0 is any connector of the charger.
        transaction_id: the session that used it.
    """

    id: int
    charge_point_id: str
    reservation_id: int | None
    connector_id: int
    id_tag: str
    parent_id_tag: str | None
    expires_at: datetime
    status: str
    transaction_id: int | None
    user_id: int | None
    created_at: datetime

    def status_at(self, now: datetime) -> str:
        """Give the status, an accepted one that is over being expired."""
        return EXPIRED if self.status == ACCEPTED and self.expires_at <= now else self.status


def request(
    conn: Connection,
    charge_point_id: str,
    now: datetime,
    *,
    connector_id: int,
    id_tag: str,
    parent_id_tag: str | None,
    expires_at: datetime,
    user_id: int | None,
) -> Reservation:
    """Store a reservation that is about to be asked for, with a number that is new."""
    made = conn.execute(
        insert(reservations).values(
            charge_point_id=charge_point_id,
            connector_id=connector_id,
            id_tag=id_tag,
            parent_id_tag=parent_id_tag,
            expires_at=expires_at,
            status=REQUESTED,
            user_id=user_id,
            created_at=now,
        )
    )
    number = inserted_id(made)
    of_charger = reservations.c.charge_point_id == charge_point_id
    chosen = conn.execute(
        select(reservations.c.id).where(of_charger, reservations.c.reservation_id == number)
    ).one_or_none()
    if chosen is not None:
        # An operator once chose this very number by hand; the newer one replaces it.
        conn.execute(
            update(reservations).where(reservations.c.id == chosen.id).values(reservation_id=None)
        )
    conn.execute(
        update(reservations).where(reservations.c.id == number).values(reservation_id=number)
    )
    return get_reservation(conn, number)


def set_status(conn: Connection, number: int, status: str) -> None:
    """Note what became of a reservation."""
    conn.execute(update(reservations).where(reservations.c.id == number).values(status=status))


def settle_request(conn: Connection, number: int, status: str) -> None:
    """Note that a request failed, unless its answer has come meanwhile after all."""
    conn.execute(
        update(reservations)
        .where(reservations.c.id == number)
        .where(reservations.c.status.in_(_OPEN))
        .values(status=status)
    )


def note_reserve_now(
    conn: Connection,
    charge_point_id: str,
    payload: dict[str, Any],
    answer: dict[str, Any],
    now: datetime,
) -> None:
    """Note the answer to a ReserveNow; one of the same number is replaced (§5.13)."""
    values = {
        "connector_id": payload["connectorId"],
        "id_tag": payload["idTag"],
        "parent_id_tag": payload.get("parentIdTag"),
        "expires_at": parse_time(payload["expiryDate"]),
        "status": answer["status"].lower(),
    }
    known = _find(conn, charge_point_id, payload["reservationId"])
    if known is None:
        conn.execute(
            insert(reservations).values(
                charge_point_id=charge_point_id,
                reservation_id=payload["reservationId"],
                created_at=now,
                **values,
            )
        )
    elif known.status in _OPEN or values["status"] == ACCEPTED:
        conn.execute(
            update(reservations)
            .where(reservations.c.id == known.id)
            .values(transaction_id=None, **values)
        )


def note_cancelled(conn: Connection, charge_point_id: str, reservation_id: int) -> None:
    """Note that a charger took a reservation back."""
    known = _find(conn, charge_point_id, reservation_id)
    if known is not None:
        set_status(conn, known.id, CANCELLED)


def note_used(
    conn: Connection, charge_point_id: str, reservation_id: int, transaction_id: int
) -> None:
    """Note the session that a reservation was for (OCPP 1.6 §4.8)."""
    conn.execute(
        update(reservations)
        .where(reservations.c.charge_point_id == charge_point_id)
        .where(reservations.c.reservation_id == reservation_id)
        .values(status=USED, transaction_id=transaction_id)
    )


def get_reservation(conn: Connection, number: int) -> Reservation:
    """Give a reservation by number.

    Raises:
        NotFoundError: there is none.
    """
    row = conn.execute(select(reservations).where(reservations.c.id == number)).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no reservation {number}", where="id")
    return Reservation(**row._mapping)


def list_reservations(
    conn: Connection,
    *,
    charge_point_id: str | None = None,
    user_id: int | None = None,
    limit: int = 100,
    before_id: int | None = None,
) -> list[Reservation]:
    """Give reservations, newest first; `before_id` continues after a page."""
    query = select(reservations).order_by(reservations.c.id.desc()).limit(limit)
    if charge_point_id is not None:
        query = query.where(reservations.c.charge_point_id == charge_point_id)
    if user_id is not None:
        query = query.where(reservations.c.user_id == user_id)
    if before_id is not None:
        query = query.where(reservations.c.id < before_id)
    return [Reservation(**row) for row in conn.execute(query).mappings()]


def _find(conn: Connection, charge_point_id: str, reservation_id: int) -> Reservation | None:
    row = conn.execute(
        select(reservations)
        .where(reservations.c.charge_point_id == charge_point_id)
        .where(reservations.c.reservation_id == reservation_id)
    ).one_or_none()
    return None if row is None else Reservation(**row._mapping)
