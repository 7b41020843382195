"""The table of what the firmware's OCPP client cannot do yet."""

from __future__ import annotations

from pathlib import Path

from tests.octt.charge_point.firmware_cannot import CANNOT


def test_it_names_cases_that_there_are() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py"))
    missing = [name for name in CANNOT if f"async def {name.partition('[')[0]}(" not in text]
    assert missing == []
