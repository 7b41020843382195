"""Core: the power goes."""

from __future__ import annotations

from typing import Any

import pytest


async def test_tc_032_1_cs_without_backup_power_nothing_is_told_before_it_goes_down(
    rig: Any,
) -> None:
    """The case is for a charger with backup power, and this one has none: TC_032_2 is its own."""
    cp = await rig.boot()
    await rig.charging()
    told = len(rig.central.calls)
    cp.cut_power()
    await rig.run(60)
    assert len(rig.central.calls) == told
    cp.restore_power()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    assert rig.central.of("StopTransaction")[0]["reason"] == "PowerLoss"


async def test_tc_032_2_cs_a_power_cut_ends_the_session_after_the_boot(rig: Any) -> None:
    cp = await rig.boot()
    await rig.charging()
    await rig.run(600)
    cp.cut_power()
    await rig.run(3_600)
    cp.restore_power()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    await rig.run(2)
    (start,), (stop,) = rig.central.of("StartTransaction"), rig.central.of("StopTransaction")
    assert (stop["transactionId"], stop["reason"]) == (100, "PowerLoss")
    assert stop["meterStop"] == int(rig.evses[0].report().energy_wh)
    assert stop["meterStop"] - start["meterStart"] > 500
    assert rig.central.statuses()[-1] in {"Finishing", "Preparing"}
    assert not rig.evses[0].report().closed, "nobody has permitted it again"


@pytest.mark.parametrize("connector", [0, 1])
async def test_tc_034_cs_unavailable_survives_a_power_cut(rig: Any, connector: int) -> None:
    rig.add_evse(seed=1)
    rig.add_evse(seed=2)
    cp = await rig.boot()
    change = {"connectorId": connector, "type": "Inoperative"}
    assert await rig.ask("ChangeAvailability", change) == {"status": "Accepted"}
    await rig.run(1)
    cp.cut_power()
    await rig.run(60)
    before = len(rig.central.calls)
    cp.restore_power()
    await rig.until(lambda: cp.online)
    await rig.run(1)
    told = {
        payload["connectorId"]: payload["status"]
        for action, payload in rig.central.calls[before:]
        if action == "StatusNotification"
    }
    out = "Unavailable"
    here = "Available"
    assert told == ({0: out, 1: out, 2: out} if connector == 0 else {0: here, 1: out, 2: here})
