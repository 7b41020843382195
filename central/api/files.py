"""`/files/`: where chargers fetch firmware and bring diagnostics, by the token of a job.

Whoever knows the token may: a charger has no other way to say who it is over plain HTTP (OCPP 1.6
sections 5.8 and 5.19 give it an address only).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated

from fastapi import Path, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel

from central.api.access import ServicesOf, public_router
from central.api.errors import ApiError
from central.api.files_multipart import MultipartReader, boundary_of
from central.api.files_receiving import body_of, refuse_announced, store
from central.api.services import Services
from central.domain import file_jobs
from central.domain.errors import InvalidError, NotFoundError
from central.domain.file_jobs import FileJob
from central.domain.file_jobs_files import add_upload, check_upload, get_image

router = public_router("Files")

Token = Annotated[str, Path(min_length=1, max_length=100)]
UNNAMED = "upload"

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Received(BaseModel):
    """What arrived of a file."""

    success: bool = True
    size_bytes: int
    sha256: str


@router.head("/files/firmware/{token}", include_in_schema=False)
@router.get("/files/firmware/{token}", include_in_schema=False)
async def firmware(token: Token, request: Request, services: ServicesOf) -> Response:
    """Give the firmware of a job, or the parts of it that `Range` names (RFC 9110 section 14)."""
    job = await _job(services, token, file_jobs.FIRMWARE)
    assert job.image_id is not None
    image = await services.storage.read(get_image, job.image_id)
    path = services.files.path(image.stored_as)
    if not path.is_file():
        raise NotFoundError("the file is gone from FILES_DIR", where="path")
    if request.method == "GET":
        await services.storage.write(file_jobs.count_download, job.id)
    return FileResponse(
        path,
        media_type="application/octet-stream",
        filename=image.file_name,
        # The same file whichever job asks, also after a restart: for If-Range.
        headers=_HEADERS | {"ETag": f'"{image.sha256}"'},
    )


@router.put("/files/uploads/{token}", include_in_schema=False, status_code=HTTPStatus.CREATED)
@router.post("/files/uploads/{token}", include_in_schema=False, status_code=HTTPStatus.CREATED)
async def upload(token: Token, request: Request, services: ServicesOf) -> Received:
    """Take a file: the body itself, or the first file of a form."""
    return await _receive(services, token, request, UNNAMED)


@router.put(
    "/files/uploads/{token}/{name:path}", include_in_schema=False, status_code=HTTPStatus.CREATED
)
@router.post(
    "/files/uploads/{token}/{name:path}", include_in_schema=False, status_code=HTTPStatus.CREATED
)
async def upload_named(token: Token, name: str, request: Request, services: ServicesOf) -> Received:
    """Take a file under the name that the charger gives it in the folder it was told."""
    return await _receive(services, token, request, name or UNNAMED)


async def _receive(services: Services, token: str, request: Request, name: str) -> Received:
    job = await _job(services, token, file_jobs.UPLOADS)
    await services.storage.read(check_upload, job.id)
    if "content-range" in request.headers:
        raise ApiError(
            HTTPStatus.BAD_REQUEST,
            "a part of a file cannot be put (RFC 9110 section 14.5)",
            where="header: Content-Range",
            how="send the file whole",
        )
    max_bytes = services.settings.upload_max_bytes
    refuse_announced(request, max_bytes)
    chunks: AsyncIterator[bytes] = body_of(request)
    boundary = boundary_of(request.headers.get("content-type", ""))
    if boundary is not None and request.method == "POST":
        reader = MultipartReader(chunks, boundary)
        while (part := await reader.next_part()) is not None and part.file_name is None:
            pass
        if part is None:
            raise InvalidError("there is no file in the form", where="body")
        name, chunks = part.file_name or name, reader.data()
    file = await store(services, chunks, max_bytes)
    try:
        await services.storage.write(
            add_upload, job.id, job.charge_point_id, _plain(name), file, services.clock.now()
        )
    except BaseException:
        await services.files.remove(file.stored_as)
        raise
    return Received(size_bytes=file.size_bytes, sha256=file.sha256)


async def _job(services: Services, token: str, actions: frozenset[str]) -> FileJob:
    now = services.clock.now()
    job = await services.storage.read(file_jobs.find_by_token, token, now)
    if job.action not in actions:
        raise NotFoundError("there is no such file", where="path", how="ask for a new address")
    if not job.is_usable(now):
        raise ApiError(
            HTTPStatus.GONE,
            f"this address is not good any more: its job is {job.outcome}",
            where="path",
            how="have the charger told a new one",
        )
    return job


def _plain(name: str) -> str:
    """Return the last step of a name without what neither a header nor every database takes."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable()) or UNNAMED
