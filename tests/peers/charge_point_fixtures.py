"""Fixtures around a charge point under test; a folder's `conftest.py` takes them over by name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.peers.charge_point_rig import Rig
from tests.peers.scripted_central import SILENT, Refusal, ScriptedCentral


@pytest.fixture
async def central() -> AsyncIterator[ScriptedCentral]:
    """A central system that finds every frame valid."""
    scripted = ScriptedCentral()
    await scripted.start()
    yield scripted
    await scripted.stop()
    assert scripted.violations == []


@pytest.fixture
async def rig(central: ScriptedCentral, tmp_path: Path) -> AsyncIterator[Rig]:
    made = Rig(central, tmp_path)
    yield made
    if made.charge_point is not None:
        await made.charge_point.close()


@pytest.fixture
def make_rig(tmp_path: Path) -> Callable[[ScriptedCentral], Rig]:
    return lambda central: Rig(central, tmp_path)


@pytest.fixture
def fresh_rig() -> Callable[[Path], Rig]:
    """Make a rig with a central system of its own, which is still to be started."""
    return lambda folder: Rig(ScriptedCentral(), folder)


@pytest.fixture
def silent() -> object:
    """What a scripted answer returns to leave a call without an answer."""
    return SILENT


@pytest.fixture
def refusal() -> type[Refusal]:
    return Refusal
