"""A charger that plays by itself."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from twin.charge_point import Status
from twin.charge_point.station import Station, StationPlan
from twin.charge_point.status_table import ALLOWED
from twin.clock import Clock
from twin.driver import HeldDriver
from twin.evse_config import EvseConfig

EVSES = {
    "tethered": ((EvseConfig(),), ("byd-atto-3", "bmw-i3-120")),
    "socket": ((EvseConfig(kind="socket"),), ("renault-zoe-ze50",)),
    "plain": ((EvseConfig(kind="plain", phases=1),), ("super-soco-tc-max",)),
    "double": ((EvseConfig(seed=1), EvseConfig(seed=2)), ("vw-id3-58",)),
}
PLANS = [
    StationPlan(
        name, evses, vehicles, ("A", "B"), configuration={"MeterValueSampleInterval": "900"}
    )
    for name, (evses, vehicles) in EVSES.items()
]


async def _play(central: Any, plan: StationPlan, state: Path, hours: float) -> Station:
    driver = HeldDriver(Clock(), wall_timeout_s=20)
    station = Station(plan, central.url, driver, state)
    station.start()
    await driver.advance(int(hours * 3600e6))
    return station


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.identity)
async def test_visitors_come_charge_and_go(central: Any, tmp_path: Path, plan: StationPlan) -> None:
    station = await _play(central, plan, tmp_path, 6)
    starts, stops = central.of("StartTransaction"), central.of("StopTransaction")
    assert len(starts) >= 3
    assert len(starts) - len(plan.evses) <= len(stops) <= len(starts)
    energies_wh = {}
    for start, stop in zip(starts, stops, strict=False):
        energies_wh[stop["transactionId"]] = stop["meterStop"] - start["meterStart"]
    assert max(energies_wh.values()) > 200
    for number in range(1, len(plan.evses) + 1):
        told = [Status(each) for each in central.statuses(number)]
        assert all(later in ALLOWED[sooner] for sooner, later in itertools.pairwise(told))
    await station.close()


async def test_the_same_seed_brings_the_same_visitors(central: Any, tmp_path: Path) -> None:
    seen = []
    for number in (1, 2):
        central.calls.clear()
        central._transactions.clear()
        station = await _play(central, PLANS[0], tmp_path / str(number), 3)
        await station.close()
        seen.append(list(central.calls))
    assert seen[0] == seen[1]
    assert len(seen[0]) > 20


async def test_the_register_goes_on_where_it_was(central: Any, tmp_path: Path) -> None:
    station = await _play(central, PLANS[0], tmp_path, 3)
    await station.close()
    before_wh = station.evses[0].report().energy_wh
    assert before_wh > 1_000
    station = await _play(central, PLANS[0], tmp_path, 0.01)
    # A power cut may lose 10 s of power; this one was at most 11 kW.
    assert before_wh - 31 <= station.evses[0].report().energy_wh <= before_wh
    await station.close()


@pytest.mark.parametrize(
    ("plan", "complaint"),
    [
        (StationPlan("CP", vehicles=("byd-atto-33",)), "did you mean byd-atto-3"),
        (StationPlan("CP", vehicles=("super-soco-tc-max",)), "does not fit an EVSE of kind"),
        (StationPlan("CP", (EvseConfig(kind="plain"),)), "does not fit an EVSE of kind plain"),
    ],
)
async def test_a_plan_that_cannot_be_is_refused(
    tmp_path: Path, plan: StationPlan, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        Station(plan, "ws://127.0.0.1:1", HeldDriver(Clock()), tmp_path)


async def test_registers_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "CP.registers.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"CP\.registers\.json is not readable"):
        Station(StationPlan("CP"), "ws://127.0.0.1:1", HeldDriver(Clock()), tmp_path)
