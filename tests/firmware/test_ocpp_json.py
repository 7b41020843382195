"""What the firmware reads of a JSON document is what Python's reader finds in it."""

from __future__ import annotations

import json
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FIRMWARE = Path(__file__).parents[2] / "firmware"
FLAGS = "-std=c++17 -O1 -Wall -Wextra -Werror -fsanitize=address,undefined"
NESTING = 8
VALUES = 512

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.one_of(
    st.integers(-(10**19), 10**19),
    st.decimals(-(10**9), 10**9, places=6).map(float),
    st.floats(allow_nan=False, allow_infinity=False),
)
DOCUMENTS = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=30,
)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("json") / "json_pipe"
    sources = [FIRMWARE / "test/json_pipe.cpp", FIRMWARE / "lib/ocpp/src/json.cpp"]
    include = f"-I{FIRMWARE}/lib/ocpp/include"
    subprocess.run(["g++", *FLAGS.split(), include, *sources, "-o", made], check=True)
    return made


def found(program: Path, documents: list[str]) -> list[str]:
    """Return what the firmware has found in each document."""
    given = "".join(f"{document}\n" for document in documents).encode()
    done = subprocess.run([program], input=given, capture_output=True, check=True)
    return done.stdout.decode().splitlines()


def expected(text: str) -> str:
    """Return what is there to be found, as the program prints it."""
    # Members as pairs: one name may be there twice.
    document = json.loads(
        text, parse_int=Decimal, parse_float=Decimal, object_pairs_hook=lambda pairs: (pairs,)
    )
    values = list(walk(document, "", 0))
    if len(values) > VALUES or any(depth > NESTING for depth, _ in values):
        return "too much"
    return "".join(f"{shown} " for _, shown in values)


def walk(value: Any, name: str, depth: int) -> Any:
    """Yield the depth that a value takes and how the program prints it, in the right order."""
    names = f"<{name.encode().hex()}>"
    match value:
        case None:
            yield depth, f"{depth}n{names}<>"
        case bool():
            yield depth, f"{depth}{'t' if value else 'f'}{names}<>"
        case Decimal():
            yield depth, f"{depth}N{names}<>{thousandths(value)}"
        case str():
            yield depth, f"{depth}T{names}<{value.encode().hex()}>"
        case list():
            yield depth + 1, f"{depth}L{names}<>"
            for each in value:
                yield from walk(each, "", depth + 1)
        case (list() as pairs,):
            yield depth + 1, f"{depth}O{names}<>"
            for key, each in pairs:
                yield from walk(each, key, depth + 1)


def thousandths(number: Decimal) -> str:
    """Return a number in thousandths, cut, and whether anything was; or the most of 63 bits."""
    scaled = number.copy_abs().scaleb(3)
    whole = int(scaled)
    cut = "" if whole == scaled else "+"
    if whole > 2**63 - 1:
        return f"{'-' if number < 0 else ''}{2**63 - 1}"
    return f"{'-' if number < 0 and whole else ''}{whole}{cut}"


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents=st.lists(st.tuples(DOCUMENTS, st.booleans(), st.booleans()), max_size=20))
def test_what_is_written_is_found(program: Path, documents: list[tuple[Any, bool, bool]]) -> None:
    texts = [
        json.dumps(document, ensure_ascii=plain, separators=(",", ":") if tight else (" , ", " : "))
        for document, plain, tight in documents
    ]
    texts = [text for text in texts if "\x85" not in text]
    assert found(program, texts) == [expected(text) for text in texts]


BROKEN = st.text(st.sampled_from('[]{}",:\\u0019+-.eEtrufalsn 	x'), min_size=1, max_size=12)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts=st.lists(BROKEN, max_size=200))
def test_both_say_of_the_same_documents_that_they_are_none(program: Path, texts: list[str]) -> None:
    for text, shown in zip(texts, found(program, texts), strict=True):
        try:
            json.loads(text, parse_constant=json.JSONDecodeError)
        except json.JSONDecodeError:
            assert shown in ("no", "too much"), text
        else:
            assert shown not in ("no", "too much"), text
