"""Core: the power goes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.octt.charge_point.states import charging, now, steps, two_connectors

REST = ["0 Available", "1 Finishing", "2 Available"]


async def test_tc_032_1_cs_without_backup_power_nothing_is_told_before_it_goes_down(
    rig: Any,
) -> None:
    """The case is for a charger with backup power, and this one has none: TC_032_2 is its own."""
    two_connectors(rig)
    cp = await rig.boot()
    number = await charging(rig)
    before = len(rig.central.calls)
    cp.cut_power()
    await rig.run(60)
    assert len(rig.central.calls) == before
    cp.restore_power()
    await rig.run(30)
    boot, *after = steps(rig, before)
    assert boot == "BootNotification"
    assert sorted(after) == [*REST, f"StopTransaction {number} PowerLoss"]


async def test_tc_032_2_cs_a_power_cut_ends_the_session_after_the_boot(rig: Any) -> None:
    two_connectors(rig)
    cp = await rig.boot()
    number = await charging(rig)
    await rig.run(600)
    before = now(rig)
    cp.cut_power()
    await rig.run(3_600)
    cp.restore_power()
    await rig.run(30)
    boot, *after = steps(rig, before)
    assert boot == "BootNotification"
    assert sorted(after) == [*REST, f"StopTransaction {number} PowerLoss"]
    (start,), (stop,) = rig.central.of("StartTransaction"), rig.central.of("StopTransaction")
    assert stop["meterStop"] == int(rig.evses[0].report().energy_wh)
    assert stop["meterStop"] - start["meterStart"] > 500
    assert not rig.evses[0].report().closed, "nobody has permitted it again"


@pytest.mark.parametrize(
    ("connector", "told"),
    [
        (0, ["0 Unavailable", "1 Unavailable", "2 Unavailable"]),
        (1, ["0 Available", "1 Unavailable", "2 Available"]),
    ],
)
async def test_tc_034_cs_unavailable_survives_a_power_cut(
    rig: Any, connector: int, told: list[str]
) -> None:
    two_connectors(rig)
    cp = await rig.boot()
    before = now(rig)
    change = {"connectorId": connector, "type": "Inoperative"}
    assert await rig.ask("ChangeAvailability", change) == {"status": "Accepted"}
    await rig.run(1)
    assert sorted(steps(rig, before)) == [each for each in told if "Unavailable" in each]
    before = now(rig)
    cp.cut_power()
    await rig.run(60)
    cp.restore_power()
    await rig.run(30)
    assert steps(rig, before) == ["BootNotification", *told]
