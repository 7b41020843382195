"""The keyword reference in docs/ is the one that the libraries give."""

from __future__ import annotations

import pytest

from scenarios.reference import FOLDER, LIBRARIES, content, page


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_keyword_reference_is_current(library: str) -> None:
    path = FOLDER / f"{library.split('.')[-1]}.html"
    written = content(path.read_text(encoding="utf-8"))
    assert written == content(page(library)), "run `make docs`"
