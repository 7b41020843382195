"""What a description may say, and what the fleet says to one that it cannot use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from twin.fleet import DescriptionError, load, profile, profiles, schema
from twin.fleet.load import PROFILES

GOOD = """\
about: two chargers
hours: 2
chargers:
  - kind: tethered
    vehicles: {byd-atto-3: 1}
    visits:
      - between: ["00:00", "01:00"]
        per_connector: 1
        stay_h: [0.5, 1]
faults:
  - name: residual_dc
    per_day: 1
    params: {current_ma: 60}
"""


def test_the_ready_profiles_are_those_of_the_documentation() -> None:
    assert profiles() == ["chaos", "highway", "home-street", "motorcycle-swap-yard", "office-day"]


@pytest.mark.parametrize("name", profiles())
def test_a_ready_profile_is_valid_by_the_printed_schema(name: str) -> None:
    assert profile(name).about
    data = yaml.safe_load((PROFILES / f"{name}.yaml").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema()).validate(data)


def test_what_is_left_out_has_a_default(tmp_path: Path) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text(GOOD, encoding="utf-8")
    described = load(path)
    assert described.begins == "00:00"
    assert described.allow.schema_violations == 0
    assert described.link.storms == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("hours: 2", "hours: two", r"line 2: hours: Expected `float`, got `str`"),
        ("hours: 2", "hours: 0", r"line 2: hours: Expected `float` > 0"),
        ("hours: 2", "ours: 2", r"line 2: ours: there is no such key"),
        ("kind: tethered", "kind: thetered", r"line 4: chargers\[0\]\.kind: Invalid enum value"),
        ("per_connector: 1", "per_conector: 1", r"line 8: .*per_conector: there is no such key"),
        ("about: two chargers\n", "", r"line 1: the file: .*missing required field `about`"),
        ('["00:00", "01:00"]', '["00:00", "24:00"]', r"line 7: .*between"),
        ("[0.5, 1]", "[1, 0.5]", r"line 9: .*stay_h: the first, 1, is above the second, 0\.5"),
        ("byd-atto-3", "byd-atto", r"line 5: .*vehicles\.byd-atto: .*did you mean byd-atto-3"),
        ("byd-atto-3", "super-soco-tc-max", r"line 5: .*it does not fit an EVSE of kind tethered"),
        ("residual_dc", "residual", r"line 11: faults\[0\]\.name: no fault 'residual'"),
        ("current_ma: 60", "current_ma: 1e9", r"line 13: faults\[0\]\.params: .*current_ma"),
        ("current_ma: 60", "current_a: 60", r"line 13: .*no parameter 'current_a'"),
        ("    visits:", "    configuration: {Beep: '1'}\n    visits:", r"line 6: .*no such config"),
        (
            "    visits:",
            "    configuration: {HeartbeatInterval: soon}\n    visits:",
            r"line 6: .*HeartbeatInterval: 'soon' is no value of this key",
        ),
        (
            "    visits:",
            "    configuration:\n      CpoName: x\n      HeartbeatInterval: 60\n    visits:",
            r"line 8: chargers\[0\]\.configuration\.HeartbeatInterval: Expected `str`, got `int`",
        ),
        (
            "    visits:",
            "    configuration: {NumberOfConnectors: '9'}\n    visits:",
            r"line 6: .*NumberOfConnectors: it says how a charger is made",
        ),
        (
            "byd-atto-3: 1",
            "byd-atto-3: 1, tesla-model-3-rwd: -1",
            r"line 5: chargers\[0\]\.vehicles\.tesla-model-3-rwd: Expected `float` > 0",
        ),
        ("hours: 2", "hours: &again {hours: *again}", r"line 2: hours: Expected `float`"),
        ("hours: 2", "hours: 2\nhours: 3", r"line 3: hours: the key is there already"),
        (
            "    visits:",
            "    kind: socket\n    visits:",
            r"line 6: chargers\[0\]\.kind: the key is there already",
        ),
        ("chargers:", "chargers: [", r"line \d+: not YAML"),
        (GOOD, "- a list", r"line 1: has to be a mapping"),
        (GOOD, "\x00", r"not YAML"),
    ],
)
def test_an_error_names_file_line_and_key(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    path = tmp_path / "fleet.yaml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(DescriptionError, match=r"fleet\.yaml.*" + complaint):
        load(path)


def test_a_file_that_is_not_there_and_a_profile_that_is_not_there_are_named(
    tmp_path: Path,
) -> None:
    with pytest.raises(DescriptionError, match=r"nowhere\.yaml: not readable: No such file"):
        load(tmp_path / "nowhere.yaml")
    with pytest.raises(DescriptionError, match=r"no profile 'office': there are chaos, highway"):
        profile("office")


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(DescriptionError, match="not UTF-8"):
        load(path)


def test_the_schema_refuses_what_the_fleet_refuses() -> None:
    data: Any = yaml.safe_load(GOOD)
    checker = jsonschema.Draft202012Validator(schema())
    assert checker.is_valid(data)
    assert not checker.is_valid({**data, "ours": 1})
    assert not checker.is_valid({**data, "hours": 0})
    assert not checker.is_valid({**data, "chargers": []})
