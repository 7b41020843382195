"""Core: sampled and clock-aligned meter values."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest


def _times(values: list[dict[str, Any]]) -> list[datetime]:
    return [datetime.fromisoformat(each["meterValue"][0]["timestamp"]) for each in values]


async def test_tc_070_cs_values_are_sampled_at_the_interval(rig: Any) -> None:
    await rig.boot(configuration={"MeterValueSampleInterval": "20"})
    await rig.charging()
    await rig.run(70)
    values = rig.central.of("MeterValues")
    started = datetime.fromisoformat(rig.central.of("StartTransaction")[0]["timestamp"])
    first, *_ = times = _times(values)
    assert first - started == pytest.approx(timedelta(seconds=20), abs=timedelta(milliseconds=10))
    for sooner, later in pairwise(times):
        assert later - sooner == pytest.approx(
            timedelta(seconds=20), abs=timedelta(milliseconds=10)
        )
    for each in values:
        assert (each["connectorId"], each["transactionId"]) == (1, 100)
        (sampled,) = each["meterValue"][0]["sampledValue"]
        assert sampled["measurand"] == "Energy.Active.Import.Register"
        assert (sampled["context"], sampled["unit"]) == ("Sample.Periodic", "Wh")


async def test_tc_071_cs_values_are_on_the_grid_of_the_clock(rig: Any) -> None:
    await rig.boot(
        configuration={
            "MeterValueSampleInterval": "0",
            "ClockAlignedDataInterval": "300",
            "MeterValuesAlignedData": "Energy.Active.Import.Register,Voltage",
        }
    )
    await rig.run(400)
    await rig.charging()
    await rig.run(700)
    values = rig.central.of("MeterValues")
    assert len(values) == 3
    for at in _times(values):
        assert at.timestamp() % 300 == 0
        assert at.microsecond == 0
    assert "transactionId" not in values[0]
    assert [each["transactionId"] for each in values[1:]] == [100, 100]
    sampled = values[0]["meterValue"][0]["sampledValue"]
    assert {each["context"] for each in sampled} == {"Sample.Clock"}
    assert {each["measurand"] for each in sampled} == {"Energy.Active.Import.Register", "Voltage"}
