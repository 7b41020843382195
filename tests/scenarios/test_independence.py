"""Who writes the exam does not sit it: no controller reads the requirements."""

from __future__ import annotations

from pathlib import Path

import pytest

import twin
import twin.control

ROOT = Path(next(iter(twin.__path__))).parent


def test_nothing_of_the_twin_knows_the_requirements() -> None:
    for path in (ROOT / "twin").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "requirements.yaml" not in text, path
        assert "hil.limits" not in text, path


def test_the_wrong_controllers_do_not_read_them_either() -> None:
    for path in (ROOT / "scenarios" / "wrong").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "load_requirements" not in text, path
        assert "requirements.yaml" not in text, path


@pytest.mark.parametrize("pin", ["pilot_mode", "pilot_duty_ppm", "pilot_high_mv", ".outputs"])
def test_the_pilot_is_measured_at_the_plug_and_not_at_the_controllers_pins(pin: str) -> None:
    measuring = [
        *(ROOT / "scenarios" / "libraries").glob("*.py"),
        *(ROOT / "scenarios" / "suites").rglob("*.robot"),
        ROOT / "scenarios" / "words.py",
        ROOT / "scenarios" / "situation.py",
        ROOT / "hil" / "target.py",
    ]
    assert len(measuring) > 20
    assert [path.name for path in measuring if pin in path.read_text(encoding="utf-8")] == []
