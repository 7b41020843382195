"""What several commands are given: addresses, folders, files. Checked before anything starts."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from evseloop.errors import CommandError

MOST_SPEED = 100_000
"""Twin seconds in a wall second: more than any machine runs."""


def central_url(text: str) -> str:
    """Return `--central` if a charger can append its identity to it and connect.

    Raises:
        CommandError: it cannot be the address of a central system.
    """

    def refuse(why: str) -> CommandError:
        shown = text if text.isprintable() else repr(text)
        return CommandError(f"--central {shown}: {why}, such as ws://127.0.0.1:9000")

    if not text.startswith(("ws://", "wss://")):
        raise refuse("it has to begin with ws:// or wss://")
    if not text.isprintable() or any(each.isspace() for each in text):
        raise refuse("an address has no spaces or control characters")
    try:
        parts = urlsplit(text)
        host = parts.hostname
        port = parts.port
        (host or "").encode("idna")
    except ValueError as error:
        raise refuse(f"not an address ({error})") from error
    if not host or port == 0:
        raise refuse("it needs a host, and a port if it is not the usual one")
    if parts.username is not None or parts.query or parts.fragment:
        raise refuse("host, port and path, nothing else; keys have options of their own")
    return text


def moment(option: str, text: str) -> datetime:
    """Return a time that was given, as UTC; one without a zone is UTC.

    Raises:
        CommandError: it is none, or not within the years of which chargers know.
    """
    try:
        read = datetime.fromisoformat(text)
        known = (read.replace(tzinfo=read.tzinfo or UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise CommandError(f"{option} {text}: not a time such as 2026-01-01T00:00:00Z") from error
    if not 2000 <= known.year < 2100:
        raise CommandError(f"{option} {text}: from 2000 to 2099, such as 2026-01-01T00:00:00Z")
    return known


def folder(option: str, path: Path) -> Path:
    """Return a folder that can be written to; made if it is not there.

    Raises:
        CommandError: it cannot be.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(
            f"{option} {path}: cannot be a folder: {error.strerror}; name another"
        ) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise CommandError(f"{option} {path}: not writable; name another folder")
    return path


def report_file(option: str, path: Path | None) -> Path | None:
    """Return a file that can be written at the end.

    Raises:
        CommandError: it cannot be.
    """
    if path is None:
        return None
    if not path.parent.is_dir():
        raise CommandError(f"{option} {path}: there is no folder {path.parent}")
    if path.is_dir():
        raise CommandError(f"{option} {path}: a folder; name a file")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise CommandError(f"{option} {path}: not writable; name another file")
    return path


def clock_socket(path: Path | None) -> Path | None:
    """Return the control socket of a central system if it is one.

    Raises:
        CommandError: nothing is there, or something else.
    """
    if path is None:
        return None
    try:
        there = stat.S_ISSOCK(path.stat().st_mode)
    except OSError:
        there = False
    if not there:
        raise CommandError(
            f"--clock-socket {path}: no socket there; start the central system first, with: "
            f"evseloop central --clock external --control-socket {path}"
        )
    return path
