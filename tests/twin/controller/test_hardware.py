"""What a controller may be told of its charger."""

from __future__ import annotations

from typing import Any

import pytest

from twin.controller import Hardware


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"kind": "wallbox"}, "kind is 'wallbox'"),
        ({"rating_a": 5.0}, "rating_a is 5.0"),
        ({"rating_a": 81.0}, "rating_a is 81.0"),
        ({"phases": 2}, "phases is 2"),
        ({"lock": True}, "only a socket locks"),
    ],
)
def test_facts_that_no_charger_has_are_refused_by_name(facts: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Hardware(**facts)
