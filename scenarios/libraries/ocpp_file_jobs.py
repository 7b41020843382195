"""Jobs with a file, as they were on the wire and as they ended; for components of `Ocpp`."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from robot.api import logger

from hil.central import Central
from hil.targets.twin_charger import TwinCharger
from hil.wire.exchanges import Message, read
from scenarios.words import S
from twin.charge_point.firmware.image import FirmwareImage

ENDS = frozenset(
    {
        *("Installed", "DownloadFailed", "InstallationFailed"),
        *("InvalidSignature", "InstallVerificationFailed"),
        *("Uploaded", "UploadFailed"),
        *("UploadFailure", "PermissionDenied", "BadMessage", "NotSupportedOperation"),
    }
)
"""The statuses with which a job ends (OCPP 1.6 sections 7.24 and 7.25; security whitepaper)."""


def calls(charger: TwinCharger, action: str) -> list[Message]:
    """Return the charger's calls of an action."""
    return [each for each in read(charger.recording).calls(">") if each.action == action]


def command(
    central: Central, charger: TwinCharger, name: str, body: Mapping[str, Any]
) -> dict[str, Any]:
    """Have the central system send a command; return what its REST API answers."""
    with charger.exchange():
        answer: dict[str, Any] = central.post(f"/api/ocpp/{charger.identity}/{name}", **body)
    return answer


def status_within(
    charger: TwinCharger, action: str, order: str, status: str, within: timedelta
) -> float:
    """Return the time from the last order to a status, s; infinite where it is not told in time.

    Args:
        charger: who got the order.
        action: the notification that tells how the job goes.
        order: the call that began it.
        status: the one that is waited for; the wait ends with any other that ends the job too.
        within: how long to wait.
    """
    lines = charger.recording.lines
    ordered = [each for each in read(charger.recording).calls("<") if each.action == order]
    assert ordered, f"no {order} has been sent"
    position = lines.index(ordered[-1].line)
    ended_us: list[tuple[int, str]] = []

    def over() -> bool:
        nonlocal position
        while position < len(lines) and not ended_us:
            line = lines[position]
            position += 1
            match line.frame if line.kind == "message" and line.way == ">" else None:
                case [2, _, told, {"status": str(now)}] if told == action:
                    if now == status or now in ENDS:
                        ended_us.append((line.at_us, now))
        return bool(ended_us)

    charger.wait_for(over, int(within.total_seconds() * S))
    charger.advance(5 * S)
    if not ended_us or ended_us[0][1] != status:
        return float("inf")
    return (ended_us[0][0] - ordered[-1].line.at_us) / S


def wrong_outcomes(central: Central, charger: TwinCharger, action: str, status: str) -> int:
    """Return how many of the charger and the central system say that an update ended otherwise."""
    with charger.exchange():
        known = central.charger(charger.identity)["firmware_status"]
    told = [each.payload["status"] for each in calls(charger, action)]
    logger.info(f"told {' → '.join(told)}; the central system has {known}")
    return int(told[-1:] != [status]) + int(known != status)


def arrived(central: Central, charger: TwinCharger, name: str | None) -> tuple[bytes, list[str]]:
    """Return what the charger has brought, and what is wrong with its way.

    Args:
        central: whom it was brought to.
        charger: who brought it.
        name: under which it was announced.
    """
    with charger.exchange():
        found = central.upload(charger.identity)
    brought = [each.body for each in charger.files.transfers if each.body]
    if found is None or not brought:
        return b"", ["nothing arrived"]
    faults = []
    if found[0] != name:
        faults.append(f"it is called {found[0]}, and {name} was announced")
    if found[1] != brought[-1]:
        faults.append(f"{len(brought[-1])} bytes left, {len(found[1])} others arrived")
    return found[1], faults


def faults_of_diagnostics(name: str, content: bytes) -> list[str]:
    """Return why diagnostics cannot be read whole: an archive, by its name, or lines of text."""
    if name.endswith(".zip"):
        return faults_of_archive(content)
    try:
        lines = content.decode().splitlines(keepends=True)
    except UnicodeDecodeError as error:
        return [f"it is no text: {error}"]
    logger.info(f"{len(content)} bytes, {len(lines)} lines")
    return [] if lines and lines[-1].endswith("\n") else ["its last line is not whole"]


def faults_of_archive(content: bytes) -> list[str]:
    """Return why a ZIP archive cannot be read whole."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            broken = archive.testzip()
            logger.info(f"{len(content)} bytes: {', '.join(archive.namelist())}")
    except zipfile.BadZipFile as error:
        return [f"it cannot be opened: {error}"]
    return [] if broken is None else [f"{broken} in it is damaged"]


def report(faults: list[str]) -> int:
    """Put faults into the log; return how many there are."""
    for fault in faults:
        logger.info(fault)
    return len(faults)


def software_of(version: str) -> bytes:
    """Return a firmware image of 64 KiB, which the twin keeps and does not run."""
    return FirmwareImage(version, bytes(range(256)) * 256).to_bytes()
