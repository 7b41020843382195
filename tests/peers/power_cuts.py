"""A charge point that dies next to a commit of its store: what is durable has to be enough."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from twin.charge_point.store import Store


class Killed(BaseException):
    """The process died here."""


@contextmanager
def dying_at(step: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Die at the `step`-th point next to a commit: before it and after it by turns.

    Gives a list whose one item is how many of these points were reached.
    """
    reached = [0]
    commit = Store.commit

    def look() -> None:
        reached[0] += 1
        if reached[0] == step:
            raise Killed

    @contextmanager
    def dying(store: Store) -> Iterator[Any]:
        with commit(store) as database:
            yield database
            look()
        look()

    monkeypatch.setattr(Store, "commit", dying)
    try:
        yield reached
    finally:
        monkeypatch.setattr(Store, "commit", commit)
