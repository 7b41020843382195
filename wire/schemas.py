"""Validation of payloads against the official OCPP 1.6 schemas, compiled once.

The schema files are those that the `ocpp` package carries: draft-04 for OCPP 1.6
edition 2, draft-06 for the messages of the security whitepaper edition 2.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs

from wire.errors import ErrorCode, WireError

# Kind of violation (the keyword of the schema that failed) to the code of section 4.2.3.
_CODE_OF_KEYWORD = {
    "type": ErrorCode.TYPE_CONSTRAINT_VIOLATION,
    "format": ErrorCode.TYPE_CONSTRAINT_VIOLATION,
    # The length is part of the type (CiString20Type and so on, OCPP 1.6 section 7).
    "maxLength": ErrorCode.TYPE_CONSTRAINT_VIOLATION,
    "enum": ErrorCode.PROPERTY_CONSTRAINT_VIOLATION,
    "multipleOf": ErrorCode.PROPERTY_CONSTRAINT_VIOLATION,
    "required": ErrorCode.PROTOCOL_ERROR,
    "minItems": ErrorCode.OCCURENCE_CONSTRAINT_VIOLATION,
    "additionalProperties": ErrorCode.FORMATION_VIOLATION,
    # How an unknown field shows where the schema allows no field at all.
    "falseSchema": ErrorCode.FORMATION_VIOLATION,
}

# When a payload breaks several rules, the one that says most about it is reported:
# a missing or unknown field before a wrong value.
_GRAVITY = list(dict.fromkeys(["required", "additionalProperties", *_CODE_OF_KEYWORD]))

_RESPONSE = "Response"
_DIRECTORY = files("ocpp") / "v16" / "schemas"
_NAMES = frozenset(
    entry.name.removesuffix(".json")
    for entry in _DIRECTORY.iterdir()
    if entry.name.endswith(".json")
)
ACTIONS = frozenset(name for name in _NAMES if not name.endswith(_RESPONSE))
"""Every action that has a schema, of OCPP 1.6 and of the security whitepaper."""


class SchemaViolation(WireError):  # noqa: N818 -- named after what the standard calls it
    """A payload that its schema does not allow.

    Attributes:
        code: The code for the CALLERROR.
        path: Where in the payload, such as `meterValue[0].timestamp`; empty for the whole.
        message: What is wrong there.
    """

    def __init__(self, code: ErrorCode, path: str, message: str) -> None:
        super().__init__(code, f"{path}: {message}" if path else message)
        self.path = path
        self.message = message


def is_known(action: str) -> bool:
    """Whether OCPP 1.6 or its security whitepaper knows the action, in either direction."""
    return action in ACTIONS


def validate_request(action: str, payload: dict[str, Any]) -> None:
    """Check the payload of a CALL.

    Raises:
        SchemaViolation: It breaks the schema; the worst violation is told.
        KeyError: The action is not known (see `is_known`).
    """
    _validate(_validator(action), payload)


def validate_response(action: str, payload: dict[str, Any]) -> None:
    """Check the payload of the CALLRESULT to a CALL of that action.

    Raises:
        SchemaViolation: It breaks the schema; the worst violation is told.
        KeyError: The action is not known (see `is_known`).
    """
    _validate(_validator(action + _RESPONSE), payload)


@cache
def _validator(name: str) -> jsonschema_rs.Validator:
    if name not in _NAMES:
        raise KeyError(f"no OCPP 1.6 schema is named {name!r}")
    schema = json.loads((_DIRECTORY / f"{name}.json").read_text(encoding="utf-8-sig"))
    return jsonschema_rs.validator_for(schema, validate_formats=True)


def _validate(validator: jsonschema_rs.Validator, payload: dict[str, Any]) -> None:
    if validator.is_valid(payload):
        return
    worst = min(validator.iter_errors(payload), key=lambda error: _rank(error.kind.name))
    keyword = worst.kind.name
    raise SchemaViolation(
        _CODE_OF_KEYWORD.get(keyword, ErrorCode.GENERIC_ERROR),
        _path(worst.instance_path),
        worst.message,
    )


def _rank(keyword: str) -> int:
    return _GRAVITY.index(keyword) if keyword in _GRAVITY else len(_GRAVITY)


def _path(steps: list[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)[1:]
