"""A scripted central system on a real socket, and a charge point on the real plant."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.octt.charge_point.firmware_cannot import CANNOT
from tests.peers.charge_point_fixtures import central, refusal
from tests.peers.charge_point_rig import Rig
from tests.peers.firmware_rig import FirmwareRig
from tests.peers.host_program import host_program
from tests.peers.scripted_central import Payload, ScriptedCentral
from tests.peers.security_fixtures import authority, pki, secure_central

__all__ = ["authority", "central", "host_program", "pki", "refusal", "secure_central"]


class CaseRig(Rig):
    """In every case the charge point first answers, then does what it was asked to."""

    async def ask(self, action: str, payload: Payload) -> Payload:
        before = len(self.central.calls)
        answer = await super().ask(action, payload)
        assert self.central.answered[-1] == (action, before), "told before it answered"
        return answer


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect of the firmware what it cannot do yet, and nothing else."""
    for item in items:
        case = getattr(item, "callspec", None)
        if case is None or case.params.get("rig") != "firmware":
            continue
        reason = CANNOT.get(item.name) or CANNOT.get(getattr(item, "originalname", ""))
        if reason is not None:
            item.add_marker(pytest.mark.xfail(reason=reason, strict=True))


class FirmwareCaseRig(CaseRig, FirmwareRig):
    """The same of the firmware's OCPP client."""


@pytest.fixture(params=["twin", "firmware"])
async def rig(
    request: pytest.FixtureRequest, central: ScriptedCentral, tmp_path: Path
) -> AsyncIterator[Rig]:
    made: Rig
    if request.param == "twin":
        made = CaseRig(central, tmp_path)
    else:
        made = FirmwareCaseRig(central, tmp_path, request.getfixturevalue("host_program"))
    yield made
    if made.charge_point is not None:
        await made.charge_point.close()
