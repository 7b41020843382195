"""Times on the wire: ISO 8601 in, UTC with Z out (OCPP 1.6 section 3.14, errata 3.10)."""

from __future__ import annotations

from datetime import UTC, datetime

_SHORTEST = len("2026-01-01T00Z")


def parse_time(text: str) -> datetime:
    """Read a time as UTC.

    Takes fractions of any length (cut to microseconds) and any offset. A time without
    a zone is UTC. A leap second counts as the second before it.

    Raises:
        ValueError: Not a date with a time of day, or outside the years 1 to 9999.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = _unusual(text)
    if len(text) < _SHORTEST:
        raise ValueError(f"{text!r} has no time of day")
    if moment.tzinfo is UTC:
        return moment
    if moment.utcoffset() is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} is outside the years 1 to 9999") from error


def format_time(moment: datetime) -> str:
    """Write a time as UTC with milliseconds and Z, such as `2026-01-01T12:00:00.000Z`.

    Raises:
        ValueError: The time has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be sent")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def _unusual(text: str) -> datetime:
    """RFC 3339 forms that the standard library does not take: lower-case z, second 60."""
    common = text.upper()
    leap = common[16:19] == ":60"
    if leap:
        common = common[:16] + ":59" + common[19:]
    try:
        return datetime.fromisoformat(common)
    except ValueError as error:
        raise ValueError(f"{text!r} is not an ISO 8601 time") from error
