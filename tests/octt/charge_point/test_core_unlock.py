"""Core: UnlockConnector."""

from __future__ import annotations

from typing import Any

import pytest

from twin.charge_point import Status


async def test_tc_017_1_cs_an_idle_socket_unlocks(rig: Any) -> None:
    rig.add_evse(kind="socket")
    await rig.boot()
    assert await rig.ask("UnlockConnector", {"connectorId": 1}) == {"status": "Unlocked"}


async def test_tc_017_2_cs_a_fixed_cable_has_nothing_to_unlock(rig: Any) -> None:
    await rig.boot()
    assert await rig.ask("UnlockConnector", {"connectorId": 1}) == {"status": "NotSupported"}


async def test_tc_018_1_cs_unlocking_ends_the_session_first(rig: Any) -> None:
    rig.add_evse(kind="socket")
    await rig.boot()
    await rig.charging()
    assert rig.evses[0].report().locked
    assert await rig.ask("UnlockConnector", {"connectorId": 1}) == {"status": "Unlocked"}
    assert not rig.evses[0].report().closed, "never unlocked while closed"
    assert not rig.evses[0].report().locked
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    assert rig.central.of("StopTransaction")[0]["reason"] == "UnlockCommand"
    await rig.run(1)
    assert rig.central.statuses()[-1] == "Finishing"
    rig.unplug()
    await rig.run(2)
    assert rig.central.statuses()[-1] == "Available"


async def test_tc_018_2_cs_a_fixed_cable_goes_on_charging(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    assert await rig.ask("UnlockConnector", {"connectorId": 1}) == {"status": "NotSupported"}
    await rig.run(20)
    assert rig.cp.status() is Status.CHARGING


async def test_tc_030_cs_a_jammed_lock_does_not_unlock(rig: Any) -> None:
    rig.add_evse(kind="socket")
    await rig.boot()
    await rig.charging()
    rig.evses[0].inject("lock_jammed")
    assert await rig.ask("UnlockConnector", {"connectorId": 1}) == {"status": "UnlockFailed"}
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))


@pytest.mark.parametrize("connector", [2, 99])
async def test_tc_031_cs_an_unknown_connector_is_not_supported(rig: Any, connector: int) -> None:
    rig.add_evse(kind="socket")
    await rig.boot()
    answer = await rig.ask("UnlockConnector", {"connectorId": connector})
    assert answer == {"status": "NotSupported"}
