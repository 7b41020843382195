"""Firmware images and what chargers uploaded, as rows; the files lie in `FileStore`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, insert, select

from central.domain.errors import ConflictError, NotFoundError
from central.domain.file_jobs import list_jobs
from central.domain.file_jobs_store import StoredFile
from central.domain.statements import inserted_id
from central.models import firmware_images, uploads
from central.models.base import as_stored

MOST_UPLOADS: Final = 16
"""Files that one job may bring: a log and its retries, not a disk full."""


@dataclass(frozen=True)
class FirmwareImage:
    """Firmware that chargers can be told to fetch.

    Attributes:
        stored_as: its name in the `FileStore`.
        sha256: of the file, hexadecimal.
        signature: base64, made with the key of `signing_certificate` (PEM); both or none.
    """

    id: int
    version: str
    file_name: str
    stored_as: str
    sha256: str
    size_bytes: int
    signature: str | None
    signing_certificate: str | None
    uploaded_by: int | None
    uploaded_at: datetime


@dataclass(frozen=True)
class Upload:
    """A file that a charger brought; `file_name` is what the charger called it."""

    id: int
    job_id: int
    charge_point_id: str
    file_name: str
    stored_as: str
    sha256: str
    size_bytes: int
    received_at: datetime


def add_image(
    conn: Connection,
    file: StoredFile,
    now: datetime,
    *,
    version: str,
    file_name: str,
    signature: str | None,
    signing_certificate: str | None,
    uploaded_by: int,
) -> FirmwareImage:
    """Record an image whose file is stored."""
    made = conn.execute(
        insert(firmware_images).values(
            version=version,
            file_name=as_stored(file_name),
            stored_as=file.stored_as,
            sha256=file.sha256,
            size_bytes=file.size_bytes,
            signature=signature,
            signing_certificate=signing_certificate,
            uploaded_by=uploaded_by,
            uploaded_at=now,
        )
    )
    return get_image(conn, inserted_id(made))


def get_image(conn: Connection, image_id: int) -> FirmwareImage:
    """Give an image by number.

    Raises:
        NotFoundError: there is none.
    """
    row = conn.execute(
        select(firmware_images).where(firmware_images.c.id == image_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError(
            f"there is no firmware image {image_id}",
            where="image_id",
            how="GET /api/admin/firmware lists them",
        )
    return FirmwareImage(**row._mapping)


def list_images(
    conn: Connection, *, limit: int = 100, before_id: int | None = None
) -> list[FirmwareImage]:
    """Give images, newest first; `before_id` continues after a page."""
    query = select(firmware_images).order_by(firmware_images.c.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(firmware_images.c.id < before_id)
    return [FirmwareImage(**row._mapping) for row in conn.execute(query)]


def remove_image(conn: Connection, image_id: int, now: datetime) -> FirmwareImage:
    """Forget an image; its file is the caller's to remove.

    Raises:
        NotFoundError: there is none.
        ConflictError: a charger may still come for it.
    """
    image = get_image(conn, image_id)
    for job in list_jobs(conn, now, image_id=image_id):
        if job.is_usable(now):
            raise ConflictError(
                f"charger {job.charge_point_id} may still fetch image {image_id}",
                where="path: image_id",
                how=f"wait until {job.expires_at:%Y-%m-%dT%H:%M:%SZ}, when its address expires",
            )
    conn.execute(delete(firmware_images).where(firmware_images.c.id == image_id))
    return image


def add_upload(
    conn: Connection,
    job_id: int,
    charge_point_id: str,
    file_name: str,
    file: StoredFile,
    now: datetime,
) -> Upload:
    """Record a file that a charger brought, which is stored.

    Raises:
        ConflictError: its job has brought as many as it may.
    """
    check_upload(conn, job_id)
    made = conn.execute(
        insert(uploads).values(
            job_id=job_id,
            charge_point_id=charge_point_id,
            file_name=as_stored(file_name),
            stored_as=file.stored_as,
            sha256=file.sha256,
            size_bytes=file.size_bytes,
            received_at=now,
        )
    )
    return get_upload(conn, inserted_id(made))


def check_upload(conn: Connection, job_id: int) -> None:
    """Refuse more files than a job may bring.

    Raises:
        ConflictError: it has brought as many.
    """
    count = conn.execute(
        select(func.count()).select_from(uploads).where(uploads.c.job_id == job_id)
    ).scalar_one()
    if count >= MOST_UPLOADS:
        raise ConflictError(
            f"{count} files came to this address already", where="path", how="ask for a new address"
        )


def get_upload(conn: Connection, upload_id: int) -> Upload:
    """Give an uploaded file by number.

    Raises:
        NotFoundError: there is none.
    """
    row = conn.execute(select(uploads).where(uploads.c.id == upload_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no upload {upload_id}", where="path: upload_id")
    return _upload(row)


def list_uploads(
    conn: Connection,
    *,
    charge_point_id: str | None = None,
    limit: int = 100,
    before_id: int | None = None,
) -> list[Upload]:
    """Give uploaded files, newest first; `before_id` continues after a page."""
    query = select(uploads).order_by(uploads.c.id.desc()).limit(limit)
    if charge_point_id is not None:
        query = query.where(uploads.c.charge_point_id == charge_point_id)
    if before_id is not None:
        query = query.where(uploads.c.id < before_id)
    return [_upload(row) for row in conn.execute(query)]


def remove_upload(conn: Connection, upload_id: int) -> Upload:
    """Forget an uploaded file; the file is the caller's to remove.

    Raises:
        NotFoundError: there is none.
    """
    found = get_upload(conn, upload_id)
    conn.execute(delete(uploads).where(uploads.c.id == upload_id))
    return found


def list_old_uploads(
    conn: Connection, older_than: datetime, most_bytes: int, *, limit: int = 100
) -> list[Upload]:
    """Give at most `limit` uploads that came before a moment, or that are beyond a total size.

    Beyond are the oldest; the newest one never is, however large it is.
    """
    # How many bytes are in a file and all newer ones.
    newer = func.sum(uploads.c.size_bytes).over(order_by=uploads.c.id.desc())
    sizes = select(uploads.c.id, newer.label("bytes")).subquery()
    beyond = select(sizes.c.id).where(sizes.c.bytes > most_bytes)
    newest = select(func.max(uploads.c.id)).scalar_subquery()
    query = (
        select(uploads)
        .where(
            (uploads.c.received_at < older_than)
            | (uploads.c.id.in_(beyond) & (uploads.c.id != newest))
        )
        .order_by(uploads.c.id)
        .limit(limit)
    )
    return [_upload(row) for row in conn.execute(query)]


def forget_uploads(conn: Connection, upload_ids: Sequence[int]) -> None:
    """Forget uploads whose files are removed."""
    conn.execute(delete(uploads).where(uploads.c.id.in_(upload_ids)))


def _upload(row: Row[Any]) -> Upload:
    return Upload(**row._mapping)
