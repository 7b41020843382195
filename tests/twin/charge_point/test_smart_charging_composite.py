"""The composite schedule."""

from __future__ import annotations

from typing import Any

import pytest

from tests.peers.charging_profiles import MAX, composite, install, profile


async def test_the_composite_schedule_of_no_connector_or_no_time_is_rejected(rig: Any) -> None:
    await rig.boot()
    assert await composite(rig, 2) == "Rejected"
    assert await composite(rig, -1) == "Rejected"
    assert await composite(rig, 1, 0) == "Rejected"


async def test_the_composite_schedule_in_another_unit_and_one_that_is_none(
    rig: Any, refusal: Any
) -> None:
    await rig.boot()
    await install(rig, 1, profile((0, 6000), unit="W"))
    assert await composite(rig, chargingRateUnit="W") == [(0, 6000)]
    assert await composite(rig, chargingRateUnit="A") == [(0, 8.6)]
    assert await composite(rig) == [(0, 8.6)]
    with pytest.raises(refusal, match="PropertyConstraintViolation"):
        await composite(rig, chargingRateUnit="VA")


async def test_the_composite_schedule_of_the_charge_point_adds_its_connectors(rig: Any) -> None:
    rig.add_evse()
    rig.add_evse(phases=1, rating_a=16.0)
    await rig.boot()
    assert await composite(rig, 0) == [(0, 48)]
    assert await composite(rig, 0, chargingRateUnit="W") == [(0, 32 * 690 + 16 * 230)]
    await install(rig, 0, profile((0, 20), purpose=MAX))
    assert await composite(rig, 0) == [(0, 20)]
    await install(rig, 1, profile((0, 8), number=2))
    await install(rig, 2, profile((0, 7), number=3))
    assert await composite(rig, 0) == [(0, 15)]


async def test_the_composite_schedule_of_an_idle_connector_is_what_a_start_now_would_get(
    rig: Any,
) -> None:
    rig.add_evse()
    rig.add_evse()
    await rig.boot()
    await install(rig, 0, profile((0, 20), purpose=MAX))
    await install(rig, 0, profile((0, 16), (30, 8), kind="Relative", number=2))
    assert await composite(rig, 2) == [(0, 16), (30, 8)]
    await rig.charging(1)
    assert await composite(rig, 2, 10) == [(0, 10)]
