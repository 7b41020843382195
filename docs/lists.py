"""Writes the lists of faults and of vehicles into docs/twin.md: `make docs`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from twin import faults
from twin.vehicle import catalogue

PAGE = Path(__file__).with_name("twin.md")


def updated(page: str) -> str:
    """Return the page with both lists as the registries have them now."""
    page = re.sub(
        r"(?s)(```text faults\n).*?(```)", lambda m: f"{m[1]}{faults.describe()}\n{m[2]}", page
    )
    return re.sub(
        r"(?s)(<!-- vehicles -->\n).*?(<!-- end -->)", lambda m: m[1] + _vehicles() + m[2], page
    )


def _vehicles() -> str:
    rows = ["| Name | Model | Phases | A per phase | Pilot |", "|---|---|---|---|---|"]
    for name in catalogue.names():
        model = catalogue.model(name)
        rows.append(
            f"| `{name}` | {model.name} | {model.phases} | {model.max_a:g} | {model.pilot} |"
        )
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(updated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
