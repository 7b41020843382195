"""`GET /api/security-events`: what chargers reported about their security."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from central.api.access import ServicesOf, admin_router
from central.api.fields import PageSize
from central.api.paging import next_page
from central.api.records import BeforeId, OfCharger
from central.domain.security_events import SecurityEvent, list_events

router = admin_router("Security")


class SecurityEventOut(BaseModel):
    """A security event of a charger."""

    id: int
    charge_point_id: str
    type: str = Field(examples=["InvalidChargePointCertificate"])
    at: datetime = Field(description="by the charger's clock")
    received_at: datetime
    tech_info: str
    critical: bool = Field(description="the whitepaper calls it critical")
    alert: bool = Field(description="somebody should look at it")


@router.get("/api/security-events")
async def events(
    request: Request,
    response: Response,
    services: ServicesOf,
    charge_point_id: OfCharger = None,
    alert: Annotated[bool, Query(description="only those that somebody should look at")] = False,
    limit: PageSize = 100,
    before_id: BeforeId = None,
) -> list[SecurityEventOut]:
    """List what chargers reported about their security, newest first."""

    def read(conn: Connection) -> list[SecurityEvent]:
        return list_events(
            conn,
            charge_point_id=charge_point_id,
            only_alerts=alert,
            limit=limit,
            before_id=before_id,
        )

    page = await services.storage.read(read)
    if len(page) == limit:
        response.headers.update(next_page(request, before_id=page[-1].id))
    return [
        SecurityEventOut(
            id=event.id,
            charge_point_id=event.charge_point_id,
            type=event.type,
            at=event.at,
            received_at=event.received_at,
            tech_info=event.tech_info,
            critical=event.is_critical,
            alert=event.is_alert,
        )
        for event in page
    ]
