"""Mutants of the firmware's charging process: which there are, and what is said of each."""

from __future__ import annotations

from pathlib import Path

from firmware.mutants.campaign import Result
from firmware.mutants.page import page
from firmware.mutants.rules import File, Mutant
from firmware.mutants.syntax import read


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
    text = page([Result(mutants[0], "", "It is the same."), *noticed])
    assert f"- `{mutants[0].change}` equivalent\n" in text
    assert f"- `{mutants[1].change}` 1\n" in text
    assert f"| 1 | a test | {len(noticed)} |" in text
    assert "\nIt is the same.\n" in text


def test_a_survivor_is_wrong_and_so_is_an_explanation_of_what_a_test_notices(tmp_path):
    mutant = mutants_of("bool f(int a) { return a < 5; }", tmp_path)[0]
    assert Result(mutant, "", "").wrong.endswith("no test notices")
    assert "called equivalent" in Result(mutant, "a test", "It is the same.").wrong
    assert Result(mutant, "a test", "").wrong == Result(mutant, "", "It is the same.").wrong == ""
