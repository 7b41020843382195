"""`/api/reservations`: connectors kept for a tag. Admins see all, a user sees their own."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from central.api.access import CurrentUser, ServicesOf, user_router
from central.api.charger_commands import send
from central.api.charging import usable_tag
from central.api.errors import ApiError, documented
from central.api.fields import INT32_MAX, PLAIN, Count, Moment, PageSize, Tag
from central.api.paging import next_page
from central.api.services import Services
from central.domain import reservations
from central.domain.charger_link import CommandOutcome, CommandResult
from central.domain.chargers import get_charger
from central.domain.errors import ConflictError, NotFoundError
from central.domain.id_tags import find_id_tag
from central.domain.reservations import Reservation
from central.domain.users import User

router = user_router("Reservations")

Number = Annotated[int, Path(ge=1, le=INT32_MAX, description="reservation")]


class NewReservation(BaseModel):
    """What to reserve, for whom and until when."""

    model_config = ConfigDict(extra="forbid")

    charge_point_id: Annotated[
        str, StringConstraints(min_length=1, max_length=64, pattern=PLAIN)
    ] = Field(examples=["CP001"])
    connector_id: Count = Field(description="0: any connector", examples=[1])
    id_tag: Tag | None = Field(
        None, description="one of your own; your first if left out", examples=["USER001"]
    )
    expires_at: Moment = Field(examples=["2026-06-01T12:00:00Z"])


class ReservationOut(BaseModel):
    """A reservation."""

    id: int
    reservation_id: int | None = Field(description="the number that the charger knows it by")
    charge_point_id: str
    connector_id: int
    id_tag: str
    parent_id_tag: str | None = None
    expires_at: datetime
    status: str = Field(
        description="requested, unanswered, accepted, cancelled, used, expired; or why the charger "
        "refused: faulted, occupied, rejected, unavailable",
        examples=["accepted"],
    )
    transaction_id: int | None = Field(None, description="the session that used it")
    created_at: datetime


COMMAND_ERRORS = documented(
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.GATEWAY_TIMEOUT,
)


@router.post(
    "/api/reservations",
    status_code=HTTPStatus.CREATED,
    responses={**COMMAND_ERRORS, **documented(HTTPStatus.FORBIDDEN)},
)
async def add(body: NewReservation, services: ServicesOf, user: CurrentUser) -> ReservationOut:
    """Reserve a connector.

    A reservation that the charger refused (409) or did not answer is kept, to be looked up.
    """
    now = services.clock.now()
    if body.expires_at <= now:
        raise ApiError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "expires_at is in the past",
            where="body: expires_at",
            how="give a later moment",
        )
    tag = await usable_tag(services, user, body.id_tag)
    stored = await services.storage.read(find_id_tag, tag)
    parent = None if stored is None else stored.parent_id_tag
    await services.storage.read(get_charger, body.charge_point_id)
    if await services.links.find(body.charge_point_id) is None:
        raise ConflictError(
            f"charger {body.charge_point_id} is not connected",
            where="body: charge_point_id",
            how=f"wait until it connects; GET /api/chargers/{body.charge_point_id}/status tells",
        )
    reservation = await services.storage.try_write(
        reservations.request,
        body.charge_point_id,
        now,
        connector_id=body.connector_id,
        id_tag=tag,
        parent_id_tag=parent,
        expires_at=body.expires_at,
        user_id=user.id,
    )
    payload = {
        "connectorId": body.connector_id,
        "expiryDate": body.model_dump(mode="json")["expires_at"],
        "idTag": tag,
        "reservationId": reservation.id,
    } | ({} if parent is None else {"parentIdTag": parent})

    async def note_late(late: CommandResult) -> None:
        if late.outcome is not CommandOutcome.ANSWERED:
            await services.storage.write(
                reservations.settle_request, reservation.id, reservations.REJECTED
            )

    try:
        result = await send(
            services,
            body.charge_point_id,
            "ReserveNow",
            payload,
            requested_by=user.id,
            when_late=note_late,
        )
    except ApiError as error:
        refused = error.status is HTTPStatus.BAD_GATEWAY
        await services.storage.write(
            reservations.settle_request,
            reservation.id,
            reservations.REJECTED if refused else reservations.UNANSWERED,
        )
        raise
    if result.status != "Accepted":
        raise ApiError(
            HTTPStatus.CONFLICT,
            f"charger {body.charge_point_id} refused the reservation: {result.status}",
            where="the charger",
            how=f"GET /api/chargers/{body.charge_point_id}/status shows its connectors; "
            f"the reservation is kept as {reservation.id}",
        )
    return _out(await services.storage.read(reservations.get_reservation, reservation.id), now)


@router.get("/api/reservations")
async def list_all(
    request: Request,
    response: Response,
    services: ServicesOf,
    user: CurrentUser,
    charge_point_id: Annotated[str | None, Query(max_length=64, pattern=PLAIN)] = None,
    limit: PageSize = 100,
    before_id: Annotated[int | None, Query(ge=1, le=INT32_MAX)] = None,
) -> list[ReservationOut]:
    """List reservations, newest first."""

    def read(conn: Connection) -> list[Reservation]:
        return reservations.list_reservations(
            conn,
            charge_point_id=charge_point_id,
            user_id=None if user.is_admin else user.id,
            limit=limit,
            before_id=before_id,
        )

    page = await services.storage.read(read)
    if len(page) == limit:
        response.headers.update(next_page(request, before_id=page[-1].id))
    now = services.clock.now()
    return [_out(reservation, now) for reservation in page]


@router.get("/api/reservations/{number}", responses=documented(HTTPStatus.NOT_FOUND))
async def get(number: Number, services: ServicesOf, user: CurrentUser) -> ReservationOut:
    """Tell about one reservation."""
    return _out(await _visible(services, number, user), services.clock.now())


@router.delete("/api/reservations/{number}", responses=COMMAND_ERRORS)
async def cancel(number: Number, services: ServicesOf, user: CurrentUser) -> ReservationOut:
    """Take a reservation back; 409 if the charger does not hold it."""
    reservation = await _visible(services, number, user)
    if reservation.reservation_id is None or reservation.status not in (
        reservations.ACCEPTED,
        reservations.UNANSWERED,
        reservations.REQUESTED,
    ):
        raise ApiError(
            HTTPStatus.CONFLICT,
            f"reservation {number} is {reservation.status}",
            where="path: number",
            how="nothing is left to cancel",
        )
    result = await send(
        services,
        reservation.charge_point_id,
        "CancelReservation",
        {"reservationId": reservation.reservation_id},
        requested_by=user.id,
    )
    if result.status != "Accepted":
        raise ApiError(
            HTTPStatus.CONFLICT,
            f"charger {reservation.charge_point_id} does not hold reservation {number}: "
            f"{result.status}",
            where="the charger",
            how="it may have expired there, or been used",
        )
    return await get(number, services, user)


async def _visible(services: Services, number: int, user: User) -> Reservation:
    """Return a reservation that a user may see; of another's nobody learns that it exists.

    Raises:
        NotFoundError: There is none.
    """
    found = await services.storage.read(reservations.get_reservation, number)
    if not user.is_admin and found.user_id != user.id:
        raise NotFoundError(f"there is no reservation {number}", where="id")
    return found


def _out(reservation: Reservation, now: datetime) -> ReservationOut:
    return ReservationOut(
        id=reservation.id,
        reservation_id=reservation.reservation_id,
        charge_point_id=reservation.charge_point_id,
        connector_id=reservation.connector_id,
        id_tag=reservation.id_tag,
        parent_id_tag=reservation.parent_id_tag,
        expires_at=reservation.expires_at,
        status=reservation.status_at(now),
        transaction_id=reservation.transaction_id,
        created_at=reservation.created_at,
    )
