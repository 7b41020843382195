"""What a configuration key is: its type, access and default (OCPP 1.6 chapter 9)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

Check = Callable[[str], bool]


class Access(Enum):
    """Who may do what with a key over OCPP."""

    READ = "R"
    READ_WRITE = "RW"
    WRITE = "W"
    """Never returned: a secret."""


@dataclass(frozen=True, slots=True)
class Key:
    """One configuration key.

    Attributes:
        name: As the standard spells it.
        accepts: Whether a text is a value of its type and range.
        default: Factory setting; empty for keys that the charge point computes.
        access: Over OCPP.
        required: OCPP 1.6 chapter 9 demands it of a charge point with this profile.
        kept: Whether a value set over OCPP survives a reboot: all of them do in the
            standard's sense; computed ones have nothing to keep.
    """

    name: str
    accepts: Check
    default: str
    access: Access = Access.READ_WRITE
    required: bool = True
    kept: bool = True


def boolean(text: str) -> bool:
    """Accept `true` and `false`."""
    return text.lower() in {"true", "false"}


def integer(low: int, high: int) -> Check:
    """Accept whole numbers from `low` to `high`."""

    def accepts(text: str) -> bool:
        return re.fullmatch(r"-?[0-9]{1,9}", text) is not None and low <= int(text) <= high

    return accepts


LONGEST_VALUE = 500
"""Of any key: CiString500Type (OCPP 1.6 section 7.29)."""


def items(check: Check, most: int) -> Check:
    """Accept comma separated lists of up to `most` items that `check` accepts."""

    def accepts(text: str) -> bool:
        found = split(text)
        fits = len(text) <= LONGEST_VALUE and len(found) <= most
        return fits and all(check(item) for item in found)

    return accepts


def split(text: str) -> list[str]:
    """Return the items of a comma separated list; an empty text is an empty list."""
    return [item.strip() for item in text.split(",")] if text.strip() else []


def unsettable(text: str) -> bool:  # noqa: ARG001 -- whatever it is
    """Accept nothing: the key says how the charger is made, and no setting makes it another."""
    return False
