"""Tries mutants of the charging process; writes docs/mutants.md if all are noticed or explained."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from firmware.mutants.campaign import Result, meet_units
from firmware.mutants.explained import explained
from firmware.mutants.page import PAGE, listed, page
from firmware.mutants.sources import Snapshot


def main(files: Sequence[str]) -> int:
    """Try the mutants of some files, of all if none is named; 0: nothing is left to judge, 1: not.

    Args:
        files: parts of their names, such as `supply`.
    """

    def seen(result: Result) -> None:
        if result.wrong:
            sys.stdout.write(f"{result.wrong}\n")
            sys.stdout.flush()

    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        snapshot = Snapshot(Path(name) / "firmware")
        every = snapshot.mutants()
        wanted = [m for m in every if not files or any(part in m.file for part in files)]
        said = listed(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
        results = meet_units(snapshot, wanted, explained(), said, Path(name) / "units", seen)
    stale = explained().of_no_mutant(every)
    for explanation in stale:
        sys.stdout.write(f"explained, and there is no such mutant: {explanation}\n")
    left = [result for result in results if result.wrong]
    sys.stdout.write(f"{len(results)} mutants, {len(left)} to judge\n")
    if left or stale:
        return 1
    if not files:
        PAGE.write_text(page(results, snapshot.tests()), encoding="utf-8")
        sys.stdout.write(f"{PAGE}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
