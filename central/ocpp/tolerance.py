"""Reading the essential fields of a payload that violates its schema.

A refused StartTransaction, StopTransaction or MeterValues is lost revenue, so whatever can be
read without guessing is taken: a number written as text, a fraction that is whole, a text that
is too long, a time without a zone. The violation is recorded against the charger.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from wire.errors import ErrorCode, WireError
from wire.frames import Payload
from wire.times import parse_time

# At most 18 digits, so that a number fits into 64 bits.
_MAX_DIGITS = 18
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


_LARGEST = 2**53
_FIRST_YEAR = 1000


class Unreadable(WireError):  # noqa: N818 -- it names the state of the message
    """An essential field is missing or cannot be read; the message is refused."""


def whole_number(payload: Payload, name: str) -> int:
    """Read a whole number, also from text such as `"12"` or a float such as 12.0.

    Raises:
        Unreadable: It is missing, or is something else.
    """
    value = _present(payload, name)
    if isinstance(value, str):
        if _WHOLE.fullmatch(value.strip()):
            return int(value)
    elif isinstance(value, float):
        if value.is_integer() and abs(value) < 10**_MAX_DIGITS:
            return int(value)
    elif type(value) is int and abs(value) < 10**_MAX_DIGITS:
        return value
    raise Unreadable(
        ErrorCode.TYPE_CONSTRAINT_VIOLATION, f"{name}: {str(value)[:40]!r} is no whole number"
    )


def text(payload: Payload, name: str) -> str:
    """Read a text, also from a number.

    Raises:
        Unreadable: It is missing, or is something else.
    """
    value = _present(payload, name)
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise Unreadable(ErrorCode.TYPE_CONSTRAINT_VIOLATION, f"{name}: not a text")


def time(payload: Payload, name: str) -> str:
    """Read the text of a time that `wire.times.parse_time` takes.

    Raises:
        Unreadable: It is missing, or no time.
    """
    value = text(payload, name).strip()
    try:
        parse_time(value)
    except ValueError as error:
        raise Unreadable(ErrorCode.TYPE_CONSTRAINT_VIOLATION, f"{name}: {error}") from error
    return value


def storable_number(name: str, value: int) -> int:
    """Return a number that every database and every reader of JSON can hold.

    Raises:
        Unreadable: It is beyond ±2⁵³.
    """
    if -_LARGEST <= value <= _LARGEST:
        return value
    raise Unreadable(ErrorCode.PROPERTY_CONSTRAINT_VIOLATION, f"{name}: beyond 2 to the power 53")


def storable_time(value: str) -> datetime:
    """Return the moment that a text names, UTC.

    Raises:
        Unreadable: It is no time, or before the year 1000, where databases end.
    """
    try:
        moment = parse_time(value)
    except ValueError as error:
        raise Unreadable(ErrorCode.TYPE_CONSTRAINT_VIOLATION, f"timestamp: {error}") from error
    if moment.year < _FIRST_YEAR:
        raise Unreadable(
            ErrorCode.PROPERTY_CONSTRAINT_VIOLATION, f"timestamp: {value!r} is before the year 1000"
        )
    return moment


def _present(payload: Payload, name: str) -> Any:
    value = payload.get(name)
    if value is None:
        raise Unreadable(ErrorCode.PROTOCOL_ERROR, f"{name} is missing")
    return value
