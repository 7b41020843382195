"""`/api/id-tags`: who may charge. Admins see and change all, a user sees their own."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from central.api.access import CurrentUser, ServicesOf, admin_router, user_router
from central.api.errors import documented
from central.api.fields import INT32_MAX, PLAIN, Moment, PageSize, PageStart, Tag
from central.api.paging import next_page
from central.domain import id_tags
from central.domain.errors import NotFoundError
from central.domain.id_tags import IdTag

users = user_router("Id tags")
admins = admin_router("Id tags")

TagInPath = Annotated[
    str, Path(min_length=1, max_length=20, pattern=PLAIN, examples=["USER001"], description="tag")
]


class IdTagOut(BaseModel):
    """An id tag."""

    id: int
    id_tag: str = Field(examples=["USER001"])
    status: str = Field(examples=["Accepted"])
    expires_at: datetime | None = None
    parent_id_tag: str | None = None
    user_id: int | None = None
    created_at: datetime

    @classmethod
    def of(cls, tag: IdTag) -> IdTagOut:
        """Make one of a stored tag."""
        return cls(
            id=tag.id,
            id_tag=tag.id_tag,
            status=tag.status,
            expires_at=tag.expires_at,
            parent_id_tag=tag.parent_id_tag,
            user_id=tag.user_id,
            created_at=tag.created_at,
        )


class IdTagRights(BaseModel):
    """Everything about a tag but its text."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["Accepted", "Blocked", "Invalid"] = "Accepted"
    expires_at: Moment | None = Field(None, description="from then on it is Expired")
    parent_id_tag: Tag | None = Field(
        None, description="tags of one parent end each other's sessions"
    )
    user_id: Annotated[int, Field(ge=1, le=INT32_MAX)] | None = Field(None, description="its owner")


class NewIdTag(IdTagRights):
    """An id tag to add; without a text a random one is made."""

    id_tag: Tag | None = Field(None, examples=["USER001"])


@users.get("/api/id-tags")
async def list_all(
    request: Request,
    response: Response,
    services: ServicesOf,
    user: CurrentUser,
    limit: PageSize = 100,
    offset: PageStart = 0,
) -> list[IdTagOut]:
    """List id tags: all for an admin, their own for a user."""
    owner = None if user.is_admin else user.id

    def read(conn: Connection) -> list[IdTag]:
        return id_tags.list_id_tags(conn, user_id=owner, limit=limit, offset=offset)

    page = await services.storage.read(read)
    if len(page) == limit:
        response.headers.update(next_page(request, offset=offset + limit))
    return [IdTagOut.of(tag) for tag in page]


@users.get("/api/id-tags/{id_tag}", responses=documented(HTTPStatus.NOT_FOUND))
async def get(id_tag: TagInPath, services: ServicesOf, user: CurrentUser) -> IdTagOut:
    """Tell about one id tag; upper and lower case are the same."""
    tag = await services.storage.read(id_tags.get_id_tag, id_tag)
    if not user.is_admin and tag.user_id != user.id:
        # Whose it is, and that it is somebody's, is nobody else's business.
        raise NotFoundError(f"there is no id tag {id_tag}", where="id_tag")
    return IdTagOut.of(tag)


@admins.post(
    "/api/id-tags",
    status_code=HTTPStatus.CREATED,
    responses=documented(HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND),
)
async def add(body: NewIdTag, services: ServicesOf) -> IdTagOut:
    """Add an id tag."""
    tag = await services.storage.try_write(
        id_tags.add_id_tag,
        body.id_tag or id_tags.generate_id_tag(),
        services.clock.now(),
        status=body.status,
        expires_at=body.expires_at,
        parent_id_tag=body.parent_id_tag,
        user_id=body.user_id,
    )
    return IdTagOut.of(tag)


@admins.put("/api/id-tags/{id_tag}", responses=documented(HTTPStatus.NOT_FOUND))
async def change(id_tag: TagInPath, body: IdTagRights, services: ServicesOf) -> IdTagOut:
    """Replace everything about an id tag but its text; what is left out takes its default."""
    tag = await services.storage.try_write(
        id_tags.change_id_tag,
        id_tag,
        status=body.status,
        expires_at=body.expires_at,
        parent_id_tag=body.parent_id_tag,
        user_id=body.user_id,
    )
    return IdTagOut.of(tag)


@admins.delete(
    "/api/id-tags/{id_tag}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=documented(HTTPStatus.NOT_FOUND),
)
async def delete(id_tag: TagInPath, services: ServicesOf) -> None:
    """Forget an id tag; its sessions stay."""
    await services.storage.try_write(id_tags.delete_id_tag, id_tag)
