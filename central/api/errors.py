"""One shape for every error of the API: what is wrong, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Literal

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from central.domain.command_secrets import shown_path
from central.domain.errors import (
    BusyError,
    ConflictError,
    DeniedError,
    DomainError,
    InvalidError,
    NotFoundError,
)

log = structlog.get_logger(__name__)

STATUS_OF = {
    NotFoundError: HTTPStatus.NOT_FOUND,
    ConflictError: HTTPStatus.CONFLICT,
    InvalidError: HTTPStatus.UNPROCESSABLE_ENTITY,
    DeniedError: HTTPStatus.FORBIDDEN,
    BusyError: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""How an error of the domain is told over HTTP."""

DATABASE_IS_AWAY = (OperationalError, InterfaceError, PoolTimeoutError, OSError)
"""What storage raises when its server cannot be reached or its disk is full."""
AWAY_STATES = ("08", "53", "57P")
"""How the SQLSTATE of an error begins that says the same in another class: PostgreSQL's driver
tells by it alone of a lost connection, of no room (disk, memory, connections), and of a server
that starts up or shuts down (PostgreSQL 17 manual, appendix A)."""
AWAY_NUMBERS = frozenset({3, 20})
"""MariaDB: a file cannot be written, the disk is full. Numbers below 1000 are of no class."""
AWAY_RETRY_S = 5


class ErrorDetail(BaseModel):
    """What is wrong, where, and how to mend it."""

    what: str = Field(examples=["charger CP001 is not connected"])
    where: str = Field(examples=["path: charge_point_id"])
    how: str = Field(examples=["wait until it connects; GET /api/chargers shows its status"])


class ErrorBody(BaseModel):
    """The body of every answer that is not a success."""

    success: Literal[False] = False
    error: ErrorDetail


class ApiError(Exception):
    """An answer other than success, raised anywhere below a route."""

    def __init__(
        self,
        status: HTTPStatus,
        what: str,
        *,
        where: str,
        how: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(what)
        self.status = status
        self.what = what
        self.where = where
        self.how = how
        self.headers = headers


def documented(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """Return what a route's `responses=` says about the errors it may answer."""
    return {int(status): {"model": ErrorBody, "description": status.phrase} for status in statuses}


EVERYWHERE = documented(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""What any call may answer: a body that is not text or too long, input that is not allowed, or
a database that is behind."""


def install(app: FastAPI) -> None:
    """Make `app` answer every error in the one shape."""
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(DomainError, _domain_error)
    for kind in DATABASE_IS_AWAY:
        app.add_exception_handler(kind, _database_is_away)
    app.add_exception_handler(DBAPIError, _database_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _bug)


def answer(
    status: int, what: str, where: str, how: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Make an answer in the one shape of errors."""
    body = ErrorBody(error=ErrorDetail(what=what, where=where, how=how))
    return JSONResponse(body.model_dump(), status_code=status, headers=headers)


def _api_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ApiError)
    return answer(error.status, error.what, error.where, error.how, error.headers)


def _domain_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomainError)
    headers = {}
    if isinstance(error, BusyError):
        headers["Retry-After"] = str(error.retry_after_s)
    return answer(
        next(status for kind, status in STATUS_OF.items() if isinstance(error, kind)),
        error.what,
        error.where or f"{request.method} {request.url.path}",
        error.how or "see /docs for what this call takes",
        headers,
    )


def _database_is_away(request: Request, error: Exception) -> JSONResponse:
    log.error("the database cannot be used", path=shown_path(request.url.path), exc_info=error)
    return answer(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "the database cannot be used at present",
        "the database",
        f"try again in {AWAY_RETRY_S} s; the server's log says what is wrong with it",
        {"Retry-After": str(AWAY_RETRY_S)},
    )


def _database_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DBAPIError)
    cause = error.orig
    if str(getattr(cause, "sqlstate", "")).startswith(AWAY_STATES) or (
        cause is not None and cause.args and cause.args[0] in AWAY_NUMBERS
    ):
        return _database_is_away(request, error)
    raise error


def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    part, *path = (str(step) for step in first["loc"])
    more = len(error.errors()) - 1
    what = first["msg"].removeprefix("Value error, ")
    return answer(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        what + (f" (and {more} more)" if more else ""),
        f"{part}: {'.'.join(path)}" if path else part,
        "see /docs for what this call takes",
    )


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return answer(
        error.status_code,
        str(error.detail),
        f"{request.method} {request.url.path}",
        "see /docs for what there is",
        error.headers,
    )


def _bug(request: Request, _error: Exception) -> JSONResponse:
    # The traceback goes to the log: the server raises the error on after this answer.
    return answer(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "a fault of the central system",
        f"{request.method} {request.url.path}",
        "report it, with the traceback of the server's log",
    )
