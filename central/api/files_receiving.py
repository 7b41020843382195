"""Taking files over HTTP: what can go wrong with them, as answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http import HTTPStatus

import structlog
from fastapi import Request
from starlette.requests import ClientDisconnect

from central.api.errors import ApiError
from central.api.services import Services
from central.domain.file_jobs_store import DiskFullError, StoredFile, TooLargeError

log = structlog.get_logger(__name__)


async def body_of(request: Request) -> AsyncIterator[bytes]:
    """Give the body of a request as it comes.

    Raises:
        ApiError: 400: the client went away before its end.
    """
    try:
        async for chunk in request.stream():
            if chunk:
                yield chunk
    except ClientDisconnect as error:
        raise ApiError(
            HTTPStatus.BAD_REQUEST,
            "the body ended too early",
            where="body",
            how="send it again, whole",
        ) from error


def refuse_announced(request: Request, max_bytes: int) -> None:
    """Refuse a body that announces more than may come, before it comes.

    Raises:
        ApiError: 413.
    """
    declared = request.headers.get("content-length", "")
    # Parts have heads besides the file.
    if declared.isdecimal() and int(declared) > max_bytes + 64 * 1024:
        raise _too_large(max_bytes)


async def store(services: Services, chunks: AsyncIterator[bytes], max_bytes: int) -> StoredFile:
    """Put a file on disk.

    Raises:
        ApiError: 413 it is too large, 507 there is no room, 503 the folder cannot be written.
    """
    try:
        return await services.files.keep(chunks, max_bytes)
    except TooLargeError as error:
        raise _too_large(max_bytes) from error
    except DiskFullError as error:
        log.exception("no room for a file")
        raise ApiError(
            HTTPStatus.INSUFFICIENT_STORAGE,
            "there is no room for the file",
            where="FILES_DIR",
            how="make room there, then send it again",
        ) from error
    except OSError as error:
        log.exception("a file cannot be stored")
        raise ApiError(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "the file cannot be stored at present",
            where="FILES_DIR",
            how="see the server's log",
            headers={"Retry-After": "60"},
        ) from error


def _too_large(max_bytes: int) -> ApiError:
    return ApiError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"the file has more than {max_bytes} bytes",
        where="body",
        how=f"send at most {max_bytes} bytes",
    )
