"""What is given to `evseloop fleet`: read, checked, and admitted at the central system."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from evseloop.errors import CommandError
from evseloop.inputs import MOST_SPEED, moment
from twin.fleet import ChargerPlan
from twin.fleet.rest import Rest

EMAIL, PASSWORD = "EVSELOOP_REST_EMAIL", "EVSELOOP_REST_PASSWORD"
"""Environment variables with an administrator's login at the central system."""


def speed_of(text: str) -> float | None:
    """Return the factor of `--speed`, None for max."""
    if text == "max":
        return None
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not 0 < factor <= MOST_SPEED:
        raise CommandError(f"--speed {text}: a factor above 0, such as 60, or max")
    return factor


def moment_of(text: str | None) -> datetime:
    """Return the time of `--from` as UTC; now, where none is given."""
    return datetime.now(UTC) if text is None else moment("--from", text)


def lines_of(path: Path | None, option: str) -> list[str]:
    """Return the lines of a file that are not empty."""
    if path is None:
        return []
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{option} {path}: not readable: {error}") from error
    found = [line for line in lines if line]
    for number, line in enumerate(found, 1):
        if option == "--id-tags" and len(line) > 20:
            raise CommandError(f"{path}, line {number}: a tag has at most 20 characters")
    return found


def keys_of(path: Path | None) -> dict[str, bytes]:
    """Return the keys by identity; none from a file that is still to be written."""
    if path is None or not path.exists():
        return {}
    held = {}
    for number, line in enumerate(lines_of(path, "--keys"), 1):
        identity, _, key = line.partition(" ")
        try:
            held[identity] = bytes.fromhex(key.strip())
        except ValueError:
            held[identity] = b""
        if not 16 <= len(held[identity]) <= 20:
            raise CommandError(
                f"{path}, line {number}: 'ID KEY' with a key of 32 to 40 hexadecimal digits"
            )
    return held


def rest_of(
    url: str | None, plans: list[ChargerPlan], keys: dict[str, bytes], file: Path | None
) -> Rest | None:
    """Log in, and admit the chargers without a key and all tags; keep new keys in the file."""
    if url is None:
        if file is not None and not keys:
            raise CommandError(f"--keys {file}: there is no key in it")
        return None
    email, password = os.environ.get(EMAIL), os.environ.get(PASSWORD)
    if not email or not password:
        raise CommandError(f"--rest needs an administrator's login in {EMAIL} and {PASSWORD}")
    rest = Rest(url, email, password)
    new = rest.admit(plan.identity for plan in plans if plan.identity not in keys)
    keys |= new
    if file is not None and new:
        lines = "".join(f"{identity} {key.hex()}\n" for identity, key in new.items())
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as kept:
            kept.write(lines)
    rest.add_tags(sorted({tag for plan in plans for tag in plan.id_tags()}))
    return rest
