"""Core: the power goes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.octt.charge_point.states import charging, now, steps, two_connectors

REST = ["0 Available", "1 Finishing", "2 Available"]


def _register_wh(rig: Any) -> int:
    """What the meter shows after a power cut, or what was told of it before, which stays."""
    told = [
        int(float(each["value"]))
        for sent in rig.central.of("MeterValues")
        for each in sent["meterValue"][0]["sampledValue"]
    ]
    return max(int(rig.evses[0].report().energy_wh), *told)


async def test_tc_032_1_cs_with_backup_power_the_end_is_told_before_it_goes_down(rig: Any) -> None:
    two_connectors(rig)
    cp = await rig.boot(backup_s=10)
    number = await charging(rig)
    await rig.run(600)
    before = now(rig)
    cp.cut_power()
    await rig.run(60)
    assert not cp.running
    assert steps(rig, before) == [f"StopTransaction {number} PowerLoss", "1 Finishing"]
    before = now(rig)
    cp.restore_power()
    await rig.run(30)
    assert steps(rig, before) in (
        ["BootNotification", "0 Available", used, "2 Available"]
        for used in ("1 Finishing", "1 Preparing")
    )
    (stop,) = rig.central.of("StopTransaction")
    assert stop["meterStop"] == _register_wh(rig) > 500
    assert not rig.evses[0].report().closed


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
    assert stop["meterStop"] == _register_wh(rig)
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
