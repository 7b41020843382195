"""`/api/metering/{charge_point_id}`: what the meters of a charger said."""

from __future__ import annotations

import asyncio
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from fastapi import Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from central.api.access import CurrentUser, ServicesOf, user_router
from central.api.errors import documented
from central.api.fields import INT32_MAX, PLAIN, ChargePointId, Moment
from central.api.meter_summary import summarize
from central.api.paging import LINK_HEADER, next_page
from central.api.sessions import get_visible
from central.domain.chargers import get_charger
from central.domain.errors import NotFoundError
from central.domain.meter_values import NO_TRANSACTION, Reading, latest, list_readings
from central.domain.users import User

router = user_router("Metering")


class ReadingOut(BaseModel):
    """Values taken at one moment; a quantity that was not sampled is null."""

    timestamp: datetime
    connector_id: int = Field(description="0 is the charger's main meter")
    transaction_id: int | None = None
    context: str = Field(examples=["Sample.Periodic"])
    voltage: float | None = Field(None, description="V, mean of the phases", examples=[230.5])
    current: float | None = Field(None, description="A, of the highest phase", examples=[32.0])
    power: float | None = Field(None, description="W, of all phases", examples=[7360.0])
    total_kwh: float | None = Field(None, description="the register, kWh", examples=[15.5])
    soc: float | None = Field(None, description="state of charge, %")
    sampled_values: list[dict[str, Any]] = Field(
        description="as the charger sent them (OCPP 1.6 section 7.43)",
        examples=[[{"value": "15500", "measurand": "Energy.Active.Import.Register"}]],
    )


PAGE: dict[int | str, dict[str, Any]] = {
    200: {"model": list[ReadingOut], "description": "in the order of time", "headers": LINK_HEADER}
}


@router.get(
    "/api/metering/{charge_point_id}",
    responses={**PAGE, **documented(HTTPStatus.NOT_FOUND)},
)
async def list_all(
    charge_point_id: ChargePointId,
    request: Request,
    services: ServicesOf,
    user: CurrentUser,
    not_before: Annotated[Moment | None, Query(alias="from")] = None,
    before: Annotated[Moment | None, Query(alias="to", description="exclusive")] = None,
    measurand: Annotated[
        str | None,
        Query(
            max_length=50, pattern=PLAIN, description="only its values, such as Power.Active.Import"
        ),
    ] = None,
    connector_id: Annotated[int | None, Query(ge=0, le=INT32_MAX)] = None,
    transaction_id: Annotated[int | None, Query(ge=0, le=INT32_MAX)] = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
    after: Annotated[
        str | None, Query(max_length=200, pattern=PLAIN, description="from the Link header")
    ] = None,
) -> Response:
    """List meter values in the order of time; the `Link` header leads to the next page.

    A user sees those of their own sessions: then `transaction_id` has to be given.
    """

    def read(conn: Connection) -> list[Reading]:
        _check_visible(conn, charge_point_id, transaction_id, user)
        return list_readings(
            conn,
            charge_point_id,
            connector_id=connector_id,
            transaction_id=transaction_id,
            measurand=measurand,
            not_before=not_before,
            before=before,
            after_cursor=after,
            limit=limit,
        )

    page = await services.storage.read(read)
    headers = next_page(request, after=page[-1].cursor) if len(page) == limit else None
    # Thousands of readings take tenths of a second: too long for the loop that chargers wait on.
    content = await asyncio.to_thread(_encode, page)
    return Response(content, media_type="application/json", headers=headers)


@router.get(
    "/api/metering/{charge_point_id}/latest",
    responses={200: {"model": ReadingOut}, **documented(HTTPStatus.NOT_FOUND)},
)
async def newest(
    charge_point_id: ChargePointId,
    services: ServicesOf,
    user: CurrentUser,
    connector_id: Annotated[int | None, Query(ge=0, le=INT32_MAX)] = None,
) -> Response:
    """Tell the newest meter values of a charger; a user sees them during a session of theirs."""

    def read(conn: Connection) -> Reading:
        get_charger(conn, charge_point_id)
        found = latest(conn, charge_point_id, connector_id=connector_id)
        if found is None:
            raise NotFoundError(
                f"charger {charge_point_id} has sent no meter values", where="charge_point_id"
            )
        _check_visible(conn, charge_point_id, found.transaction_id, user)
        return found

    content = msgspec.json.encode(_reading(await services.storage.read(read)))
    return Response(content, media_type="application/json")


def _check_visible(
    conn: Connection, charge_point_id: str, transaction_id: int | None, user: User
) -> None:
    get_charger(conn, charge_point_id)
    if not user.is_admin:
        # What a stranger's car draws, and when, is not for everybody.
        session = get_visible(conn, transaction_id or NO_TRANSACTION, user)
        if session.charge_point_id != charge_point_id:
            raise NotFoundError(
                f"session {session.id} is not at charger {charge_point_id}", where="transaction_id"
            )


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "timestamp": reading.timestamp,
        "connector_id": reading.connector_id,
        "transaction_id": reading.transaction_id or None,
        "context": reading.context,
        **summarize(reading.sampled),
        "sampled_values": reading.sampled,
    }


def _encode(page: list[Reading]) -> bytes:
    return msgspec.json.encode([_reading(reading) for reading in page])
