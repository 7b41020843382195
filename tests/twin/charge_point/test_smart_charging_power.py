"""Charging profiles over power cuts, resets and time offline."""

from __future__ import annotations

from typing import Any

from tests.peers.charging_profiles import MAX, TX, composite, install, now_s, offered, profile


async def test_profiles_survive_a_power_cut_and_a_reset(rig: Any) -> None:
    cp = await rig.boot()
    await install(rig, 0, profile((0, 10), kind="Relative"))
    await install(rig, 0, profile((0, 20), purpose=MAX, number=2, start_s=None))
    cp.cut_power()
    await rig.run(10)
    cp.restore_power()
    await rig.until(lambda: cp.online)
    await rig.run(1)
    assert await composite(rig, 0) == [(0, 10)]
    await rig.ask("Reset", {"type": "Hard"})
    await rig.run(5)
    await rig.until(lambda: cp.online)
    await rig.charging()
    assert offered(rig) == 10


async def test_a_profile_of_a_transaction_goes_with_it_when_power_goes(rig: Any) -> None:
    cp = await rig.boot()
    await rig.charging()
    await install(rig, 1, profile((0, 10), purpose=TX))
    cp.cut_power()
    await rig.run(10)
    cp.restore_power()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    assert await rig.ask("ClearChargingProfile", {}) == {"status": "Unknown"}


async def test_what_was_cleared_does_not_come_back(rig: Any) -> None:
    cp = await rig.boot()
    await install(rig, 1, profile((0, 10)))
    await rig.ask("ClearChargingProfile", {"id": 1})
    cp.cut_power()
    cp.restore_power()
    await rig.until(lambda: cp.online)
    assert await composite(rig) == [(0, 32)]


async def test_offline_the_schedule_goes_on(rig: Any) -> None:
    cp = await rig.boot()
    await rig.charging()
    await install(rig, 1, profile((0, 16), (60, 8), start_s=int(now_s(rig))))
    cp.cut_network()
    await rig.run(70)
    assert offered(rig) == 8
