"""`/api/admin/commands`: what was asked of chargers, by whom, and what came of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import Path, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from central.api import file_operations
from central.api.access import CurrentUser, ServicesOf, admin_router
from central.api.errors import documented
from central.api.fields import INT32_MAX, PLAIN, Moment, PageSize
from central.api.ocpp_operations import BY_ACTION, OperationAnswer, answer_of
from central.api.paging import next_page
from central.domain.commands import Command, CommandQuery, get_command, list_commands

router = admin_router("Records")

Outcome = Literal[
    "sent", "answered", "refused", "invalid_answer", "timed_out", "late", "offline", "unknown"
]
CommandId = Annotated[int, Path(ge=1, le=INT32_MAX)]


class CommandOut(BaseModel):
    """A command to a charger, and what came of it."""

    id: int
    charge_point_id: str
    action: str = Field(examples=["Reset"])
    payload: dict[str, Any] = Field(description="as sent; (hidden) stands for a secret")
    requested_by: int | None = Field(description="user; null: the central system itself")
    requested_by_email: str | None = None
    requested_at: datetime
    outcome: Outcome = Field(
        description="sent until it has ended; late: answered after its time was over; "
        "unknown: the central system ended first",
        examples=["answered"],
    )
    response: dict[str, Any] | None = None
    latency_us: int | None = Field(None, description="from sending to the answer, µs")


@router.get("/api/admin/commands")
async def commands(
    request: Request,
    response: Response,
    services: ServicesOf,
    charger: Annotated[
        str | None, Query(max_length=64, pattern=PLAIN, description="only to this charger")
    ] = None,
    action: Annotated[str | None, Query(max_length=50, pattern=PLAIN, examples=["Reset"])] = None,
    status: Annotated[Outcome | None, Query(description="how it ended")] = None,
    not_before: Annotated[Moment | None, Query(alias="from")] = None,
    before: Annotated[Moment | None, Query(alias="to", description="exclusive")] = None,
    limit: PageSize = 100,
    before_id: Annotated[
        int | None, Query(ge=1, le=INT32_MAX, description="continues after a page; from Link")
    ] = None,
) -> list[CommandOut]:
    """List commands to chargers, newest first."""
    wanted = CommandQuery(charger, action, status, not_before, before)

    def read(conn: Connection) -> list[Command]:
        return list_commands(conn, wanted, limit=limit, before_id=before_id)

    page = await services.storage.read(read)
    if len(page) == limit:
        response.headers.update(next_page(request, before_id=page[-1].id))
    return [CommandOut(**asdict(command)) for command in page]


@router.get("/api/admin/commands/{command_id}", responses=documented(HTTPStatus.NOT_FOUND))
async def command(command_id: CommandId, services: ServicesOf) -> CommandOut:
    """Tell about one command."""
    return CommandOut(**asdict(await services.storage.read(get_command, command_id)))


@router.post(
    "/api/admin/commands/{command_id}/repeat",
    response_model_exclude_none=True,
    responses=documented(
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.GATEWAY_TIMEOUT,
    ),
)
async def repeat(command_id: CommandId, services: ServicesOf, user: CurrentUser) -> OperationAnswer:
    """Send a command again, as it was, and wait for the answer.

    The repetition is a record of its own. A firmware image, or an upload to the central system,
    gets a new address.
    """
    earlier = await services.storage.read(get_command, command_id)
    result = await file_operations.repeat(services, earlier, requested_by=user.id)
    return answer_of(earlier.charge_point_id, BY_ACTION[earlier.action], result)
