"""Tries mutants, two at a time, and keeps what noticed each of them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from firmware.mutants.build import Units
from firmware.mutants.explained import Explained
from firmware.mutants.rules import Mutant
from firmware.mutants.sources import Snapshot


@dataclass(frozen=True)
class Result:
    """What became of a mutant.

    Attributes:
        mutant: what was changed.
        caught_by: the test that noticed; "": none.
        why: the reason that is given for its being equivalent; "": none.
    """

    mutant: Mutant
    caught_by: str
    why: str

    @property
    def wrong(self) -> str:
        """What somebody has to mend; "" if nothing."""
        if not self.caught_by and not self.why:
            return f"{self.mutant}: no test notices"
        if self.caught_by and self.why:
            return f"{self.mutant}: called equivalent, and '{self.caught_by}' notices it"
        return ""


class UnitsBrokenError(Exception):
    """The sources as they are do not pass their own unit tests."""


def meet_units(
    snapshot: Snapshot,
    mutants: Sequence[Mutant],
    why: Explained,
    said: Mapping[tuple[str, str], str],
    folder: Path,
    seen: Callable[[Result], None] = lambda _: None,
) -> list[Result]:
    """Return what the unit tests make of some mutants, in their order.

    Args:
        snapshot: the sources.
        mutants: which of its mutants to try.
        why: explanations of those that are equivalent.
        said: what noticed them last, by file and change: it is asked first, so that a run which
            finds nothing new names nothing else, and takes a third of the time.
        folder: scratch; made here.
        seen: is called with each result as it comes, by several threads.

    Raises:
        UnitsBrokenError: without any change a unit test fails.
    """
    folder.mkdir(parents=True)
    units = Units(snapshot, folder / "units")
    own = threading.local()
    count = iter(range(1000))

    def scratch() -> Path:
        if not hasattr(own, "folder"):
            own.folder = folder / f"scratch{next(count)}"
            own.folder.mkdir()
        made: Path = own.folder
        return made

    broken = units.caught_by(None, scratch())
    if broken:
        raise UnitsBrokenError(f"without any change this unit test fails: {broken}")

    def meet(mutant: Mutant) -> Result:
        by = said.get((mutant.file, mutant.change), "")
        if not by or not units.notices(by, mutant, scratch()):
            by = units.caught_by(mutant, scratch())
        result = Result(mutant, by, why.why(mutant))
        seen(result)
        return result

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(meet, mutants))
