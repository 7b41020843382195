"""Charge points that are wrong in firmware and diagnostics."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from scenarios.wrong.charge_point import each_run
from scenarios.wrong.entry import Wrong
from twin.charge_point.boot import TypePlate
from twin.charge_point.firmware import job as jobs
from twin.charge_point.firmware.block import Firmware
from twin.charge_point.firmware.image import MAGIC
from twin.charge_point.firmware.job import Job
from twin.charge_point.running import Running
from twin.charge_point.transfer import Location, TransferFailed


def of_firmware(change: Callable[[Firmware, Running], None]) -> Callable[[Running], None]:
    """Return what changes the firmware management of each run."""

    def changed(running: Running) -> None:
        assert running._firmware is not None
        change(running._firmware, running)

    return changed


def _installs_slowly(firmware: Firmware, running: Running) -> None:
    install = firmware._install

    def install_wrong(job: Job) -> None:
        running.context.timers.after(200_000_000, lambda: install(job))

    firmware._install = install_wrong  # type: ignore[method-assign]


def _boots_with_no_version(running: Running) -> None:
    running._boot._type_plate = TypePlate()


def _gives_up_at_once(firmware: Firmware, _: Running) -> None:
    fetched = firmware._fetched

    def fetched_wrong(job: Job, found: bytes | TransferFailed) -> None:
        job.attempts_left = 0
        fetched(job, found)

    firmware._fetched = fetched_wrong  # type: ignore[method-assign]


def _untold(*statuses: str) -> Callable[[Firmware, Running], None]:
    def change(firmware: Firmware, _: Running) -> None:
        progress = firmware._plain
        send = progress._send

        def send_wrong(status: str, *, triggered: bool) -> None:
            if status not in statuses:
                send(status, triggered=triggered)

        progress._send = send_wrong  # type: ignore[method-assign]

    return change


def _installs_anything(firmware: Firmware, running: Running) -> None:
    install = firmware._install
    header = len(MAGIC) + 32

    def install_wrong(job: Job) -> None:
        with running.store.commit() as database:
            content = jobs.get_image(database)[header:]
            jobs.put_image(database, MAGIC + sha256(content).digest() + content)
        install(job)

    firmware._install = install_wrong  # type: ignore[method-assign]


def _installs_under_load(firmware: Firmware, _: Running) -> None:
    firmware._vacating.begin = firmware._vacated  # type: ignore[method-assign]


def _uploads_as_text(running: Running) -> None:
    upload = running._transfers.upload

    def upload_wrong(location: Location, name: str, content: bytes, done: Any) -> None:
        upload(location, name, content.replace(b"\n", b"\r\n") + b"\r\n", done)

    running._transfers.upload = upload_wrong  # type: ignore[method-assign]


ENTRIES = (
    Wrong(
        "installs-slowly", "OCPP16.FIRMWARE_INSTALLED", "it takes 220 s to install firmware",
        each_run(of_firmware(_installs_slowly)),
        {"OCPP16.SIGNED_FIRMWARE_INSTALLED": "signed or not"},
    ),
    Wrong(
        "boots-with-no-version", "OCPP16.FIRMWARE_VERSION",
        "it never tells which firmware it has",
        each_run(_boots_with_no_version),
    ),
    Wrong(
        "gives-up-at-once", "OCPP16.FIRMWARE_ATTEMPTS", "it tries each download once",
        each_run(of_firmware(_gives_up_at_once)),
    ),
    Wrong(
        "silent-on-failure", "OCPP16.FIRMWARE_OUTCOME", "it tells of no update that has failed",
        each_run(of_firmware(_untold("DownloadFailed", "InstallationFailed"))),
    ),
    Wrong(
        "installs-anything", "OCPP16.FIRMWARE_DAMAGED", "it looks at no checksum",
        each_run(of_firmware(_installs_anything)),
        {"OCPP16.FIRMWARE_OUTCOME": "what should have failed has not"},
    ),
    Wrong(
        "installs-under-load", "OCPP16.FIRMWARE_WAITS", "it installs while somebody charges",
        each_run(of_firmware(_installs_under_load)),
        {"OCPP16.STOP_REASON": "the restart ends the charge"},
    ),
    Wrong(
        "uploads-as-text", "OCPP16.DIAGNOSTICS_WHOLE", "it ends the lines of its archives anew",
        each_run(_uploads_as_text),
        {"OCPP16.LOG_WHOLE": "a diagnostics log is an archive too"},
    ),
    Wrong(
        "silent-on-download", "OCPP16.WIRE_FILE_STATUSES", "it does not tell Downloaded",
        each_run(of_firmware(_untold("Downloaded"))),
    ),
)  # fmt: skip
"""The wrong charge points."""
