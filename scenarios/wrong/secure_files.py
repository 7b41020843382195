"""Charge points that are wrong in signed firmware and in logs."""

from __future__ import annotations

from typing import Any

from scenarios.wrong.charge_point import each_run
from scenarios.wrong.entry import Wrong
from scenarios.wrong.firmware import of_firmware
from twin.charge_point.firmware.block import Firmware
from twin.charge_point.running import Running
from twin.charge_point.transfer import Location


def _believes_any_signature(firmware: Firmware, _: Running) -> None:
    firmware._distrust = lambda *_: None  # type: ignore[method-assign]


def _believes_no_signature(firmware: Firmware, _: Running) -> None:
    firmware._distrust = lambda *_: "not signed"  # type: ignore[method-assign]


def _forgets_the_number(firmware: Firmware, _: Running) -> None:
    progress = firmware._signed
    write = progress.write

    def write_wrong(database: Any, status: str, request_id: int | None) -> None:
        write(database, status, 0 if request_id is not None else None)

    progress.write = write_wrong  # type: ignore[method-assign]


def _calls_its_logs_otherwise(running: Running) -> None:
    upload = running._transfers.upload

    def upload_wrong(location: Location, name: str, content: bytes, done: Any) -> None:
        upload(location, name.replace("-security-", "-"), content, done)

    running._transfers.upload = upload_wrong  # type: ignore[method-assign]


def _sends_the_whole_log(running: Running) -> None:
    diagnostics = running._logs._uploads[0]._diagnostics
    security_log = diagnostics.security_log
    diagnostics.security_log = lambda *_: security_log(None, None)  # type: ignore[method-assign]


ENTRIES = (
    Wrong(
        "believes-any-signature", "OCPP16.SIGNED_FIRMWARE", "it looks at no signature of firmware",
        each_run(of_firmware(_believes_any_signature)),
        {"OCPP16.SECURITY_EVENTS": "so there is nothing to tell of"},
    ),
    Wrong(
        "believes-no-signature", "OCPP16.SIGNED_FIRMWARE_INSTALLED",
        "it takes every signature of firmware for a wrong one",
        each_run(of_firmware(_believes_no_signature)),
        {"OCPP16.FIRMWARE_OUTCOME": "what should have been installed was not"},
    ),
    Wrong(
        "forgets-the-number", "OCPP16.WIRE_SECURE_FILE_STATUSES",
        "it tells how signed firmware goes with the number 0",
        each_run(of_firmware(_forgets_the_number)),
    ),
    Wrong(
        "calls-its-logs-otherwise", "OCPP16.LOG_WHOLE",
        "it brings a security log under another name than it has announced",
        each_run(_calls_its_logs_otherwise),
    ),
    Wrong(
        "sends-the-whole-log", "OCPP16.SECURITY_LOG",
        "it brings all of its security log, whatever was asked for",
        each_run(_sends_the_whole_log),
    ),
)  # fmt: skip
"""The wrong charge points."""
