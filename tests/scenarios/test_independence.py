"""Who writes the exam does not sit it: no controller reads the requirements."""

from __future__ import annotations

from pathlib import Path

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
