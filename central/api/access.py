"""Who may call what. Every route belongs to one of three routers, and so is guarded or open.

`public_router` needs nothing, `user_router` a token, `admin_router` an admin's
token. There is no other way to add a route, and a test walks all of them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from central.api.errors import ApiError, documented
from central.api.services import Services
from central.domain.errors import DeniedError
from central.domain.tokens import Claims, authenticate, read_token
from central.domain.users import User

_bearer = HTTPBearer(
    auto_error=False, description="token from POST /api/users/login or POST /api/admin/login"
)


def services_of(request: Request) -> Services:
    """Return what the routes stand on."""
    services = request.app.state.services
    assert isinstance(services, Services)
    return services


ServicesOf = Annotated[Services, Depends(services_of)]


def _unauthorized(what: str) -> ApiError:
    return ApiError(
        HTTPStatus.UNAUTHORIZED,
        what,
        where="header: Authorization",
        how="send Authorization: Bearer TOKEN, with a token from POST /api/users/login",
        headers={"WWW-Authenticate": "Bearer"},
    )


def current_claims(
    services: ServicesOf,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Claims:
    """Return what the caller's token says.

    Raises:
        ApiError: 401: there is no token, it is not ours, or it has expired.
    """
    if credentials is None:
        raise _unauthorized("this call needs a token")
    try:
        return read_token(services.jwt_secret, credentials.credentials, services.wall_now())
    except DeniedError as error:
        raise _unauthorized(error.what) from error


async def current_user(
    services: ServicesOf, claims: Annotated[Claims, Depends(current_claims)]
) -> User:
    """Return who calls.

    Raises:
        ApiError: 401: there is no token, or one that is not valid (any more).
    """
    try:
        return await services.storage.read(authenticate, claims)
    except DeniedError as error:
        raise _unauthorized(error.what) from error


CurrentClaims = Annotated[Claims, Depends(current_claims)]
CurrentUser = Annotated[User, Depends(current_user)]


async def current_admin(user: CurrentUser) -> User:
    """Return the admin who calls.

    Raises:
        ApiError: 401 as `current_user`; 403: not an admin.
    """
    if not user.is_admin:
        raise ApiError(
            HTTPStatus.FORBIDDEN,
            "this call is for administrators",
            where="header: Authorization",
            how="log in as an administrator with POST /api/admin/login",
        )
    return user


def require_self_or_admin(user: User, user_id: int) -> None:
    """Refuse (403) what a user asks about another user.

    Raises:
        ApiError: The caller is neither that user nor an admin.
    """
    if user.id != user_id and not user.is_admin:
        raise ApiError(
            HTTPStatus.FORBIDDEN,
            "this is another user's",
            where="path: user_id",
            how=f"ask about yourself: you are user {user.id}",
        )


class _Route(APIRoute):
    """A route whose summary is the first sentence of its function's docstring."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        first = inspect.getdoc(endpoint) or ""
        options["summary"] = options.get("summary") or first.partition(".")[0]
        super().__init__(path, endpoint, **options)


def public_router(tag: str) -> APIRouter:
    """Return a router whose routes anybody may call."""
    return APIRouter(tags=[tag], route_class=_Route)


def user_router(tag: str) -> APIRouter:
    """Return a router whose routes need a token."""
    return APIRouter(
        tags=[tag],
        route_class=_Route,
        dependencies=[Depends(current_user)],
        responses=documented(HTTPStatus.UNAUTHORIZED),
    )


def admin_router(tag: str) -> APIRouter:
    """Return a router whose routes need an admin's token."""
    return APIRouter(
        tags=[tag],
        route_class=_Route,
        dependencies=[Depends(current_admin)],
        responses=documented(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN),
    )
