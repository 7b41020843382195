"""A scripted central system on a real socket, and a charge point on the real plant."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.peers.charge_point_fixtures import central, refusal
from tests.peers.charge_point_rig import Rig
from tests.peers.scripted_central import Payload, ScriptedCentral
from tests.peers.security_fixtures import authority, pki, secure_central

__all__ = ["authority", "central", "pki", "refusal", "secure_central"]


class CaseRig(Rig):
    """In every case the charge point first answers, then does what it was asked to."""

    async def ask(self, action: str, payload: Payload) -> Payload:
        before = len(self.central.calls)
        answer = await super().ask(action, payload)
        assert self.central.answered[-1] == (action, before), "told before it answered"
        return answer


@pytest.fixture
async def rig(central: ScriptedCentral, tmp_path: Path) -> AsyncIterator[CaseRig]:
    made = CaseRig(central, tmp_path)
    yield made
    if made.charge_point is not None:
        await made.charge_point.close()
