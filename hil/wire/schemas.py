"""Payloads against the official schemas, with plain `jsonschema` on the raw files.

The files are those that the package `ocpp` carries; nothing of its code runs, nor of ours.
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jsonschema import FormatChecker
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for

_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    """Say whether a text is a moment with a zone (OCPP 1.6 section 3.14)."""
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def _folder() -> Path:
    # Looked up, not imported: importing a package runs it.
    spec = find_spec("ocpp")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "v16" / "schemas"


@cache
def _validator(name: str) -> Validator | None:
    path = _folder() / f"{name}.json"
    if not path.is_file():
        return None
    # Decimals: 16.1 is a multiple of 0.1, but not as a binary fraction.
    schema = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    return validator_for(schema)(schema, format_checker=_FORMATS)


def complaint(action: str, payload: Any, *, answer: bool) -> str | None:
    """Return what a payload's schema does not allow, in one line; None where it is valid.

    Args:
        action: such as `Heartbeat`.
        payload: as JSON, numbers with a fraction as `Decimal`.
        answer: whether it is the payload of the answer.
    """
    validator = _validator(action + "Response" if answer else action)
    if validator is None:
        return f"OCPP 1.6 has no action {action!r}"
    for error in validator.iter_errors(payload):
        where = "".join(f".{step}" if isinstance(step, str) else f"[{step}]" for step in error.path)
        return f"{where.lstrip('.')}: {error.message}" if where else str(error.message)
    return None
