"""What can be looked up afterwards: frames, and what chargers did wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from central.api.access import ServicesOf, admin_router
from central.api.fields import INT32_MAX, PLAIN, ChargePointId, Moment, PageSize
from central.api.paging import next_page
from central.domain.violations import Violation, list_violations

router = admin_router("Records")

OfCharger = Annotated[
    str | None, Query(max_length=64, pattern=PLAIN, description="only of this charger")
]
BeforeId = Annotated[
    int | None, Query(ge=1, le=INT32_MAX, description="continues after a page; from Link")
]


class FrameOut(BaseModel):
    """A frame as it went over the wire."""

    at: datetime
    direction: str = Field(description="in: from the charger, out: to it", examples=["in"])
    action: str = Field(description="also of an answer; empty if the frame was not readable")
    frame: str = Field(examples=['[2,"19","Heartbeat",{}]'])
    answer: str | None = Field(None, description="the frame that answered this call")
    latency_us: int | None = Field(
        None, description="from a call to its answer, told with both; business time, µs"
    )


class ViolationOut(BaseModel):
    """What a charger did against the protocol, and was answered all the same."""

    id: int
    charge_point_id: str
    at: datetime
    action: str
    code: str = Field(examples=["StopDiffers"])
    detail: str


@router.get("/api/messages/{charge_point_id}")
async def messages(
    charge_point_id: ChargePointId,
    request: Request,
    response: Response,
    services: ServicesOf,
    not_before: Annotated[Moment | None, Query(alias="from")] = None,
    before: Annotated[Moment | None, Query(alias="to", description="exclusive")] = None,
    action: Annotated[str | None, Query(max_length=50, pattern=PLAIN)] = None,
    direction: Annotated[
        Literal["in", "out"] | None, Query(description="in: from the charger, out: to it")
    ] = None,
    text: Annotated[
        str | None, Query(min_length=1, max_length=200, pattern=PLAIN, description="contained")
    ] = None,
    limit: PageSize = 100,
    cursor: Annotated[
        str | None, Query(max_length=200, pattern=PLAIN, description="from the Link header")
    ] = None,
) -> list[FrameOut]:
    """Search the frames to and from a charger, newest first.

    A page ends when it is full, or when 50,000 rows or 64 MiB of the log have been read for it: it
    may have few frames, or none, and go on. The end is where there is no `Link`.

    The log is written in batches: the last second may be missing.
    """
    page = await services.message_log.search(
        charge_point_id,
        not_before=not_before,
        before=before,
        action=action,
        direction=direction,
        text=text,
        before_cursor=cursor,
        limit=limit,
    )
    if page.cursor is not None:
        response.headers.update(next_page(request, cursor=page.cursor))
    return [
        FrameOut(
            at=frame.at,
            direction=frame.direction,
            action=frame.action,
            frame=frame.frame,
            answer=frame.answer,
            latency_us=frame.latency_us,
        )
        for frame in page.frames
    ]


@router.get("/api/violations")
async def violations(
    request: Request,
    response: Response,
    services: ServicesOf,
    charge_point_id: OfCharger = None,
    limit: PageSize = 100,
    before_id: BeforeId = None,
) -> list[ViolationOut]:
    """List what chargers did against the protocol, newest first."""

    def read(conn: Connection) -> list[Violation]:
        return list_violations(
            conn, charge_point_id=charge_point_id, limit=limit, before_id=before_id
        )

    page = await services.storage.read(read)
    if len(page) == limit:
        response.headers.update(next_page(request, before_id=page[-1].id))
    return [
        ViolationOut(
            id=violation.id,
            charge_point_id=violation.charge_point_id,
            at=violation.at,
            action=violation.action,
            code=violation.code,
            detail=violation.detail,
        )
        for violation in page
    ]
