"""`/api/sessions`: charging sessions. Admins see all, a user sees their own."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import Path, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from central.api.access import CurrentUser, ServicesOf, user_router
from central.api.errors import documented
from central.api.fields import INT32_MAX, PLAIN, PageSize
from central.api.money import from_minor
from central.api.paging import next_page
from central.domain.errors import NotFoundError
from central.domain.meter_values import last_register
from central.domain.sessions import Session, State, get_session, list_sessions
from central.domain.users import User

router = user_router("Sessions")

Status = Literal["active", "stopping", "completed"]

STATUS_OF: dict[State, Status] = {
    State.OPEN: "active",
    State.STOP_EXPECTED: "stopping",
    State.PROVISIONAL: "completed",
    State.CLOSED: "completed",
}
STATES_OF: dict[Status, tuple[State, ...]] = {
    "active": (State.OPEN,),
    "stopping": (State.STOP_EXPECTED,),
    "completed": (State.PROVISIONAL, State.CLOSED),
}


class SessionOut(BaseModel):
    """A charging session."""

    id: int
    transaction_id: int = Field(description="the same number, as OCPP names it", examples=[123])
    charge_point_id: str
    connector_id: int
    id_tag: str
    tag_status: str = Field(description="what the charger was told of the tag")
    user_id: int | None = None
    status: Status = Field(description="stopping: it seems over, its end has not been reported")
    provisional: bool = Field(description="closed without the charger's word; it may still come")
    orphan: bool = Field(description="its start never arrived")
    start_time: datetime
    stop_time: datetime | None = None
    stop_reason: str | None = None
    meter_start_wh: int
    meter_stop_wh: int | None = None
    energy_wh: int | None = Field(description="so far, while the session runs")
    energy_consumed: float | None = Field(description="the same in kWh", examples=[15.5])
    cost: float | None = Field(None, description="major units of the currency")
    cost_minor: int | None = None
    currency: str | None = None


@router.get(
    "/api/sessions",
    responses={
        200: {"description": "newest first", "headers": {"Link": {"schema": {"type": "string"}}}}
    },
)
async def list_all(
    request: Request,
    response: Response,
    services: ServicesOf,
    user: CurrentUser,
    charge_point_id: Annotated[str | None, Query(max_length=64, pattern=PLAIN)] = None,
    status: Status | None = None,
    limit: PageSize = 100,
    before_id: Annotated[int | None, Query(ge=1, le=INT32_MAX)] = None,
) -> list[SessionOut]:
    """List sessions, newest first; the `Link` header leads to older ones."""

    def read(conn: Connection) -> list[SessionOut]:
        found = list_sessions(
            conn,
            user_id=None if user.is_admin else user.id,
            charge_point_id=charge_point_id,
            states=STATES_OF[status] if status else (),
            limit=limit,
            before_id=before_id,
        )
        return [session_out(conn, session) for session in found]

    page = await services.storage.read(read)
    if len(page) == limit:
        response.headers.update(next_page(request, before_id=page[-1].id))
    return page


@router.get("/api/sessions/{transaction_id}", responses=documented(HTTPStatus.NOT_FOUND))
async def get(
    transaction_id: Annotated[int, Path(ge=1, le=INT32_MAX)],
    services: ServicesOf,
    user: CurrentUser,
) -> SessionOut:
    """Tell about one session."""

    def read(conn: Connection) -> SessionOut:
        return session_out(conn, get_visible(conn, transaction_id, user))

    return await services.storage.read(read)


def get_visible(conn: Connection, transaction_id: int, user: User) -> Session:
    """Return a session that this user may see.

    Raises:
        NotFoundError: There is none, or it is somebody else's.
    """
    session = get_session(conn, transaction_id)
    if not user.is_admin and session.user_id != user.id:
        raise NotFoundError(f"there is no session {transaction_id}", where="transaction_id")
    return session


def session_out(conn: Connection, session: Session) -> SessionOut:
    """Make the answer about a session; what it has consumed so far comes from its meter."""
    energy_wh = session.energy_wh
    if energy_wh is None:
        last = last_register(conn, session.charge_point_id, session.id)
        energy_wh = None if last is None else max(0, last.register_wh - session.meter_start_wh)
    cost = None
    if session.cost_minor is not None and session.currency is not None:
        cost = from_minor(session.cost_minor, session.currency)
    return SessionOut(
        id=session.id,
        transaction_id=session.id,
        charge_point_id=session.charge_point_id,
        connector_id=session.connector_id,
        id_tag=session.id_tag,
        tag_status=session.tag_status,
        user_id=session.user_id,
        status=STATUS_OF[session.state],
        provisional=session.state is State.PROVISIONAL,
        orphan=session.orphan,
        start_time=session.started_at,
        stop_time=session.stopped_at,
        stop_reason=session.stop_reason,
        meter_start_wh=session.meter_start_wh,
        meter_stop_wh=session.meter_stop_wh,
        energy_wh=energy_wh,
        energy_consumed=None if energy_wh is None else energy_wh / 1000,
        cost=cost,
        cost_minor=session.cost_minor,
        currency=session.currency,
    )
