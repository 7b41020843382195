"""The search for the value at which an EVSE changes its mind."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scenarios.search import boundary

values = st.floats(-100, 100, allow_nan=False)


@given(values, values, values)
def test_it_finds_the_boundary_within_its_resolution(a: float, b: float, edge: float) -> None:
    quiet, loud = min(a, b), max(a, b)
    found = boundary(lambda value: value >= edge, quiet, loud, 0.01)
    if edge <= quiet:
        assert found == quiet
    elif edge > loud:
        assert found == loud
    else:
        assert edge <= found <= edge + 0.01


def test_it_searches_downwards_as_well() -> None:
    assert 84.9 <= boundary(lambda value: value < 85, 90, 80, 0.05) < 85
