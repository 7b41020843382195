"""A real central system as a process of its own, with TLS too, and a charger played by hand.

Also how Hypothesis chooses its examples. What gates a change judges it by the same examples on
every machine; `make search` looks for new ones.
"""

from __future__ import annotations

import pytest
from hypothesis import settings

from tests.peers.central_process import start_central
from tests.peers.played_charger import play_charger
from tests.peers.secure_central import (
    certified,
    charger_id,
    made_pki,
    operator,
    own_key,
    secure_central,
)

__all__ = [
    "certified",
    "charger_id",
    "made_pki",
    "operator",
    "own_key",
    "play_charger",
    "secure_central",
    "start_central",
]


def pytest_configure(config: pytest.Config) -> None:
    """Choose the examples before any test module (and its own settings) is imported."""
    # No test may depend on the machine's speed, and Hypothesis' deadline does.
    settings.register_profile("search", deadline=None)
    settings.register_profile("gate", deadline=None, derandomize=True)
    settings.load_profile(config.getoption("--hypothesis-profile") or "gate")
