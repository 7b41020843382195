"""Reset and UnlockConnector."""

from __future__ import annotations

from typing import Any


async def _boots(rig: Any, number: int) -> None:
    await rig.until(lambda: len(rig.central.of("BootNotification")) == number)
    await rig.until(lambda: rig.cp.online)
    await rig.run(2)


async def test_after_a_reset_a_power_cut_is_a_power_cut_again(rig: Any) -> None:
    cp = await rig.boot()
    await rig.ask("Reset", {"type": "Hard"})
    await _boots(rig, 2)
    await rig.charging()
    cp.cut_power()
    await rig.run(5)
    cp.restore_power()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    assert rig.central.of("StopTransaction")[0]["reason"] == "PowerLoss"


async def test_a_deauthorized_cable_stays_locked_until_its_owner_shows_the_tag(rig: Any) -> None:
    rig.add_evse(kind="socket")
    rig.central.answers["StartTransaction"] = lambda _: {
        "transactionId": 7,
        "idTagInfo": {"status": "Invalid"},
    }
    await rig.boot()
    rig.plug_in()
    await rig.run(1)
    rig.tag("OWNER")
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    await rig.run(60)
    assert rig.evses[0].report().locked
    rig.tag("owner")
    await rig.run(2)
    assert not rig.evses[0].report().locked


async def _pull_at_the_vehicle(rig: Any) -> None:
    rig.unplug(by_force=True)
