"""What a record of a command leaves out: passwords and tokens in the addresses of files."""

from typing import Any, Final
from urllib.parse import urlsplit

HIDDEN: Final = "(hidden)"
"""Stands in a record where a secret was."""

FILES_PATHS: Final = ("/files/firmware/", "/files/uploads/")
"""Below these paths the central system serves chargers; what follows is a token."""


def without_location_secrets(action: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Return the payload as it may be recorded; itself where there is nothing to hide."""
    if action in {"UpdateFirmware", "GetDiagnostics"}:
        return _replaced(payload, "location")
    if action == "SignedUpdateFirmware":
        firmware = _replaced(payload["firmware"], "location")
        return payload if firmware is payload["firmware"] else payload | {"firmware": firmware}
    if action == "GetLog":
        log = _replaced(payload["log"], "remoteLocation")
        return payload if log is payload["log"] else payload | {"log": log}
    return payload


def has_hidden(value: object) -> bool:
    """Say whether something was left out of a recorded payload."""
    if isinstance(value, dict):
        return any(has_hidden(item) for item in value.values())
    return isinstance(value, str) and HIDDEN in value


def shown_path(path: str) -> str:
    """Return the path of a request as it may be logged: without the token of a file."""
    for prefix in FILES_PATHS:
        before, found, _ = path.partition(prefix)
        if found:
            return f"{before}{prefix}{HIDDEN}"
    return path


def _replaced(fields: dict[str, Any], name: str) -> dict[str, Any]:
    location = fields[name]
    shown = _shown_location(location)
    return fields if shown == location else fields | {name: shown}


def _shown_location(location: str) -> str:
    try:
        parts = urlsplit(location)
    except ValueError:
        return location
    _, at, host = parts.netloc.rpartition("@")
    if at:
        parts = parts._replace(netloc=f"{HIDDEN}@{host}")
    return parts._replace(path=shown_path(parts.path)).geturl()
