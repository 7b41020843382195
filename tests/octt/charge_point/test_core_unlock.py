"""Core: UnlockConnector."""

from __future__ import annotations

from typing import Any

import pytest

from tests.octt.charge_point.states import charging, now, steps


async def _unlocking(rig: Any, connector: int = 1) -> str:
    return str((await rig.ask("UnlockConnector", {"connectorId": connector}))["status"])


async def test_tc_017_1_cs_an_idle_socket_unlocks(rig: Any) -> None:
    rig.add_evse(kind="socket")
    await rig.boot()
    before = now(rig)
    assert await _unlocking(rig) == "Unlocked"
    await rig.run(10)
    assert steps(rig, before) == []


async def test_tc_017_2_cs_a_fixed_cable_has_nothing_to_unlock(rig: Any) -> None:
    rig.add_evse(kind="tethered")
    await rig.boot()
    before = now(rig)
    assert await _unlocking(rig) == "NotSupported"
    await rig.run(10)
    assert steps(rig, before) == []


async def test_tc_018_1_cs_unlocking_ends_the_session_first(rig: Any) -> None:
    rig.add_evse(kind="socket")
    await rig.boot()
    number = await charging(rig)
    assert rig.evses[0].report().locked
    before = now(rig)
    assert await _unlocking(rig) == "Unlocked"
    assert not rig.evses[0].report().closed, "never unlocked while closed"
    assert not rig.evses[0].report().locked
    await rig.run(5)
    assert steps(rig, before) == [f"StopTransaction {number} UnlockCommand", "1 Finishing"]
    before = now(rig)
    rig.unplug()
    await rig.run(2)
    assert steps(rig, before) == ["1 Available"]


async def test_tc_018_2_cs_a_fixed_cable_goes_on_charging(rig: Any) -> None:
    rig.add_evse(kind="tethered")
    await rig.boot()
    await charging(rig)
    before = now(rig)
    assert await _unlocking(rig) == "NotSupported"
    await rig.run(20)
    assert steps(rig, before) == []
    assert rig.evses[0].report().closed


async def test_tc_030_cs_a_jammed_lock_does_not_unlock(rig: Any) -> None:
    rig.add_evse(kind="socket")
    await rig.boot()
    number = await charging(rig)
    rig.evses[0].inject("lock_jammed")
    before = now(rig)
    assert await _unlocking(rig) == "UnlockFailed"
    await rig.run(5)
    assert steps(rig, before)[0] == f"StopTransaction {number} UnlockCommand"
    assert rig.evses[0].report().locked
    # Without a transaction too.
    assert await _unlocking(rig) == "UnlockFailed"


@pytest.mark.parametrize("connector", [2, 99])
async def test_tc_031_cs_an_unknown_connector_is_not_supported(rig: Any, connector: int) -> None:
    rig.add_evse(kind="socket")
    await rig.boot()
    assert await _unlocking(rig, connector) == "NotSupported"
