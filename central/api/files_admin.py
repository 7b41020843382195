"""`/api/admin/firmware`, `…/file-jobs`, `…/uploads`: the files of chargers, for operators."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import Path, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel
from sqlalchemy import Connection

from central.api.access import CurrentUser, ServicesOf, admin_router
from central.api.errors import documented
from central.api.fields import INT32_MAX, PLAIN, PageSize
from central.api.files_multipart import MultipartReader, boundary_of
from central.api.files_receiving import body_of, refuse_announced
from central.api.firmware_form import FORM, FirmwareForm, checked, read_form
from central.api.paging import next_page
from central.domain import file_jobs, file_jobs_files
from central.domain.errors import InvalidError, NotFoundError
from central.domain.file_jobs_files import FirmwareImage

router = admin_router("Files")

Number = Annotated[int, Path(ge=1, le=INT32_MAX)]
BeforeId = Annotated[
    int | None, Query(ge=1, le=INT32_MAX, description="continues after a page; from Link")
]
OfCharger = Annotated[
    str | None, Query(max_length=64, pattern=PLAIN, description="only of this charger")
]


class ImageOut(BaseModel):
    """Firmware that chargers can be told to fetch: `image_id` of update-firmware."""

    id: int
    version: str
    file_name: str
    sha256: str
    size_bytes: int
    is_signed: bool
    uploaded_by: int | None
    uploaded_at: datetime


class JobOut(BaseModel):
    """A charger's order to fetch firmware from here, or to bring a file."""

    id: int
    charge_point_id: str
    action: str
    image_id: int | None
    request_id: int | None
    command_id: int | None
    requested_by: int | None
    created_at: datetime
    expires_at: datetime
    downloads: int
    status: str | None
    status_at: datetime | None
    outcome: Literal["open", "done", "failed", "cancelled", "expired"]


class UploadOut(BaseModel):
    """A file that a charger brought; its content is at `/api/admin/uploads/ID/content`."""

    id: int
    job_id: int
    charge_point_id: str
    file_name: str
    sha256: str
    size_bytes: int
    received_at: datetime


@router.post(
    "/api/admin/firmware",
    status_code=HTTPStatus.CREATED,
    openapi_extra=FORM,
    responses=documented(HTTPStatus.INSUFFICIENT_STORAGE),
)
async def add_firmware(request: Request, services: ServicesOf, user: CurrentUser) -> ImageOut:
    """Take a firmware image, with its signature if it has one, that chargers can then fetch."""
    refuse_announced(request, services.settings.firmware_max_bytes)
    boundary = boundary_of(request.headers.get("content-type", ""))
    if boundary is None:
        raise InvalidError("the body has to be multipart/form-data", where="header: Content-Type")
    form = FirmwareForm()
    try:
        await read_form(services, MultipartReader(body_of(request), boundary), form)
        file = checked(form)
        image = await services.storage.try_write(
            file_jobs_files.add_image,
            file,
            services.clock.now(),
            version=form.fields["version"],
            file_name=form.file_name,
            signature=form.fields.get("signature"),
            signing_certificate=form.fields.get("signing_certificate"),
            uploaded_by=user.id,
        )
    except BaseException:
        if form.file is not None:
            await services.files.remove(form.file.stored_as)
        raise
    return _image_out(image)


@router.get("/api/admin/firmware")
async def firmware(
    request: Request,
    response: Response,
    services: ServicesOf,
    limit: PageSize = 100,
    before_id: BeforeId = None,
) -> list[ImageOut]:
    """List firmware images, newest first."""

    def read(conn: Connection) -> list[FirmwareImage]:
        return file_jobs_files.list_images(conn, limit=limit, before_id=before_id)

    page = await services.storage.read(read)
    if len(page) == limit:
        response.headers.update(next_page(request, before_id=page[-1].id))
    return [_image_out(image) for image in page]


@router.delete(
    "/api/admin/firmware/{image_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=documented(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
async def remove_firmware(image_id: Number, services: ServicesOf) -> None:
    """Remove a firmware image that no charger is about to fetch."""
    image = await services.storage.try_write(
        file_jobs_files.remove_image, image_id, services.clock.now()
    )
    await services.files.remove(image.stored_as)


@router.get("/api/admin/file-jobs")
async def jobs(
    request: Request,
    response: Response,
    services: ServicesOf,
    charger: OfCharger = None,
    limit: PageSize = 100,
    before_id: BeforeId = None,
) -> list[JobOut]:
    """List the jobs in which chargers fetch firmware or bring files, newest first."""

    def read(conn: Connection) -> list[file_jobs.FileJob]:
        return file_jobs.list_jobs(
            conn, services.clock.now(), charge_point_id=charger, limit=limit, before_id=before_id
        )

    page = await services.storage.read(read)
    if len(page) == limit:
        response.headers.update(next_page(request, before_id=page[-1].id))
    return [JobOut(**asdict(job)) for job in page]


@router.get("/api/admin/file-jobs/{job_id}", responses=documented(HTTPStatus.NOT_FOUND))
async def job(job_id: Number, services: ServicesOf) -> JobOut:
    """Tell how far a job is."""
    found = await services.storage.read(file_jobs.get_job, job_id, services.clock.now())
    return JobOut(**asdict(found))


@router.get("/api/admin/uploads")
async def uploads(
    request: Request,
    response: Response,
    services: ServicesOf,
    charger: OfCharger = None,
    limit: PageSize = 100,
    before_id: BeforeId = None,
) -> list[UploadOut]:
    """List the files that chargers brought, newest first."""

    def read(conn: Connection) -> list[file_jobs_files.Upload]:
        return file_jobs_files.list_uploads(
            conn, charge_point_id=charger, limit=limit, before_id=before_id
        )

    page = await services.storage.read(read)
    if len(page) == limit:
        response.headers.update(next_page(request, before_id=page[-1].id))
    return [UploadOut.model_validate(one, from_attributes=True) for one in page]


@router.get(
    "/api/admin/uploads/{upload_id}/content",
    response_class=FileResponse,
    responses=documented(HTTPStatus.NOT_FOUND)
    | {HTTPStatus.OK: {"content": {"application/octet-stream": {}}}},
)
async def upload_content(upload_id: Number, services: ServicesOf) -> FileResponse:
    """Give a file that a charger brought."""
    found = await services.storage.read(file_jobs_files.get_upload, upload_id)
    path = services.files.path(found.stored_as)
    if not path.is_file():
        raise NotFoundError("the file is gone from FILES_DIR", where="path: upload_id")
    # Whatever a charger brings is data to be saved, never a page of ours.
    return FileResponse(
        path,
        media_type="application/octet-stream",
        filename=found.file_name,
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"},
    )


@router.delete(
    "/api/admin/uploads/{upload_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=documented(HTTPStatus.NOT_FOUND),
)
async def remove_upload(upload_id: Number, services: ServicesOf) -> None:
    """Remove a file that a charger brought."""
    found = await services.storage.try_write(file_jobs_files.remove_upload, upload_id)
    await services.files.remove(found.stored_as)


def _image_out(image: FirmwareImage) -> ImageOut:
    return ImageOut(
        id=image.id,
        version=image.version,
        file_name=image.file_name,
        sha256=image.sha256,
        size_bytes=image.size_bytes,
        is_signed=image.signature is not None,
        uploaded_by=image.uploaded_by,
        uploaded_at=image.uploaded_at,
    )
