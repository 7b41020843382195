"""`/api/charging`: starting and stopping a session from the app."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from central.api.access import CurrentUser, ServicesOf, user_router
from central.api.charger_commands import send
from central.api.errors import ApiError, documented
from central.api.fields import PLAIN, Positive, Tag
from central.api.services import Services
from central.api.sessions import get_visible
from central.domain import id_tags
from central.domain.sessions import Session, State, get_session, list_sessions
from central.domain.users import User

router = user_router("Charging")

LOOK_EVERY_S = 0.05
"""How often the database is asked whether the charger has started or stopped.

Asking instead of being told works whichever process the charger is connected to.
"""

CpId = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=PLAIN)]
Wait = Annotated[float, Field(ge=0, le=60, allow_inf_nan=False)]


class StartCharging(BaseModel):
    """What to start, and for how long to wait for it."""

    model_config = ConfigDict(extra="forbid")

    charge_point_id: CpId = Field(examples=["CP001"])
    connector_id: Positive | None = Field(None, examples=[1])
    id_tag: Tag | None = Field(
        None, description="one of your own; your first if left out", examples=["USER001"]
    )
    wait_s: Wait | None = Field(
        None, description="for the charger to start, seconds; START_TIMEOUT if left out"
    )


class StopCharging(BaseModel):
    """What to stop, and for how long to wait for it."""

    model_config = ConfigDict(extra="forbid")

    transaction_id: Positive = Field(examples=[123])
    charge_point_id: CpId | None = Field(
        None, description="if given it must be the session's", examples=["CP001"]
    )
    wait_s: Wait | None = Field(
        None, description="for the charger to stop, seconds; START_TIMEOUT if left out"
    )


class ChargingStarted(BaseModel):
    """The charger agreed. Without `transaction_id` it has not started yet (status 202)."""

    success: Literal[True] = True
    message: str = Field(examples=["Charging started"])
    transaction_id: int | None = Field(examples=[123])


class ChargingStopped(BaseModel):
    """The charger agreed. Unless `stopped` its word of the end has not come yet (status 202)."""

    success: Literal[True] = True
    message: str = Field(examples=["Charging stopped"])
    transaction_id: int
    stopped: bool


ERRORS = documented(
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.GATEWAY_TIMEOUT,
)


@router.post(
    "/api/charging/start",
    responses={
        **ERRORS,
        202: {"model": ChargingStarted, "description": "Accepted, but not started yet"},
    },
)
async def start(
    body: StartCharging, response: Response, services: ServicesOf, user: CurrentUser
) -> ChargingStarted:
    """Ask a charger to start, and wait until it has.

    A charger that accepts may still be waiting for the cable: then the answer
    is 202 without `transaction_id`, and the session appears in `/api/sessions`
    once it starts.
    """
    tag = await usable_tag(services, user, body.id_tag)

    def newest_session(conn: Connection) -> int:
        newest = list_sessions(conn, charge_point_id=body.charge_point_id, limit=1)
        return newest[0].id if newest else 0

    before = await services.storage.read(newest_session)
    payload: dict[str, object] = {"idTag": tag}
    if body.connector_id is not None:
        payload["connectorId"] = body.connector_id
    result = await send(
        services, body.charge_point_id, "RemoteStartTransaction", payload, requested_by=user.id
    )
    _must_have_agreed(result.status, body.charge_point_id, "start")

    def started(conn: Connection) -> Session | None:
        for session in list_sessions(conn, charge_point_id=body.charge_point_id, limit=50):
            if session.id <= before:
                return None
            if session.id_tag_folded == id_tags.fold(tag) and body.connector_id in (
                None,
                session.connector_id,
            ):
                return session
        return None

    session = None
    async for _ in _looks(services, body.wait_s):
        if session := await services.storage.read(started):
            break
    if session is None:
        response.status_code = HTTPStatus.ACCEPTED
        return ChargingStarted(
            message="the charger accepted, and has not started yet", transaction_id=None
        )
    if session.tag_status != "Accepted":
        raise ApiError(
            HTTPStatus.CONFLICT,
            f"session {session.id} started, but its id tag is {session.tag_status}",
            where="body: id_tag",
            how="the charger ends it by itself or gives no energy; use another tag",
        )
    return ChargingStarted(message="Charging started", transaction_id=session.id)


@router.post(
    "/api/charging/stop",
    responses={
        **ERRORS,
        202: {"model": ChargingStopped, "description": "Accepted, but not stopped yet"},
    },
)
async def stop(
    body: StopCharging, response: Response, services: ServicesOf, user: CurrentUser
) -> ChargingStopped:
    """Ask a charger to end a session, and wait until it has.

    One that was closed provisionally can be stopped too: nobody but the charger
    knows whether it runs on. If it does not, the charger refuses, and the answer is 409.
    """
    session = await services.storage.read(get_visible, body.transaction_id, user)
    if body.charge_point_id not in (None, session.charge_point_id):
        raise ApiError(
            HTTPStatus.CONFLICT,
            f"session {session.id} is not at charger {body.charge_point_id}",
            where="body: charge_point_id",
            how=f"it is at {session.charge_point_id}",
        )
    if session.state is State.CLOSED:
        raise ApiError(
            HTTPStatus.CONFLICT,
            f"session {session.id} has ended already",
            where="body: transaction_id",
            how=f"GET /api/sessions/{session.id} tells when and why",
        )
    result = await send(
        services,
        session.charge_point_id,
        "RemoteStopTransaction",
        {"transactionId": session.id},
        requested_by=user.id,
    )
    if session.state is State.PROVISIONAL and result.status != "Accepted":
        raise ApiError(
            HTTPStatus.CONFLICT,
            f"session {session.id} was closed provisionally, and charger "
            f"{session.charge_point_id} answered {result.status}: it does not run it any more",
            where="body: transaction_id",
            how=f"nothing is left to stop; GET /api/sessions/{session.id} tells its end",
        )
    _must_have_agreed(result.status, session.charge_point_id, "stop")
    stopped = False
    async for _ in _looks(services, body.wait_s):
        # Its own word: a provisional end is only our guess.
        stopped = (await services.storage.read(get_session, session.id)).state is State.CLOSED
        if stopped:
            break
    if not stopped:
        response.status_code = HTTPStatus.ACCEPTED
    return ChargingStopped(
        message="Charging stopped" if stopped else "the charger accepted, and is stopping",
        transaction_id=session.id,
        stopped=stopped,
    )


async def _looks(services: Services, wait_s: float | None) -> AsyncIterator[None]:
    """Yield at once, and again every so often until the time, or the process, is over."""
    if wait_s is None:
        wait_s = services.settings.start_timeout.total_seconds()
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait_s
    while True:
        yield
        left = deadline - loop.time()
        if left <= 0:
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(services.ending.wait(), min(LOOK_EVERY_S, left))
            return


async def usable_tag(services: Services, user: User, asked: str | None) -> str:
    """Return the tag to start with: the one asked for, or the user's first.

    Raises:
        ApiError: It is not the user's (403), or may not charge now (409).
    """
    accept_unknown = services.settings.ocpp_unknown_tags == "accept"

    def read(conn: Connection) -> tuple[str | None, bool, str]:
        own = id_tags.list_id_tags(conn, user_id=user.id, limit=1000)
        first = own[0].id_tag if own else None
        tag = asked or first
        if tag is None:
            return None, True, ""
        is_own = any(held.folded == id_tags.fold(tag) for held in own)
        info = id_tags.authorize(conn, tag, services.clock.now(), accept_unknown=accept_unknown)
        return tag, is_own, info.status

    tag, is_own, status = await services.storage.read(read)
    if tag is None:
        raise ApiError(
            HTTPStatus.CONFLICT,
            "you have no id tag",
            where="body: id_tag",
            how="ask an administrator for one",
        )
    if not is_own and not user.is_admin:
        raise ApiError(
            HTTPStatus.FORBIDDEN,
            "this id tag is not yours",
            where="body: id_tag",
            how="GET /api/id-tags lists yours",
        )
    if status != "Accepted":
        raise ApiError(
            HTTPStatus.CONFLICT,
            f"id tag {tag} is {status}",
            where="body: id_tag",
            how="use another, or ask an administrator",
        )
    return tag


def _must_have_agreed(status: str | None, charge_point_id: str, verb: str) -> None:
    if status != "Accepted":
        raise ApiError(
            HTTPStatus.CONFLICT,
            f"charger {charge_point_id} refused to {verb}: {status}",
            where="the charger",
            how=f"GET /api/chargers/{charge_point_id}/status shows its connectors",
        )
