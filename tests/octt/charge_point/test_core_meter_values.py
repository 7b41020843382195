"""Core: sampled and clock-aligned meter values."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.octt.charge_point.states import charging, configure

REGISTER = "Energy.Active.Import.Register"
SEVERAL = f"{REGISTER},Power.Active.Import,Current.Import,Voltage"
MEASURANDS = pytest.mark.parametrize("measurands", [None, SEVERAL])
"""None: the configuration key is left as it is, which is the energy register alone."""


def _times(values: list[dict[str, Any]]) -> list[datetime]:
    return [datetime.fromisoformat(each["meterValue"][0]["timestamp"]) for each in values]


def _holds(payload: dict[str, Any], context: str, measurands: str | None) -> None:
    """One meter value, with every measurand once: over all, or once for each phase."""
    (meter_value,) = payload["meterValue"]
    sampled = meter_value["sampledValue"]
    assert {each["context"] for each in sampled} == {context}
    counted = Counter(each["measurand"] for each in sampled)
    assert set(counted) == set((measurands or REGISTER).split(","))
    assert counted[REGISTER] == 1
    assert all(float(each["value"]) >= 0 for each in sampled)
    places = [(each["measurand"], each.get("phase"), each.get("location")) for each in sampled]
    assert len(set(places)) == len(places)


@MEASURANDS
async def test_tc_070_cs_values_are_sampled_at_the_interval(
    rig: Any, measurands: str | None
) -> None:
    await rig.boot()
    await configure(rig, MeterValueSampleInterval="20", ClockAlignedDataInterval="0")
    if measurands is not None:
        await configure(rig, MeterValuesSampledData=measurands)
    number = await charging(rig)
    await rig.run(65)
    values = rig.central.of("MeterValues")
    started = datetime.fromisoformat(rig.central.of("StartTransaction")[0]["timestamp"])
    times = [started, *_times(values)]
    assert len(times) == 4
    for sooner, later in pairwise(times):
        assert later - sooner == pytest.approx(
            timedelta(seconds=20), abs=timedelta(milliseconds=10)
        )
    for each in values:
        assert (each["connectorId"], each["transactionId"]) == (1, number)
        _holds(each, "Sample.Periodic", measurands)


@MEASURANDS
async def test_tc_071_cs_values_are_on_the_grid_of_the_clock(
    rig: Any, measurands: str | None
) -> None:
    await rig.boot()
    await configure(rig, MeterValueSampleInterval="0", ClockAlignedDataInterval="300")
    if measurands is not None:
        await configure(rig, MeterValuesAlignedData=measurands)
    await rig.run(400)
    number = await charging(rig)
    await rig.run(700)
    values = rig.central.of("MeterValues")
    assert [at.isoformat() for at in _times(values)] == [
        "2026-01-01T00:05:00+00:00",
        "2026-01-01T00:10:00+00:00",
        "2026-01-01T00:15:00+00:00",
    ]
    assert [each.get("transactionId") for each in values] == [None, number, number]
    for each in values:
        assert each["connectorId"] == 1
        _holds(each, "Sample.Clock", measurands)
