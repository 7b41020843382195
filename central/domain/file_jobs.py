"""Jobs in which a charger fetches a firmware image from here, or brings a file.

Each has a token of its own: who knows the address that the charger was told may use it, for that
job, until it expires. Only a hash of the token is kept.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from central.domain.errors import NotFoundError
from central.domain.statements import inserted_id
from central.models import file_jobs

FIRMWARE: Final = frozenset({"UpdateFirmware", "SignedUpdateFirmware"})
UPLOADS: Final = frozenset({"GetDiagnostics", "GetLog"})

OPEN: Final = "open"
FAILED: Final = "failed"
CANCELLED: Final = "cancelled"
EXPIRED: Final = "expired"
_ENDS: Final = {
    "Installed": "done",
    "Uploaded": "done",
    **dict.fromkeys(
        (
            "DownloadFailed",
            "InstallationFailed",
            "InstallVerificationFailed",
            "InvalidSignature",
            "UploadFailed",
            "UploadFailure",
            "BadMessage",
            "PermissionDenied",
            "NotSupportedOperation",
        ),
        FAILED,
    ),
}
"""What a status means for its job: FirmwareStatus and DiagnosticsStatus of OCPP 1.6 sections 7.25
and 7.24, UploadLogStatus and the further FirmwareStatus of the security whitepaper."""


@dataclass(frozen=True)
class FileJob:
    """A job of one charger.

    Attributes:
        action: the command that told the charger.
        image_id: of a firmware job.
        request_id: of the messages of the security whitepaper.
        command_id: the record of the command; absent if it never ended.
        downloads: requests that were answered with the image or a part of it.
        status: the last one that the charger reported.
        outcome: `open`, `done`, `failed` (may come to life again with a retry), `cancelled` (the
            charger did not take the command), or `expired`.
    """

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
    outcome: str

    def is_usable(self, now: datetime) -> bool:
        """Whether its token is still good: a charger may try again after it failed."""
        return self.outcome in {OPEN, FAILED} and now < self.expires_at


def new_token() -> str:
    """Make a token: 256 bits, in characters that need no escape in an address."""
    return secrets.token_urlsafe(32)


def make_job(
    conn: Connection,
    charge_point_id: str,
    action: str,
    token: str,
    now: datetime,
    expires_at: datetime,
    *,
    image_id: int | None = None,
    request_id: int | None = None,
    requested_by: int | None = None,
) -> int:
    """Note a job before its charger is told; gives its number."""
    made = conn.execute(
        insert(file_jobs).values(
            charge_point_id=charge_point_id,
            action=action,
            token_sha256=_hash(token),
            image_id=image_id,
            request_id=request_id,
            requested_by=requested_by,
            created_at=now,
            expires_at=expires_at,
            downloads=0,
            outcome=OPEN,
        )
    )
    return inserted_id(made)


def note_told(conn: Connection, job_id: int, command_id: int | None, *, taken: bool) -> None:
    """Note that the command has ended; where the charger did not take it the token is void.

    Told again where the answer comes late; `command_id` is None where it never came.
    """
    values: dict[str, Any] = {} if command_id is None else {"command_id": command_id}
    if not taken:
        values["outcome"] = CANCELLED
    if not values:
        return
    conn.execute(update(file_jobs).where(file_jobs.c.id == job_id).values(**values))


def count_download(conn: Connection, job_id: int) -> None:
    """Count a request that is answered with the image or a part of it."""
    conn.execute(
        update(file_jobs)
        .where(file_jobs.c.id == job_id)
        .values(downloads=file_jobs.c.downloads + 1)
    )


def follow(
    conn: Connection,
    charge_point_id: str,
    actions: frozenset[str],
    status: str,
    now: datetime,
    request_id: int | None = None,
) -> None:
    """Note a status that a charger reported, in its newest job of these actions, if it is that one.

    A job that ended well or was cancelled is left as it is: what comes later is about something
    else. `Idle` is about nothing.
    """
    query = (
        select(file_jobs)
        .where(file_jobs.c.charge_point_id == charge_point_id, file_jobs.c.action.in_(actions))
        .order_by(file_jobs.c.id.desc())
        .limit(1)
    )
    if request_id is not None:
        query = query.where(file_jobs.c.request_id == request_id)
    row = conn.execute(query).one_or_none()
    if row is None or status == "Idle" or not _job(row, now).is_usable(now):
        return
    conn.execute(
        update(file_jobs)
        .where(file_jobs.c.id == row.id)
        .values(status=status[:32], status_at=now, outcome=_ENDS.get(status, OPEN))
    )


def find_by_token(conn: Connection, token: str, now: datetime) -> FileJob:
    """Give the job of a token, whether it is usable or not.

    Raises:
        NotFoundError: there is none.
    """
    row = conn.execute(
        select(file_jobs).where(file_jobs.c.token_sha256 == _hash(token))
    ).one_or_none()
    if row is None:
        raise NotFoundError("there is no such file", where="path", how="ask for a new address")
    return _job(row, now)


def find_by_command(conn: Connection, command_id: int, now: datetime) -> FileJob | None:
    """Give the job of a command, None if that had none."""
    row = conn.execute(select(file_jobs).where(file_jobs.c.command_id == command_id)).one_or_none()
    return None if row is None else _job(row, now)


def get_job(conn: Connection, job_id: int, now: datetime) -> FileJob:
    """Give a job by number.

    Raises:
        NotFoundError: there is none.
    """
    row = conn.execute(select(file_jobs).where(file_jobs.c.id == job_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no file job {job_id}", where="path: job_id")
    return _job(row, now)


def list_jobs(
    conn: Connection,
    now: datetime,
    *,
    charge_point_id: str | None = None,
    image_id: int | None = None,
    limit: int = 100,
    before_id: int | None = None,
) -> list[FileJob]:
    """Give jobs, newest first; `before_id` continues after a page."""
    query = select(file_jobs).order_by(file_jobs.c.id.desc()).limit(limit)
    if charge_point_id is not None:
        query = query.where(file_jobs.c.charge_point_id == charge_point_id)
    if image_id is not None:
        query = query.where(file_jobs.c.image_id == image_id)
    if before_id is not None:
        query = query.where(file_jobs.c.id < before_id)
    return [_job(row, now) for row in conn.execute(query)]


def _job(row: Any, now: datetime) -> FileJob:
    values = dict(row._mapping)
    del values["token_sha256"]
    if values["outcome"] == OPEN and values["expires_at"] <= now:
        values["outcome"] = EXPIRED
    return FileJob(**values)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
