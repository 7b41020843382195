"""`/api/certificates`: what chargers asked to be signed, and what became of it."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from central.api.access import ServicesOf, admin_router
from central.api.errors import documented
from central.api.fields import INT32_MAX, PLAIN, PageSize
from central.api.paging import next_page
from central.api.records import BeforeId, OfCharger
from central.api.security_bodies import PEM, Chain
from central.domain.certificates import (
    ChargerCertificate,
    State,
    decline,
    get_certificate,
    list_certificates,
    revoke,
)

router = admin_router("Security")

CertificateId = Annotated[int, Path(ge=1, le=INT32_MAX)]
CHANGES = documented(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)


class CertificateOut(BaseModel):
    """A certificate of a charger, or its request for one."""

    id: int
    charge_point_id: str
    state: State = Field(
        description="held waits for an operator, signed for the charger to take it"
    )
    detail: str = Field(description="why it is in this state")
    common_name: str
    organization: str
    requested_at: datetime
    csr: str = Field(description="PEM (PKCS #10)")
    chain: str | None = Field(None, description="PEM: the charger's own first")
    serial_number: str | None = None
    fingerprint: str | None = Field(None, description="SHA-256")
    not_before: datetime | None = None
    not_after: datetime | None = None
    revoked_at: datetime | None = None


class SignedElsewhere(BaseModel):
    """What an authority of yours has signed; without a chain the one of the settings signs."""

    model_config = ConfigDict(extra="forbid")

    certificate_chain: Chain | None = Field(
        None,
        examples=[PEM],
        description="PEM: the charger's own first, then what leads to its root",
    )


class Declined(BaseModel):
    """Why a request is not signed."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, StringConstraints(max_length=255, pattern=PLAIN)] = ""


@router.get("/api/certificates")
async def list_all(
    request: Request,
    response: Response,
    services: ServicesOf,
    charge_point_id: OfCharger = None,
    state: Annotated[State | None, Query(description="only those in this state")] = None,
    limit: PageSize = 100,
    before_id: BeforeId = None,
) -> list[CertificateOut]:
    """List certificates of chargers and their requests, newest first."""

    def read(conn: Connection) -> list[ChargerCertificate]:
        return list_certificates(
            conn, charge_point_id=charge_point_id, state=state, limit=limit, before_id=before_id
        )

    page = await services.storage.read(read)
    if len(page) == limit:
        response.headers.update(next_page(request, before_id=page[-1].id))
    return [_out(certificate) for certificate in page]


@router.get("/api/certificates/{certificate_id}", responses=documented(HTTPStatus.NOT_FOUND))
async def one(certificate_id: CertificateId, services: ServicesOf) -> CertificateOut:
    """Tell about one certificate or request."""
    return _out(await services.storage.read(get_certificate, certificate_id))


@router.post("/api/certificates/{certificate_id}/sign", responses=CHANGES)
async def sign(
    certificate_id: CertificateId, body: SignedElsewhere, services: ServicesOf
) -> CertificateOut:
    """Sign a request that waits, or take what your authority has signed.

    The charger gets it at once if it is connected, otherwise when it comes
    (CertificateSigned); `state` tells later whether it took it. Look at the
    name in the request first: whoever holds the certificate connects as this
    charger.
    """
    signed = (
        await services.issuer.sign(certificate_id)
        if body.certificate_chain is None
        else await services.issuer.take_signed(certificate_id, body.certificate_chain)
    )
    services.certificates_due.add(signed.charge_point_id)
    return _out(signed)


@router.post("/api/certificates/{certificate_id}/decline", responses=CHANGES)
async def do_not_sign(
    certificate_id: CertificateId, body: Declined, services: ServicesOf
) -> CertificateOut:
    """Do not sign a request; the charger keeps the certificate that it has."""
    return _out(await services.storage.try_write(decline, certificate_id, body.reason))


@router.post("/api/certificates/{certificate_id}/revoke", responses=CHANGES)
async def take_back(certificate_id: CertificateId, services: ServicesOf) -> CertificateOut:
    """Let nobody connect with a certificate any more.

    A connection that is open stays so; DELETE of the charger ends it.
    """
    return _out(await services.storage.try_write(revoke, certificate_id, services.clock.now()))


def _out(certificate: ChargerCertificate) -> CertificateOut:
    return CertificateOut(
        id=certificate.id,
        charge_point_id=certificate.charge_point_id,
        state=certificate.state,
        detail=certificate.detail,
        common_name=certificate.common_name,
        organization=certificate.organization,
        requested_at=certificate.requested_at,
        csr=certificate.csr,
        chain=certificate.chain,
        serial_number=certificate.serial_number,
        fingerprint=certificate.fingerprint,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
        revoked_at=certificate.revoked_at,
    )
