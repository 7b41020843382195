"""What docs/fleet.md says is true: its example works, its lists are complete."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from typer.main import get_command

from evseloop.fleet import app
from twin.fleet import Allow, draw, load, profile, profiles
from twin.fleet.books import Transaction
from twin.fleet.report import MEANINGS

PAGE = (Path(__file__).parents[2] / "docs" / "fleet.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    (text,) = re.findall(rf"(?s)```{language}\n(.*?)```", PAGE)
    return str(text)


def rows(name: str) -> dict[str, str]:
    (table,) = re.findall(rf"(?s)<!-- {name} -->\n(.*?)<!-- end -->", PAGE)
    lines = str(table).splitlines()[2:]
    cells = [[cell.strip().strip("`") for cell in line.strip("|").split(" | ")] for line in lines]
    return dict(cells)


def test_the_description_of_the_page_can_be_played(tmp_path: Path) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text(block("yaml description"), encoding="utf-8")
    described = load(path)
    assert described.allow == Allow(refused_calls=5, p99_ms=2000)
    plans = draw(described, 8, 1)
    assert [plan.make.kind for plan in plans].count("socket") == 6
    assert all(plan.link_losses for plan in plans)


def test_every_verdict_is_in_the_table() -> None:
    assert rows("verdicts") == MEANINGS
    assert list(MEANINGS) == list(msgspec.structs.asdict(Allow()))


def test_every_ready_profile_is_in_the_table() -> None:
    assert rows("profiles") == {name: profile(name).about for name in profiles()}


@pytest.mark.parametrize("language", ["sh", "yaml workflow"])
def test_the_options_of_the_examples_are_there(language: str) -> None:
    text = block(language)
    if language == "yaml workflow":
        steps: list[dict[str, Any]] = yaml.safe_load(text)["jobs"]["fleet"]["steps"]
        (text,) = (step["run"] for step in steps if "evseloop fleet" in step.get("run", ""))
    options = {
        name for parameter in get_command(app).params for name in getattr(parameter, "opts", ())
    }
    used = {word for word in shlex.split(text.replace("\\\n", " ")) if word.startswith("--")}
    assert used
    assert used <= options


def test_the_books_of_the_page_have_the_fields_of_the_books() -> None:
    (charger,) = msgspec.json.decode(block("json")).values()
    assert charger.keys() == {"energy_wh", "statuses", "transactions"}
    assert charger["transactions"][0].keys() == {*Transaction.__slots__, "energy_wh"}
