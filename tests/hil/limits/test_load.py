"""Reading requirements: every mistake is named with file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from hil.limits import RequirementsError, load_requirements

GOOD = """\
version: 1
requirements:
  A.ONE:
    source: {standard: IEC 61851-1, clause: A.6}
    text: it opens
    limit: {quantity: time, unit: ms, upper: 100, uncertainty: {twin: 1}}
"""


def load(tmp_path: Path, text: str):
    path = tmp_path / "requirements.yaml"
    path.write_text(text, encoding="utf-8")
    return load_requirements(path)


def test_a_requirement_carries_its_id_source_and_limit(tmp_path: Path) -> None:
    (one,) = load(tmp_path, GOOD).values()
    assert one.id == "A.ONE"
    assert one.source.clause == "A.6"
    assert one.limit.upper == 100
    assert one.measurable_on("twin")
    assert not one.measurable_on("board")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("unit: ms", "unit: 5", r"line 6: requirements\.A\.ONE\.limit\.unit: Expected `str`"),
        ("upper: 100", "uper: 100", r"line 6: .*unknown field `uper`"),
        ("text: it opens", "txt: it opens", "unknown field `txt`"),
        ("upper: 100, ", "", "limits nothing: give lower, upper, or never"),
        ("upper: 100", "upper: 100, never: true", "says never and gives a bound"),
        ("upper: 100", "lower: 200, upper: 100", "lower is above upper"),
        ("{twin: 1}", "{moon: 1}", "Invalid enum value 'moon'"),
        ("{twin: 1}", "{}", "at least one target"),
        ("{twin: 1}", "{twin: -1}", "not negative"),
        ("A.ONE", "a one", "capitals"),
        ("upper: 100", "upper: 100, repetitions: {twin: 0}", "at least once"),
        ("upper: 100", "never: true, observe_s: 0", "above zero"),
        ("clause: A.6", "clause: [", "not YAML"),
        ("requirements:", "requirement:", "at least one requirement"),
    ],
)
def test_a_mistake_is_named_with_file_and_key(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    with pytest.raises(RequirementsError, match=said) as raised:
        load(tmp_path, GOOD.replace(old, new))
    assert "requirements.yaml" in str(raised.value)


def test_an_id_given_twice_is_refused_with_both_lines(tmp_path: Path) -> None:
    again = GOOD + GOOD.split("requirements:\n")[1]
    with pytest.raises(RequirementsError, match=r"line 7: A\.ONE stands on line 3 already"):
        load(tmp_path, again)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RequirementsError, match=r"nowhere\.yaml: not readable"):
        load_requirements(tmp_path / "nowhere.yaml")
