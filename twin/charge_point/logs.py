"""GetDiagnostics (OCPP 1.6 section 5.9) and GetLog (security whitepaper, use case N01)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial

from twin.charge_point.calls import CallRefused, Respond
from twin.charge_point.context import Context
from twin.charge_point.diagnostics import Diagnostics
from twin.charge_point.keys import Access, Key, unsettable
from twin.charge_point.progress import Progress
from twin.charge_point.transfer import (
    SCHEMES,
    TransferFailed,
    Transfers,
    attempts,
    read_location,
    request_id,
    retry_interval_s,
)
from wire.errors import ErrorCode
from wire.frames import Payload
from wire.times import format_time, parse_time

KEYS = (
    Key(
        "SupportedFileTransferProtocols",
        unsettable,
        ",".join(SCHEMES),
        Access.READ,
        required=False,
        kept=False,
    ),
)

TABLES = """
CREATE TABLE log_upload (action TEXT PRIMARY KEY, job TEXT NOT NULL) STRICT;
"""

_DIAGNOSTICS = "DiagnosticsStatusNotification"
_LOG = "LogStatusNotification"


@dataclass(frozen=True, slots=True)
class _Job:
    """One order; the location may have a password in it."""

    name: str
    location: str
    security: bool
    since: str | None
    until: str | None
    attempts: int
    retry_interval_s: int
    request_id: int | None


class Logs:
    """Uploads what is asked for. An order that was answered outlives a power cut.

    Args:
        context: Of the running charge point.
        transfers: Uploads the file.
        diagnostics: Makes it.
        plain: Whether there is the FirmwareManagement profile, and GetDiagnostics with it.
        extension: Whether there is the security extension, and GetLog with it.
    """

    def __init__(
        self,
        context: Context,
        transfers: Transfers,
        diagnostics: Diagnostics,
        *,
        plain: bool,
        extension: bool,
    ) -> None:
        self._context = context
        self._uploads: list[Upload] = []
        if plain:
            upload = Upload(context, transfers, diagnostics, _DIAGNOSTICS, lambda _: "UploadFailed")
            self._uploads.append(upload)
            context.calls.handlers["GetDiagnostics"] = partial(self._get_diagnostics, upload)
        if extension:
            upload = Upload(context, transfers, diagnostics, _LOG, _failure)
            self._uploads.append(upload)
            context.calls.handlers["GetLog"] = partial(self._get_log, upload)

    def power_on(self) -> None:
        """Take up what the store holds."""
        for upload in self._uploads:
            upload.power_on()

    def _get_diagnostics(self, upload: Upload, payload: Payload, respond: Respond) -> None:
        try:
            job = _Job(
                self._name("diagnostics", "zip"),
                payload["location"],
                False,
                _time(payload.get("startTime")),
                _time(payload.get("stopTime")),
                attempts(payload),
                retry_interval_s(payload),
                None,
            )
        except ValueError as error:
            raise CallRefused(ErrorCode.PROPERTY_CONSTRAINT_VIOLATION, str(error)) from error
        upload.take(job, lambda: respond({"fileName": job.name}))

    def _get_log(self, upload: Upload, payload: Payload, respond: Respond) -> None:
        log, security = payload["log"], payload["logType"] == "SecurityLog"
        try:
            read_location(log["remoteLocation"])
            job = _Job(
                self._name("security", "log") if security else self._name("diagnostics", "zip"),
                log["remoteLocation"],
                security,
                _time(log.get("oldestTimestamp")),
                _time(log.get("latestTimestamp")),
                attempts(payload),
                retry_interval_s(payload),
                request_id(payload),
            )
        except ValueError as error:
            respond({"status": "Rejected"})
            self._context.event(0, f"log not uploaded: {error}")
            return
        status = "AcceptedCanceled" if upload.going_on else "Accepted"
        upload.take(job, lambda: respond({"status": status, "filename": job.name}))

    def _name(self, what: str, ending: str) -> str:
        safe = "".join(each if each.isalnum() else "-" for each in self._context.identity)
        return f"{safe[:100]}-{what}-{self._context.wall.now():%Y%m%dT%H%M%SZ}.{ending}"


class Upload:
    """One upload at a time: a further order takes the place of the one before.

    Args:
        context: Of the running charge point.
        transfers: Uploads the file.
        diagnostics: Makes it.
        action: The notification that tells how it goes.
        failure: What that calls a failure.
    """

    def __init__(
        self,
        context: Context,
        transfers: Transfers,
        diagnostics: Diagnostics,
        action: str,
        failure: Callable[[TransferFailed], str],
    ) -> None:
        self._context = context
        self._transfers = transfers
        self._diagnostics = diagnostics
        self._action = action
        self._failure = failure
        self._job: _Job | None = None
        self._failures = 0
        final = {"Uploaded", "UploadFailed", "UploadFailure", "PermissionDenied"}
        self._progress = Progress(context, action, final)

    @property
    def going_on(self) -> bool:
        """An order has not come to its end."""
        return self._job is not None

    def power_on(self) -> None:
        """Begin anew what a power cut has interrupted."""
        row = self._context.store.database.execute(
            "SELECT job FROM log_upload WHERE action = ?", (self._action,)
        ).fetchone()
        if row is not None:
            self._job = _Job(**json.loads(row[0]))
            self._attempt(self._job)

    def take(self, job: _Job, acknowledge: Callable[[], None]) -> None:
        """Take an order, acknowledge it, and begin."""
        with self._context.store.commit() as database:
            database.execute(
                "INSERT OR REPLACE INTO log_upload VALUES (?, ?)",
                (self._action, json.dumps(asdict(job))),
            )
            self._progress.write(database, "Uploading", job.request_id)
        self._job = job
        self._failures = 0
        acknowledge()
        self._progress.tell()
        self._attempt(job)

    def _attempt(self, job: _Job) -> None:
        if self._job is not job:
            return
        try:
            location = read_location(job.location)
        except ValueError as error:
            self._end(job, self._failure(TransferFailed(str(error))), str(error))
            return
        make = self._diagnostics.security_log if job.security else self._diagnostics.archive
        self._context.event(0, f"{job.name} goes to {location.bare()}")
        content = make(job.since, job.until)
        self._transfers.upload(location, job.name, content, partial(self._uploaded, job))

    def _uploaded(self, job: _Job, result: bytes | TransferFailed) -> None:
        if self._job is not job:
            return
        if not isinstance(result, TransferFailed):
            self._end(job, "Uploaded", job.name)
            return
        self._failures += 1
        if self._failures < job.attempts:
            self._context.event(0, f"upload failed, again in {job.retry_interval_s} s: {result}")
            self._context.timers.after(
                job.retry_interval_s * 1_000_000, partial(self._attempt, job)
            )
        else:
            self._end(job, self._failure(result), str(result))

    def _end(self, job: _Job, status: str, why: str) -> None:
        self._job = None
        with self._context.store.commit() as database:
            database.execute("DELETE FROM log_upload WHERE action = ?", (self._action,))
            self._progress.write(database, status, job.request_id)
        self._progress.tell()
        self._context.event(0, f"{status}: {why}")


def _failure(error: TransferFailed) -> str:
    return "PermissionDenied" if error.denied else "UploadFailure"


def _time(text: str | None) -> str | None:
    return None if text is None else format_time(parse_time(text))
