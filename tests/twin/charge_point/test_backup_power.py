"""A charge point with a backup supply: its computer outlives the mains for a while."""

from __future__ import annotations

from typing import Any

import pytest


async def _on_backup(rig: Any, *, charging: bool = False) -> int:
    """Cut the power of a charge point that lives on for a minute; how much was told before."""
    cp = await rig.boot(backup_s=60)
    if charging:
        await rig.charging()
    else:
        rig.plug_in()
        await rig.run(1)
    before = len(rig.central.calls)
    cp.cut_power()
    await rig.run(1)
    return before


@pytest.mark.parametrize("by", ["tag", "remote start"])
async def test_nothing_begins_without_mains(rig: Any, by: str) -> None:
    before = await _on_backup(rig)
    if by == "tag":
        rig.tag("TAG1")
    else:
        remote = {"connectorId": 1, "idTag": "TAG1"}
        assert await rig.ask("RemoteStartTransaction", remote) == {"status": "Rejected"}
    await rig.run(30)
    assert rig.central.calls[before:] == []


async def test_a_reset_without_mains_only_goes_down(rig: Any) -> None:
    before = await _on_backup(rig)
    assert await rig.ask("Reset", {"type": "Hard"}) == {"status": "Accepted"}
    await rig.run(60)
    assert not rig.cp.running
    assert rig.central.calls[before:] == []


async def test_power_that_comes_back_soon_finds_the_transaction_ended(rig: Any) -> None:
    before = await _on_backup(rig, charging=True)
    rig.cp.restore_power()
    await rig.run(60)
    told = [action for action, _ in rig.central.calls[before:]]
    assert told.count("BootNotification") == 1
    (stop,) = rig.central.of("StopTransaction")
    assert stop["reason"] == "PowerLoss"
    assert stop["meterStop"] == int(rig.evses[0].report().energy_wh)
    await rig.run(3_600)
    assert rig.cp.running


async def test_a_backup_supply_that_ends_too_soon_leaves_the_end_to_the_next_boot(rig: Any) -> None:
    cp = await rig.boot(backup_s=0.001)
    await rig.charging()
    before = len(rig.central.calls)
    cp.cut_power()
    await rig.run(60)
    assert len(rig.central.calls) == before
    cp.restore_power()
    await rig.run(30)
    (stop,) = rig.central.of("StopTransaction")
    assert stop["reason"] == "PowerLoss"


async def test_a_second_cut_is_none(rig: Any) -> None:
    await _on_backup(rig, charging=True)
    rig.cp.cut_power()
    await rig.run(70)
    assert not rig.cp.running
    assert len(rig.central.of("StopTransaction")) == 1


def test_a_backup_supply_lasts_no_less_than_no_time(rig: Any) -> None:
    with pytest.raises(ValueError, match=r"0 s or longer, not -1 s"):
        rig.build(backup_s=-1)
