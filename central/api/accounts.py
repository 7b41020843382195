"""`/api/users` and `/api/admin/login`: registering, logging in and out, looking at oneself."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints
from sqlalchemy import Connection

from central.api.access import (
    CurrentClaims,
    CurrentUser,
    ServicesOf,
    public_router,
    require_self_or_admin,
    user_router,
)
from central.api.errors import ApiError, documented
from central.api.fields import INT32_MAX, PLAIN
from central.api.services import Services
from central.api.wallets import WalletOut, read_wallet
from central.domain.id_tags import list_id_tags
from central.domain.tokens import issue_token, revoke_token
from central.domain.users import User, add_user, find_user, get_user

public = public_router("Accounts")
users = user_router("Accounts")

UserId = Annotated[int, Path(ge=1, le=INT32_MAX, description="user")]
Email = Annotated[str, StringConstraints(min_length=3, max_length=200, pattern=PLAIN)]


class Registration(BaseModel):
    """A new user."""

    model_config = ConfigDict(extra="forbid")

    email: Email = Field(examples=["user@example.com"])
    password: SecretStr = Field(min_length=8, max_length=128, examples=["a long enough password"])
    name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PLAIN)] = Field(
        examples=["John Doe"]
    )
    phone: Annotated[str, StringConstraints(max_length=40, pattern=PLAIN)] | None = Field(
        None, examples=["0123456789"]
    )


class Login(BaseModel):
    """Who wants to log in."""

    model_config = ConfigDict(extra="forbid")

    email: Annotated[str, StringConstraints(max_length=254)] = Field(examples=["user@example.com"])
    password: SecretStr = Field(max_length=1024, examples=["a long enough password"])


class UserOut(BaseModel):
    """A user, without secrets."""

    id: int
    email: str
    name: str
    phone: str | None
    is_admin: bool


class UserDetails(UserOut):
    """A user with everything that is theirs."""

    id_tags: list[str] = Field(description="the tags by which they charge")
    wallet: WalletOut


class LoggedIn(BaseModel):
    """A login: send the token as `Authorization: Bearer TOKEN`."""

    success: Literal[True] = True
    token: str
    user: UserOut


class UserAnswer(BaseModel):
    """A user."""

    success: Literal[True] = True
    user: UserDetails


class LoggedOut(BaseModel):
    """The token is worth nothing any more."""

    success: Literal[True] = True
    message: str = "Logged out"


LOGIN_ERRORS = documented(
    HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE
)


@public.post(
    "/api/users/register",
    responses=documented(HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE),
)
async def register(body: Registration, services: ServicesOf) -> LoggedIn:
    """Register a user, who gets an id tag and is logged in. Needs no token."""
    password_hash = await services.passwords.hash(body.password.get_secret_value())

    def unit(conn: Connection) -> User:
        return add_user(
            conn,
            email=body.email,
            name=body.name,
            phone=body.phone,
            password_hash=password_hash,
            now=services.clock.now(),
        )

    return _logged_in(services, await services.storage.try_write(unit))


@public.post("/api/users/login", responses=LOGIN_ERRORS)
async def login(body: Login, services: ServicesOf) -> LoggedIn:
    """Log in, as a user or an admin. Needs no token."""
    return _logged_in(services, await _who_logs_in(services, body, admins_only=False))


@public.post("/api/admin/login", responses=LOGIN_ERRORS)
async def admin_login(body: Login, services: ServicesOf) -> LoggedIn:
    """Log in as an admin. Needs no token."""
    return _logged_in(services, await _who_logs_in(services, body, admins_only=True))


@users.post("/api/users/logout")
async def logout(claims: CurrentClaims, services: ServicesOf) -> LoggedOut:
    """Take back the token that this call is made with."""
    await services.storage.try_write(revoke_token, claims)
    return LoggedOut()


@users.get("/api/users/{user_id}", responses=documented(HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND))
async def user_details(user_id: UserId, services: ServicesOf, user: CurrentUser) -> UserAnswer:
    """Tell about a user: yourself, or anybody for an admin."""
    require_self_or_admin(user, user_id)
    currency = services.settings.currency

    def read(conn: Connection) -> UserDetails:
        asked = get_user(conn, user_id)
        return UserDetails(
            **_user_out(asked).model_dump(),
            id_tags=[tag.id_tag for tag in list_id_tags(conn, user_id=user_id)],
            wallet=read_wallet(conn, user_id, currency),
        )

    return UserAnswer(user=await services.storage.read(read))


async def _who_logs_in(services: Services, body: Login, *, admins_only: bool) -> User:
    account = body.email.strip().casefold()
    wait_s = services.throttle.wait_s(account)
    if wait_s > 0:
        raise ApiError(
            HTTPStatus.TOO_MANY_REQUESTS,
            "too many wrong passwords for this account",
            where="body: email",
            how=f"try again in {math.ceil(wait_s)} s",
            headers={"Retry-After": str(math.ceil(wait_s))},
        )
    user = await services.storage.read(find_user, body.email)
    # Somebody unknown costs a hash too, so that the time tells nothing.
    stored = None if user is None else user.password_hash
    right = await services.passwords.verify(body.password.get_secret_value(), stored)
    if user is None or not right or user.is_disabled or (admins_only and not user.is_admin):
        raise ApiError(
            HTTPStatus.UNAUTHORIZED,
            "e-mail address or password is wrong",
            where="body",
            how="correct it; the operator can make a new admin password with: "
            "evseloop central reset-admin",
        )
    services.throttle.succeeded(account)
    return user


def _logged_in(services: Services, user: User) -> LoggedIn:
    token = issue_token(
        services.jwt_secret,
        user.id,
        services.wall_now(),
        lifetime=services.settings.token_lifetime,
    )
    return LoggedIn(token=token, user=_user_out(user))


def _user_out(user: User) -> UserOut:
    return UserOut(
        id=user.id, email=user.email, name=user.name, phone=user.phone, is_admin=user.is_admin
    )
