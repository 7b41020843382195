"""Rules of firmware, diagnostics and logs: how far a job is comes in order.

OCPP 1.6 sections 4.4 and 4.5; security whitepaper, use cases L01 and N01.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hil.wire.broken import Broken, broken
from hil.wire.exchanges import Message, Wire


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of job.

    Attributes:
        order: the call that begins one.
        after: the statuses that may follow each, `""` being the order.
        trigger: the call that asks how far it is, and the name that it has there; None: that of
            the notification.
    """

    order: str
    after: dict[str, tuple[str, ...]]
    trigger: tuple[str, str | None] = ("TriggerMessage", None)


_PLAIN = {
    "FirmwareStatusNotification": _Kind(
        "UpdateFirmware",
        {
            "": ("Downloading",),
            "Downloading": ("Downloaded", "DownloadFailed"),
            "DownloadFailed": ("Downloading",),
            "Downloaded": ("Installing", "InstallationFailed"),
            "Installing": ("Installed", "InstallationFailed"),
            "InstallationFailed": (),
            "Installed": (),
        },
    ),
    "DiagnosticsStatusNotification": _Kind(
        "GetDiagnostics",
        {
            "": ("Uploading",),
            "Uploading": ("Uploaded", "UploadFailed"),
            "UploadFailed": ("Uploading",),
            "Uploaded": (),
        },
    ),
}
"""OCPP 1.6 sections 7.25 and 7.24. A failed attempt may be followed by another one."""

_SECURE = {
    "SignedFirmwareStatusNotification": _Kind(
        "SignedUpdateFirmware",
        {
            "": ("DownloadScheduled", "Downloading"),
            "DownloadScheduled": ("Downloading", "DownloadFailed"),
            "Downloading": ("Downloaded", "DownloadPaused", "DownloadFailed"),
            "DownloadPaused": ("Downloading", "DownloadFailed"),
            "DownloadFailed": ("Downloading",),
            "Downloaded": ("SignatureVerified", "InvalidSignature"),
            "InvalidSignature": (),
            "SignatureVerified": ("InstallScheduled", "Installing", "InstallationFailed"),
            "InstallScheduled": ("Installing", "InstallationFailed"),
            "Installing": (
                "InstallRebooting",
                "Installed",
                "InstallVerificationFailed",
                "InstallationFailed",
            ),
            "InstallRebooting": ("Installed", "InstallVerificationFailed", "InstallationFailed"),
            "InstallVerificationFailed": (),
            "InstallationFailed": (),
            "Installed": (),
        },
        ("ExtendedTriggerMessage", "FirmwareStatusNotification"),
    ),
    "LogStatusNotification": _Kind(
        "GetLog",
        {
            "": ("Uploading", "BadMessage", "NotSupportedOperation", "PermissionDenied"),
            "Uploading": (
                "Uploaded",
                "UploadFailure",
                "PermissionDenied",
                "BadMessage",
                "NotSupportedOperation",
            ),
            "UploadFailure": ("Uploading",),
            "PermissionDenied": ("Uploading",),
            "BadMessage": (),
            "NotSupportedOperation": (),
            "Uploaded": (),
        },
        ("ExtendedTriggerMessage", None),
    ),
}
"""The whitepaper's FirmwareStatusEnumType and UploadLogStatusEnumType."""

_TAKEN = frozenset({"Accepted", "AcceptedCanceled"})


def statuses(wire: Wire, connectors: int) -> Iterator[Broken]:  # noqa: ARG001
    """The statuses of a job follow one another, and Idle is told to who asks (sections 4.4, 4.5).

    A status may be told again. What a charger passed through while it was not connected, or
    without power, need not be told at all.
    """
    for action, kind in _PLAIN.items():
        yield from _statuses(wire, action, kind)


def secure_statuses(wire: Wire, connectors: int) -> Iterator[Broken]:  # noqa: ARG001
    """The same of signed firmware and of logs, each status with the number of an order."""
    for action, kind in _SECURE.items():
        yield from _statuses(wire, action, kind)
        yield from _numbers(wire, action, kind)


def _statuses(wire: Wire, action: str, kind: _Kind) -> Iterator[Broken]:
    last: str | None = None
    link = 0
    asked = False
    trigger, asked_for = kind.trigger[0], kind.trigger[1] or action
    for position, message in wire.messages.items():
        if message.number == 3 and message.call is not None:
            if message.action == kind.order and _is_taken(message):
                last = ""
            elif message.action == trigger and message.payload.get("status") == "Accepted":
                asked |= message.call.payload.get("requestedMessage") == asked_for
        if message.number != 2 or message.action != action:
            continue
        status = message.payload.get("status")
        if status == "Idle":
            if not asked:
                yield broken(position, message, f"told Idle by {action} although nobody had asked")
            asked = False
            continue
        if status not in kind.after:
            continue  # the schema's affair
        if status != last and not _may_follow(kind, last, status, message.line.link == link):
            yield broken(position, message, _told(message, last))
        last, link = status, message.line.link


def _numbers(wire: Wire, action: str, kind: _Kind) -> Iterator[Broken]:
    ordered: set[object] = set()
    for position, message in wire.messages.items():
        if message.action == kind.order and message.call is not None and _is_taken(message):
            ordered.add(message.call.payload.get("requestId"))
        elif message.number == 2 and message.action == action:
            status, number = message.payload.get("status"), message.payload.get("requestId")
            if status != "Idle" and number not in ordered:
                told = "no requestId" if number is None else f"the requestId {number}"
                yield broken(position, message, f"told {status} with {told}, which is of no order")


def _is_taken(answer: Message) -> bool:
    """Whether an order has been taken, by its answer; those of OCPP 1.6 have no status in it."""
    return answer.number == 3 and answer.payload.get("status", "Accepted") in _TAKEN


def _may_follow(kind: _Kind, last: str | None, status: str, same_link: bool) -> bool:
    if last is None:
        # Of a job from before the recording, as far as can be told.
        return False
    reached, known = {last}, {last}
    while reached:
        reached = {after for each in reached for after in kind.after[each]} - known
        if status in reached:
            return True
        if same_link or last == "":
            return False
        known |= reached
    return False


def _told(message: Message, last: str | None) -> str:
    status = message.payload["status"]
    if last is None:
        return f"told {status} although nothing had been ordered"
    return f"told {status} after {last or 'the order'}"
