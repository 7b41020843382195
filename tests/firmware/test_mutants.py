"""Mutants of the firmware's charging process: which there are, and what is said of each."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from firmware.mutants.build import BY_NO_TEST, Units
from firmware.mutants.campaign import Result
from firmware.mutants.explained import explained
from firmware.mutants.page import PAGE, listed, page
from firmware.mutants.rules import File, Mutant
from firmware.mutants.sources import FIRMWARE, Snapshot
from firmware.mutants.syntax import read

SAMPLED = 20
FILES = sorted(
    str(path.relative_to(FIRMWARE / "lib/evse")) for path in (FIRMWARE / "lib/evse").rglob("*.*")
)
AGAIN = "docs/mutants.md is not of today's sources; write it anew: python -m firmware.mutants"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return Snapshot(tmp_path_factory.mktemp("mutants") / "firmware")


@pytest.fixture(scope="module")
def mutants(snapshot: Snapshot) -> list[Mutant]:
    return snapshot.mutants()


@pytest.fixture(scope="module")
def said() -> dict[tuple[str, str], str]:
    return listed(PAGE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def units(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Units:
    return Units(snapshot, tmp_path_factory.mktemp("units") / "objects")


def mutants_of(source: str, folder: Path) -> list[Mutant]:
    file = folder / "guard.cpp"
    file.write_text(source)
    return File(file.name, file.read_bytes(), read(file, [])).mutants()


def changed(source: str, folder: Path) -> set[str]:
    """Return the sources of all mutants, each without the lines that stay."""
    mutants = mutants_of(source, folder)
    return {mutant.applied(source.encode()).decode() for mutant in mutants}


def test_a_limit_is_changed_by_one_of_its_unit(tmp_path):
    source = "constexpr int kMs = 1000;\nconstexpr int kOpenUs = 20 * kMs;\n"
    shown = {mutant.change for mutant in mutants_of(source, tmp_path)}
    assert "kOpenUs: constexpr int kOpenUs = 20 * kMs -> constexpr int kOpenUs = 19 * kMs" in shown
    assert "kOpenUs: constexpr int kOpenUs = 20 * kMs -> constexpr int kOpenUs = 21 * kMs" in shown


def test_a_condition_is_negated_moved_by_one_and_loses_each_operand(tmp_path):
    source = "int f(int a, bool b, bool c) {{ return {} ? 1 : 2; }}"
    found = changed(source.format("a < 5 && b && !c"), tmp_path)
    for becomes in (
        "!(a < 5 && b && !c)",
        "a <= 5 && b && !c",
        "a < 4 && b && !c",
        "a < 6 && b && !c",
        "b && !c",
        "a < 5 && !c",
        "a < 5 && b",
        "a < 5 && b && c",
    ):
        assert source.format(becomes) in found
    assert len(found) == 8


def test_a_table_loses_each_of_its_rows(tmp_path):
    source = "struct Row { bool from, to; };\nconstexpr Row kRows[] = {%s};\n"
    both = source % "{true, false}, {false, true}"
    assert changed(both, tmp_path) == {source % " {false, true}", source % "{true, false}"}


def test_what_an_included_file_says_is_left_alone(tmp_path):
    (tmp_path / "limits.h").write_text("constexpr int kMost = 7;\n")
    assert mutants_of('#include "limits.h"\nint f() { return kMost; }\n', tmp_path) == []


def test_a_page_says_what_noticed_each_mutant_and_why_nobody_sees_the_others(tmp_path):
    mutants = mutants_of("bool f(int a) { return a < 5; }", tmp_path)
    noticed = [Result(mutant, "a test", "") for mutant in mutants[1:]]
    text = page([Result(mutants[0], "", "It is the same."), *noticed], {"a test": "some_test.cpp"})
    assert f"- `{mutants[0].change}` equivalent\n" in text
    assert f"- `{mutants[1].change}` 1\n" in text
    assert f"| 1 | a test | some_test.cpp | {len(noticed)} |" in text
    assert "\nIt is the same.\n" in text
    assert list(listed(text).items()) == [
        (("guard.cpp", mutants[0].change), ""),
        *((("guard.cpp", mutant.change), "a test") for mutant in mutants[1:]),
    ]


def test_two_changes_in_the_same_words_are_told_apart(tmp_path):
    source = "int f(int a) { if (a) a -= 2; if (a) a -= 3; return a; }"
    assert [mutant.change for mutant in mutants_of(source, tmp_path)] == [
        "f: a -> !(a)",
        "f: a -> !(a) (no. 2)",
    ]


def test_a_survivor_is_wrong_and_so_is_an_explanation_of_what_a_test_notices(tmp_path):
    mutant = mutants_of("bool f(int a) { return a < 5; }", tmp_path)[0]
    assert Result(mutant, "", "").wrong.endswith("no test notices")
    assert "called equivalent" in Result(mutant, "a test", "It is the same.").wrong
    assert Result(mutant, "a test", "").wrong == Result(mutant, "", "It is the same.").wrong == ""


def test_the_page_has_each_mutant_of_todays_sources_and_no_other(mutants, said):
    today = [(mutant.file, mutant.change) for mutant in mutants]
    assert [each for each in today if each not in said] == [], AGAIN
    assert [each for each in said if each not in today] == [], AGAIN
    assert list(said) == today, AGAIN


def test_the_page_names_tests_that_there_are_and_each_equivalent_with_its_reason(
    snapshot, mutants, said
):
    names = {*snapshot.tests(), *BY_NO_TEST, ""}
    assert [name for name in said.values() if name not in names] == [], AGAIN
    reasons = explained()
    assert [m for m in mutants if bool(reasons.why(m)) == bool(said[m.file, m.change])] == [], AGAIN
    assert reasons.of_no_mutant(mutants) == []


def test_some_mutants_at_random_are_noticed_by_what_the_page_says(
    snapshot, mutants, said, tmp_path
):
    noticed = [mutant for mutant in mutants if said[mutant.file, mutant.change]]
    sample = random.Random(20).sample(noticed, SAMPLED)
    where = snapshot.tests()
    files = {where.get(said[mutant.file, mutant.change], "") for mutant in sample}
    some = Units(snapshot, tmp_path / "objects", files)
    for mutant in sample:
        by = said[mutant.file, mutant.change]
        assert some.notices(by, mutant, tmp_path), f"{mutant}: not noticed by: {by}"


@pytest.mark.full
@pytest.mark.parametrize("file", FILES)
def test_every_mutant_is_noticed_by_what_the_page_says_or_by_nothing_as_it_says(
    units, mutants, said, file, tmp_path
):
    wrong = []
    for mutant in mutants:
        if mutant.file != file:
            continue
        by = said[file, mutant.change]
        if by and not units.notices(by, mutant, tmp_path):
            wrong.append(f"{mutant}: not noticed by: {by}")
        if not by and (after_all := units.caught_by(mutant, tmp_path)):
            wrong.append(f"{mutant}: called equivalent, and noticed by: {after_all}")
    assert wrong == []
