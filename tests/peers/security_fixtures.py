"""Fixtures for TLS: a test authority, and central systems that speak it."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.peers.charge_point_rig import Rig
from tests.peers.pki import Authority, server_tls
from tests.peers.scripted_central import ScriptedCentral

KEY = b"0123456789abcdef"
"""The authorization key that chargers of these tests leave the factory with."""


@pytest.fixture
def authority() -> Authority:
    return Authority()


@pytest.fixture
def pki() -> Any:
    """The module that makes certificates."""
    from tests.peers import pki

    return pki


@pytest.fixture
async def secure_central(
    rig: Rig, authority: Authority, tmp_path: Path
) -> AsyncIterator[Callable[..., Awaitable[ScriptedCentral]]]:
    """Start one more central system, on TLS, in the time of the rig.

    `server`: its certificate, instead of a good one; `clients`: it wants chargers to have one;
    others: settings of its TLS.
    """
    started: list[ScriptedCentral] = []
    numbers = itertools.count()

    async def start(
        server: Any = None, *, clients: bool = False, **settings: Any
    ) -> ScriptedCentral:
        made = ScriptedCentral()
        rig.attend(made)
        made.tls = server_tls(
            tmp_path / f"server-{next(numbers)}",
            server or authority.server(),
            authority if clients else None,
            **settings,
        )
        await made.start()
        started.append(made)
        return made

    yield start
    if rig.charge_point is not None:
        await rig.charge_point.close()
    for each in started:
        await each.stop()
        assert each.violations == []
