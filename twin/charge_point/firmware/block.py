"""Firmware management: updates with and without a signature.

OCPP 1.6 sections 4.5 and 5.19; security whitepaper, use cases L01 and L02.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from twin.charge_point.calls import CallRefused, Respond
from twin.charge_point.context import Context
from twin.charge_point.firmware import job as jobs
from twin.charge_point.firmware.image import UnusableImage, read_image
from twin.charge_point.firmware.job import Job, Stage
from twin.charge_point.firmware.signature import is_signed
from twin.charge_point.firmware.signers import Signers
from twin.charge_point.firmware.vacating import Vacating
from twin.charge_point.progress import Progress
from twin.charge_point.security.checks import BadCertificate
from twin.charge_point.security.event_types import SecurityEvent
from twin.charge_point.transfer import TransferFailed, Transfers, read_location
from twin.clock import Handle
from wire.errors import ErrorCode
from wire.frames import Payload

SECOND_US = 1_000_000
INSTALL_US = 20_000_000
"""How long the twin takes to write and check an image."""

LEAVE_US = 500_000
"""Between the last word and the reboot, so that it gets out."""

_FINAL = frozenset({"Installed", "DownloadFailed", "InstallationFailed"})
_SIGNED_FINAL = _FINAL | {"InstallVerificationFailed", "InvalidSignature"}


class Firmware:
    """Downloads, waits for its time, installs into the inactive slot, and boots from it.

    Every stage is in the store before it is told. A power cut while an image is
    being installed leaves the firmware that runs; the update has failed then.

    Args:
        context: Of the running charge point.
        transfers: Fetches the image.
        reboot: Restarts the charge point; True: its controllers too.
        signed: Takes firmware with a signature, and no other.
    """

    def __init__(
        self,
        context: Context,
        transfers: Transfers,
        reboot: Callable[[bool], None],
        *,
        signed: bool,
    ) -> None:
        self._context = context
        self._transfers = transfers
        self._reboot = reboot
        self._job: Job | None = None
        self._downloading: Job | None = None
        self._timer: Handle | None = None
        self._plain = Progress(context, "FirmwareStatusNotification", _FINAL)
        self._signed = Progress(
            context, "SignedFirmwareStatusNotification", _SIGNED_FINAL, triggered=signed
        )
        self._signers = Signers(context, transfers)
        self._vacating = Vacating(context, self._vacated)
        if signed:
            # Only one of them (whitepaper, L01.FR.20).
            context.calls.handlers["SignedUpdateFirmware"] = self._signed_update
        else:
            context.calls.handlers["UpdateFirmware"] = self._update
        # The boot has set the clock, and with it how far away an instant is.
        context.signals.accepted.append(self._look_at_the_clock)
        context.signals.clock_set.append(self._look_at_the_clock)

    def power_on(self) -> None:
        """Take up what the store holds."""
        job = self._job = jobs.load(self._context.store.database)
        if job is None:
            return
        if job.stage is Stage.INSTALLING:
            self._end("InstallationFailed", "the power went while it was being installed")
        elif job.stage is Stage.SWITCHED:
            version = self._context.store.setting(jobs.VERSION)
            self._context.security_event(SecurityEvent.FIRMWARE_UPDATED, f"version {version}")
            self._end("Installed", f"version {version}")
        else:
            self._look_at_the_clock()

    # --- what the central system says ---

    def _update(self, payload: Payload, respond: Respond) -> None:
        try:
            job = jobs.plain_job(payload)
        except ValueError as error:
            raise CallRefused(ErrorCode.PROPERTY_CONSTRAINT_VIOLATION, str(error)) from error
        if self._too_late:
            respond({})
            self._context.event(0, "order of firmware not taken: one is being installed")
            return
        self._order(job, lambda: respond({}))

    def _signed_update(self, payload: Payload, respond: Respond) -> None:
        try:
            job = jobs.signed_job(payload)
            read_location(job.location)
        except ValueError as error:
            respond({"status": "Rejected"})
            self._context.event(0, f"order of firmware not taken: {error}")
            return
        self._signers.judge(job.signing_certificate or "", partial(self._judged, job, respond))

    def _judged(self, job: Job, respond: Respond, refusal: str | None) -> None:
        if refusal is not None:
            respond({"status": refusal})
        elif self._too_late:
            respond({"status": "Rejected"})
        else:
            status = "Accepted" if self._job is None else "AcceptedCanceled"
            self._order(job, lambda: respond({"status": status}))

    @property
    def _too_late(self) -> bool:
        return self._job is not None and self._job.stage in {Stage.INSTALLING, Stage.SWITCHED}

    def _order(self, job: Job, acknowledge: Callable[[], None]) -> None:
        """Take an order, over one that has not come to its installation."""
        with self._context.store.commit() as database:
            jobs.save(database, job)
            self._progress(job).clear(database)
        self._vacating.give_up()
        self._job = job
        acknowledge()
        if job.signed and self._wait_us(job.retrieve_from) > 0:
            self._go_on("DownloadScheduled")
        self._look_at_the_clock()

    # --- the stages ---

    def _look_at_the_clock(self) -> None:
        """Begin what it is time for, or wait for the time."""
        job = self._job
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if job is None or self._vacating.going_on:
            return
        begin = {Stage.ORDERED: self._download, Stage.DOWNLOADED: self._vacating.begin}.get(
            job.stage
        )
        if begin is None:
            return
        instant = job.retrieve_from if job.stage is Stage.ORDERED else job.install_from
        wait_us = 0 if instant is None else self._wait_us(instant)
        if wait_us <= 0:
            begin()
        else:
            self._timer = self._context.timers.after(wait_us, self._look_at_the_clock)

    def _wait_us(self, instant: datetime) -> int:
        return (instant - self._context.wall.now()) // timedelta(microseconds=1)

    def _download(self) -> None:
        job = self._job
        assert job is not None
        if self._downloading is job:
            return
        self._downloading = job
        self._go_on("Downloading")
        self._attempt(job)

    def _attempt(self, job: Job) -> None:
        if self._job is not job:
            return
        with self._context.store.commit() as database:
            jobs.count_attempt(database, job)
        try:
            location = read_location(job.location)
        except ValueError as error:
            self._end("DownloadFailed", str(error))
            return
        self._context.event(0, f"firmware from {location.bare()}")
        self._transfers.fetch(location, partial(self._fetched, job))

    def _fetched(self, job: Job, found: bytes | TransferFailed) -> None:
        if self._job is not job:
            return
        if isinstance(found, bytes):
            self._take_in(job, found)
        elif job.attempts_left > 0:
            self._context.event(0, f"download failed, again in {job.retry_interval_s} s: {found}")
            self._context.timers.after(
                job.retry_interval_s * SECOND_US, partial(self._attempt, job)
            )
        else:
            self._end("DownloadFailed", str(found))

    def _take_in(self, job: Job, image: bytes) -> None:
        """Put a download into the inactive slot, if its signature is good."""
        if job.signature is not None:
            self._signed.pass_through("Downloaded")
            why = self._distrust(job, image, job.signature)
            if why is not None:
                self._context.security_event(SecurityEvent.INVALID_FIRMWARE_SIGNATURE, why)
                self._end("InvalidSignature", why)
                return
        with self._context.store.commit() as database:
            jobs.put_image(database, image)
            jobs.advance(database, job, Stage.DOWNLOADED)
            self._write(database, job, "SignatureVerified" if job.signed else "Downloaded")
        self._progress(job).tell()
        if job.install_from is not None and self._wait_us(job.install_from) > 0:
            self._go_on("InstallScheduled")
        self._look_at_the_clock()

    def _distrust(self, job: Job, image: bytes, signature: str) -> str | None:
        """Return why an image is not to be trusted, None where it is."""
        try:
            signer = self._signers.signer(job.signing_certificate or "")
        except BadCertificate as error:
            return str(error)  # its root has been deleted, or its time has run out
        if is_signed(image, signature, signer):
            return None
        return f"not the signature of {signer.subject.rfc4514_string()}"

    def _vacated(self) -> None:
        job = self._job
        assert job is not None
        with self._context.store.commit() as database:
            jobs.advance(database, job, Stage.INSTALLING)
            self._write(database, job, "Installing")
        self._progress(job).tell()
        self._context.event(0, "firmware is being installed")
        self._context.timers.after(INSTALL_US, partial(self._install, job))

    def _install(self, job: Job) -> None:
        try:
            image = read_image(jobs.get_image(self._context.store.database))
        except UnusableImage as error:
            self._end(
                "InstallVerificationFailed" if job.signed else "InstallationFailed", str(error)
            )
            return
        with self._context.store.commit() as database:
            self._context.store.write_setting(database, jobs.VERSION, image.version)
            jobs.advance(database, job, Stage.SWITCHED)
            if job.signed:
                self._write(database, job, "InstallRebooting")
        if job.signed:
            self._signed.tell()
        self._context.event(0, f"firmware {image.version} is installed, restarting")
        self._context.timers.after(LEAVE_US, lambda: self._reboot(False))

    def _end(self, status: str, why: str) -> None:
        job, self._job = self._job, None
        assert job is not None
        with self._context.store.commit() as database:
            jobs.remove(database)
            self._write(database, job, status)
        self._progress(job).tell()
        self._context.event(0, f"firmware: {status}, {why}")
        self._vacating.give_up()

    # --- telling it ---

    def _progress(self, job: Job) -> Progress:
        return self._signed if job.signed else self._plain

    def _write(self, database: sqlite3.Connection, job: Job, status: str) -> None:
        self._progress(job).write(database, status, job.request_id)

    def _go_on(self, status: str) -> None:
        """Tell a status of the job that changes nothing about its stage."""
        assert self._job is not None
        with self._context.store.commit() as database:
            self._write(database, self._job, status)
        self._progress(self._job).tell()
