"""Core: cold boot and reset."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from twin.charge_point import Registration


def _boots(*statuses: str, interval_s: int = 120) -> Any:
    left = list(statuses)

    def answer(_: Any) -> dict[str, Any]:
        status = left.pop(0) if len(left) > 1 else left[0]
        return {"currentTime": "2026-01-01T00:00:00Z", "interval": interval_s, "status": status}

    return answer


async def _booted_again(rig: Any) -> None:
    await rig.until(lambda: len(rig.central.of("BootNotification")) == 2)
    await rig.until(lambda: rig.cp.online)
    await rig.run(2)


async def _with_one_of_two_out_of_operation(rig: Any) -> None:
    rig.add_evse(seed=1)
    rig.add_evse(seed=2)
    await rig.boot()
    change = {"connectorId": 1, "type": "Inoperative"}
    assert await rig.ask("ChangeAvailability", change) == {"status": "Accepted"}
    await rig.run(1)
    assert rig.central.statuses(1) == ["Available", "Unavailable"]


async def _one_of_two_comes_back(rig: Any) -> None:
    assert rig.central.statuses(0) == ["Available", "Available"]
    assert rig.central.statuses(1)[2:] == ["Unavailable"], "kept over the reset"
    assert rig.central.statuses(2) == ["Available", "Available"]
    change = {"connectorId": 1, "type": "Operative"}
    assert await rig.ask("ChangeAvailability", change) == {"status": "Accepted"}
    await rig.run(1)
    assert rig.central.statuses(1)[-1] == "Available"


async def test_tc_001_cs_a_rejected_boot_is_repeated_after_the_interval(rig: Any) -> None:
    rig.central.answers["BootNotification"] = _boots("Rejected", "Accepted")
    await rig.boot(within_s=130)
    first_us, second_us = rig.central.times_us[:2]
    assert rig.central.actions[:2] == ["BootNotification", "BootNotification"]
    assert second_us - first_us == pytest.approx(120_000_000, abs=200_000)
    assert rig.central.statuses(0) == ["Available"]
    assert rig.central.statuses(1) == ["Available"]
    begun_us = rig.clock.now_us
    await rig.run(600)
    beats = [
        at_us
        for at_us, action in zip(rig.central.times_us, rig.central.actions, strict=True)
        if action == "Heartbeat" and at_us > begun_us
    ]
    assert len(beats) == 5
    assert {later - sooner for sooner, later in itertools.pairwise(beats)} == {120_000_000}


async def test_tc_002_cs_a_pending_charge_point_can_be_configured(rig: Any) -> None:
    rig.central.answers["BootNotification"] = _boots("Pending", "Accepted", interval_s=60)
    cp = rig.build()
    cp.start()
    await rig.until(lambda: cp.registration is Registration.PENDING)
    listed = await rig.ask("GetConfiguration", {})
    assert len(listed["configurationKey"]) > 21
    changed = await rig.ask(
        "ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "17"}
    )
    assert changed == {"status": "Accepted"}
    read = await rig.ask("GetConfiguration", {"key": ["MeterValueSampleInterval"]})
    assert read["configurationKey"][0]["value"] == "17"
    for refused in (
        ("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG1"}),
        ("RemoteStopTransaction", {"transactionId": 1}),
    ):
        assert await rig.ask(*refused) == {"status": "Rejected"}
    await rig.run(65)
    assert rig.central.actions == [
        "BootNotification",
        "BootNotification",
        "StatusNotification",
        "StatusNotification",
    ]
    first_us, second_us = rig.central.times_us[:2]
    assert second_us - first_us == pytest.approx(60_000_000, abs=200_000)
    await rig.run(60)
    assert rig.central.actions[-1] == "Heartbeat"


async def test_tc_013_cs_a_hard_reset_boots_afresh_and_keeps_what_is_out_of_operation(
    rig: Any,
) -> None:
    await _with_one_of_two_out_of_operation(rig)
    assert await rig.ask("Reset", {"type": "Hard"}) == {"status": "Accepted"}
    await _booted_again(rig)
    await _one_of_two_comes_back(rig)


async def test_tc_014_cs_a_soft_reset_keeps_what_is_out_of_operation(rig: Any) -> None:
    await _with_one_of_two_out_of_operation(rig)
    assert await rig.ask("Reset", {"type": "Soft"}) == {"status": "Accepted"}
    await _booted_again(rig)
    await _one_of_two_comes_back(rig)


async def test_tc_015_cs_a_hard_reset_ends_the_transaction_after_the_boot(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    await rig.run(300)
    assert await rig.ask("Reset", {"type": "Hard"}) == {"status": "Accepted"}
    await _booted_again(rig)
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    (stop,) = rig.central.of("StopTransaction")
    assert (stop["transactionId"], stop["reason"]) == (100, "HardReset")
    assert stop["meterStop"] == int(rig.evses[0].report().energy_wh)
    assert rig.central.statuses()[-1] in {"Finishing", "Preparing"}
    assert rig.central.statuses(0)[-1] == "Available"
    assert not rig.evses[0].report().closed


async def test_tc_016_cs_a_soft_reset_ends_the_transaction_before_the_boot(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    assert await rig.ask("Reset", {"type": "Soft"}) == {"status": "Accepted"}
    await _booted_again(rig)
    assert rig.central.of("StopTransaction")[0]["reason"] == "SoftReset"
    after_start = rig.central.actions[rig.central.actions.index("StartTransaction") :]
    assert after_start.index("StopTransaction") < after_start.index("BootNotification")
    assert "Finishing" in rig.central.statuses()
    assert rig.central.statuses()[-1] in {"Finishing", "Preparing"}
