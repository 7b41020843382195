"""Certificates of chargers: asked for, signed, installed, void (use cases A02 and A03)."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, delete, or_, select, update

from central.domain.chargers import get_charger
from central.domain.errors import ConflictError, NotFoundError
from central.domain.statements import inserted_id
from central.models import charger_certificates, chargers
from central.models.base import as_stored
from central.pki.reading import CertificateFacts


class State(StrEnum):
    """How far a certificate is."""

    REQUESTED = "requested"
    """Asked for, not looked at yet."""
    HELD = "held"
    """Waits for an operator: there is no authority here, or the name is not the charger's."""
    DECLINED = "declined"
    """An operator, or the authority, did not sign it."""
    SIGNED = "signed"
    """Signed, not yet taken by the charger: it gets it as soon as it is connected."""
    INSTALLED = "installed"
    """The charger has accepted it."""
    REJECTED = "rejected"
    """The charger did not accept it."""


UNSIGNED = (State.REQUESTED, State.HELD)
"""Those in which a request waits for a certificate."""


@dataclass(frozen=True)
class ChargerCertificate:
    """A certificate of a charger, or its request for one.

    Attributes:
        detail: why it is in this state, for people.
        common_name, organization: whom the request names.
        chain: PEM, the certificate first; absent until it is signed.
        serial_number, fingerprint: of the certificate, hexadecimal.
    """

    id: int
    charge_point_id: str
    state: State
    detail: str
    csr: str
    requested_at: datetime
    common_name: str
    organization: str
    chain: str | None
    serial_number: str | None
    fingerprint: str | None
    not_before: datetime | None
    not_after: datetime | None
    revoked_at: datetime | None


def request_certificate(
    conn: Connection,
    charge_point_id: str,
    csr: str,
    now: datetime,
    *,
    common_name: str,
    organization: str,
) -> int:
    """Keep a request; gives its number. It takes the place of one that was not finished."""
    table = charger_certificates
    of_charger = table.c.charge_point_id == charge_point_id
    conn.execute(delete(table).where(of_charger).where(table.c.state.in_(UNSIGNED)))
    # The charger has forgotten the key to one that it has not got; should it have got it after
    # all, its answer is still to come.
    conn.execute(
        update(table)
        .where(of_charger)
        .where(table.c.state == State.SIGNED)
        .values(state=State.REJECTED, detail="the charger asked for another one")
    )
    made = conn.execute(
        table.insert().values(
            charge_point_id=charge_point_id,
            state=State.REQUESTED,
            detail="",
            csr=csr,
            requested_at=now,
            common_name=as_stored(common_name),
            organization=as_stored(organization),
        )
    )
    return inserted_id(made)


def list_due(conn: Connection, charge_point_ids: Iterable[str]) -> list[ChargerCertificate]:
    """Give what is to be signed or sent for some chargers."""
    wanted = set(charge_point_ids)
    query = select(charger_certificates).where(
        charger_certificates.c.state.in_((State.REQUESTED, State.SIGNED)),
        charger_certificates.c.revoked_at.is_(None),
    )
    return [
        found
        for row in conn.execute(query.order_by(charger_certificates.c.id)).mappings()
        if (found := _certificate(dict(row))).charge_point_id in wanted
    ]


def is_named(conn: Connection, charge_point_id: str, common_name: str) -> bool:
    """Say whether a name is a charger's: its identity or its serial number, and no other's.

    A serial number is what a charger says it is. Were that enough, a charger could get a
    certificate in the name of another one.
    """
    charger = get_charger(conn, charge_point_id)
    if not common_name or common_name not in (charge_point_id, charger.serial_number):
        return False
    others = (
        select(chargers.c.id)
        .where(chargers.c.charge_point_id != charge_point_id)
        .where(
            or_(chargers.c.charge_point_id == common_name, chargers.c.serial_number == common_name)
        )
    )
    return conn.execute(others.limit(1)).first() is None


def set_signed(
    conn: Connection, certificate_id: int, chain: str, facts: CertificateFacts
) -> ChargerCertificate:
    """Keep the certificate to a request; the charger has not got it yet.

    Raises:
        NotFoundError: there is no such request (any more).
        ConflictError: it is not waiting for a certificate.
    """
    _move(
        conn,
        certificate_id,
        UNSIGNED,
        state=State.SIGNED,
        detail="",
        chain=chain,
        serial_number=facts.serial_number,
        fingerprint=facts.fingerprint,
        not_before=facts.not_before,
        not_after=facts.not_after,
    )
    return get_certificate(conn, certificate_id)


def set_held(conn: Connection, certificate_id: int, why: str) -> None:
    """Let a request wait for an operator.

    Raises:
        NotFoundError, ConflictError: as `set_signed`.
    """
    _move(conn, certificate_id, (State.REQUESTED,), state=State.HELD, detail=as_stored(why))


def decline(conn: Connection, certificate_id: int, why: str) -> ChargerCertificate:
    """Do not sign a request.

    Raises:
        NotFoundError, ConflictError: as `set_signed`.
    """
    _move(conn, certificate_id, UNSIGNED, state=State.DECLINED, detail=as_stored(why))
    return get_certificate(conn, certificate_id)


def set_answered(conn: Connection, certificate_id: int, *, accepted: bool, detail: str) -> None:
    """Keep what the charger said to its certificate.

    Raises:
        NotFoundError, ConflictError: as `set_signed`.
    """
    state = State.INSTALLED if accepted else State.REJECTED
    sent = (State.SIGNED, State.REJECTED)
    _move(conn, certificate_id, sent, state=state, detail=as_stored(detail))


def revoke(conn: Connection, certificate_id: int, now: datetime) -> ChargerCertificate:
    """Let nobody connect with a certificate any more.

    Raises:
        NotFoundError: there is no such certificate.
        ConflictError: it has not been signed.
    """
    found = get_certificate(conn, certificate_id)
    if found.chain is None:
        raise ConflictError(
            f"certificate {certificate_id} is not signed yet",
            where="certificate_id",
            how="decline the request",
        )
    if found.revoked_at is None:
        conn.execute(
            update(charger_certificates)
            .where(charger_certificates.c.id == certificate_id)
            .values(revoked_at=now)
        )
    return get_certificate(conn, certificate_id)


def revoke_all(conn: Connection, charge_point_id: str, now: datetime) -> None:
    """Let nobody connect with a certificate of a charger any more; forget its requests."""
    table = charger_certificates
    of_charger = table.c.charge_point_id == charge_point_id
    conn.execute(delete(table).where(of_charger).where(table.c.chain.is_(None)))
    conn.execute(
        update(table).where(of_charger).where(table.c.revoked_at.is_(None)).values(revoked_at=now)
    )


def find_by_fingerprint(conn: Connection, fingerprint: str) -> ChargerCertificate | None:
    """Give the certificate that was issued here with that SHA-256, or None."""
    row = (
        conn.execute(
            select(charger_certificates)
            .where(charger_certificates.c.fingerprint == fingerprint)
            .order_by(charger_certificates.c.id.desc())
        )
        .mappings()
        .first()
    )
    return None if row is None else _certificate(dict(row))


def get_certificate(conn: Connection, certificate_id: int) -> ChargerCertificate:
    """Give a certificate or request by number.

    Raises:
        NotFoundError: there is none.
    """
    row = (
        conn.execute(
            select(charger_certificates).where(charger_certificates.c.id == certificate_id)
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NotFoundError(f"there is no certificate {certificate_id}", where="certificate_id")
    return _certificate(dict(row))


def list_certificates(
    conn: Connection,
    *,
    charge_point_id: str | None = None,
    state: State | None = None,
    limit: int = 100,
    before_id: int | None = None,
) -> list[ChargerCertificate]:
    """Give the newest first; `before_id` continues after the last one of the page before."""
    table = charger_certificates
    query = select(table).order_by(table.c.id.desc()).limit(limit)
    if charge_point_id is not None:
        query = query.where(table.c.charge_point_id == charge_point_id)
    if state is not None:
        query = query.where(table.c.state == state)
    if before_id is not None:
        query = query.where(table.c.id < before_id)
    return [_certificate(dict(row)) for row in conn.execute(query).mappings()]


def _move(
    conn: Connection, certificate_id: int, from_states: tuple[State, ...], **values: object
) -> None:
    changed = conn.execute(
        update(charger_certificates)
        .where(charger_certificates.c.id == certificate_id)
        .where(charger_certificates.c.state.in_(from_states))
        .where(charger_certificates.c.revoked_at.is_(None))
        .values(**values)
    )
    if not changed.rowcount:
        found = get_certificate(conn, certificate_id)
        raise ConflictError(
            f"certificate {certificate_id} is {found.state}"
            + (" and revoked" if found.revoked_at is not None else ""),
            where="certificate_id",
            how="GET /api/certificates lists those that wait",
        )


def _certificate(row: dict[str, object]) -> ChargerCertificate:
    values = {each.name: row[each.name] for each in fields(ChargerCertificate)}
    return ChargerCertificate(**values | {"state": State(str(row["state"]))})  # type: ignore[arg-type]
