"""docs/mutants.md: which mutants there are, and what noticed each of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

from firmware.mutants.campaign import Result

PAGE = Path(__file__).parents[2] / "docs/mutants.md"

HEAD = """# Mutants of the charging process

Written by `python -m firmware.mutants` (some ten minutes on two cores); not edited by hand.

Do the firmware's tests notice a charging process that is wrong by a little? Each mutant is
`firmware/lib/evse` with one thing changed, by rules and not by choice:

| Rule | What is changed | Mutants | Noticed | Equivalent |
|---|---|---|---|---|
"""

RULES = {
    "number": "a limit, by one of the unit in which it is written, up and down",
    "boundary": "a comparison takes the equal value in, or no more",
    "negation": "a condition is the opposite",
    "operand": "one operand of a condition or of a set of bits is left out",
    "element": "a row of the table of transitions, or a fault of a set, is left out",
}

NOTICED = """
The unit tests (`firmware/test/evse`) are built so that undefined arithmetic ends them. Noticed by
the compiler: it does not compile, as where two rules about faults contradict one another.

| File | Mutants | Noticed | Equivalent |
|---|---|---|---|
"""

BY_TEST = """
## What noticed how many

A mutant counts for the first test that fails; the others do not run.

| | Test | File | Mutants |
|---|---|---|---|
"""


def page(results: Sequence[Result], tests: Mapping[str, str]) -> str:
    """Return the page for the results of a whole run.

    Args:
        results: of every mutant, by file and place.
        tests: the unit tests' names, each with that of its file.
    """
    by_catcher = Counter(result.caught_by for result in results if result.caught_by)
    order = sorted(by_catcher, key=lambda name: (-by_catcher[name], name))
    number = {name: index for index, name in enumerate(order, 1)}
    parts = [HEAD]
    for rule, meaning in RULES.items():
        parts.append(_row(f"{rule} | {meaning}", [r for r in results if r.mutant.rule == rule]))
    parts += [_row("**all** | ", results), NOTICED]
    for file, group in groupby(results, key=lambda result: result.mutant.file):
        parts.append(_row(file, list(group)))
    parts.append(BY_TEST)
    for name in order:
        parts.append(f"| {number[name]} | {name} | {tests.get(name, '')} | {by_catcher[name]} |\n")
    parts += ["\n## Equivalent\n\nNobody can see these from outside, for the reason given.\n"]
    parts += _equivalent(results)
    parts += ["\n## Every mutant\n\nThe number is that of the test that noticed it.\n"]
    for file, group in groupby(results, key=lambda result: result.mutant.file):
        parts.append(f"\n### {file}\n\n")
        for result in group:
            caught = number[result.caught_by] if result.caught_by else "equivalent"
            parts.append(f"- {_code(result.mutant.change)} {caught}\n")
    return "".join(parts)


def listed(text: str) -> dict[tuple[str, str], str]:
    """Return what a page says of each mutant, by its file and its change.

    That is the name of the test that noticed it; "": it is equivalent.
    """
    names = dict(re.findall(r"^\| (\d+) \| (.*?) \|", text, re.MULTILINE))
    said = {}
    for part in text.partition("## Every mutant")[2].split("\n### ")[1:]:
        file = part.partition("\n")[0]
        for change, by in re.findall(r"^- `(.*)` (\w+)$", part, re.MULTILINE):
            said[file, change] = "" if by == "equivalent" else names[by]
    return said


def _row(name: str, results: Sequence[Result]) -> str:
    noticed = sum(bool(result.caught_by) for result in results)
    equivalent = sum(bool(result.why) for result in results)
    return f"| {name} | {len(results):,} | {noticed:,} | {equivalent} |\n"


def _equivalent(results: Sequence[Result]) -> list[str]:
    parts = []
    whys = dict.fromkeys(result.why for result in results if result.why)
    for why in whys:
        parts.append(f"\n{why}\n\n")
        parts += [
            f"- {result.mutant.file}: {_code(result.mutant.change)}\n"
            for result in results
            if result.why == why
        ]
    return parts


def _code(change: str) -> str:
    """Return a change as code; C++ may hold a backtick in no other place than a string."""
    return f"`{change}`"
