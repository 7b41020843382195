"""Payloads that the official schemas allow and no sensible peer would send."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from hypothesis import strategies as st

Payload = dict[str, Any]

_INTEGERS = st.one_of(
    st.integers(-1, 4),
    st.sampled_from([7, 60, 100, 101, 3600, 86_400]),
    st.sampled_from([-(2**70), -(2**63), -(2**31), 2**31, 2**32, 2**63, 2**64, 2**70]),
)
_NUMBERS = st.one_of(
    st.integers(0, 400).map(lambda tenths: tenths / 10),
    st.sampled_from([-1, 0, 6, 11_000, 1e9, 2**31, 1e300, -1e300]),
)
_TIMES = st.one_of(
    st.sampled_from(
        ["2026-01-01T00:01:00Z", "2026-01-01T01:00:00.5+01:00", "2025-12-31T23:00:00Z"]
    ),
    st.sampled_from(["2026-01-02T00:00:00Z", "2027-06-01t00:00:00z", "2016-12-31T23:59:60Z"]),
    st.sampled_from(
        [
            "0000-01-01T00:00:00Z",
            "0001-01-01T00:00:00+01:00",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "9999-12-31T23:59:59.999-23:59",
        ]
    ),
)
_WORDS = st.one_of(
    st.sampled_from(["", "A", "a", "B", "BAD", "GROUP", "İ", "ß" * 20, "😀" * 20]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
)


def payloads(name: str, usual: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Payload]:
    """Return payloads that a schema allows, such as `ReserveNow` or `AuthorizeResponse`.

    Args:
        name: Of the schema.
        usual: What a field of that name, at any depth, is drawn from beside the odd values.
    """
    schema = _schema(name)
    return _strategy(_resolved(schema, schema), "", usual)


@cache
def _schema(name: str) -> Any:
    text = (files("ocpp") / "v16" / "schemas" / f"{name}.json").read_text(encoding="utf-8-sig")
    return json.loads(text)


def _resolved(schema: Any, root: Any) -> Any:
    """Return a schema with its own definitions in the places that name them."""
    if isinstance(schema, list):
        return [_resolved(each, root) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _resolved(root["definitions"][schema["$ref"].removeprefix("#/definitions/")], root)
    return {name: _resolved(each, root) for name, each in schema.items() if name != "definitions"}


def _strategy(schema: Any, field: str, usual: Mapping[str, st.SearchStrategy[Any]]) -> Any:
    odd = _odd(schema, usual)
    if field not in usual:
        return odd
    # Mostly what is usual: of many odd fields the first is all that a charger looks at.
    return st.sampled_from([True, True, True, True, False]).flatmap(
        lambda is_usual: usual[field] if is_usual else odd
    )


def _odd(schema: Any, usual: Mapping[str, st.SearchStrategy[Any]]) -> Any:
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"]:
        case "object":
            fields = {
                name: _strategy(each, name, usual)
                for name, each in schema.get("properties", {}).items()
            }
            needed = {name: fields.pop(name) for name in schema.get("required", [])}
            return st.fixed_dictionaries(needed, optional=fields)
        case "array":
            return st.lists(_strategy(schema["items"], "", usual), max_size=3)
        case "integer":
            return _INTEGERS
        case "number":
            return _NUMBERS
        case "boolean":
            return st.booleans()
        case "string":
            if schema.get("format") == "date-time":
                return _TIMES
            most = schema.get("maxLength", 500)
            return _WORDS.map(lambda text: text[:most])
        case other:
            raise AssertionError(f"no values for type {other}")
