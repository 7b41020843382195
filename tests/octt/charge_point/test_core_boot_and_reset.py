"""Core: cold boot and reset."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.octt.charge_point.states import charging, now, steps, two_connectors
from twin.charge_point import Registration

ALL_AVAILABLE = ["0 Available", "1 Available", "2 Available"]


def _boots(*answers: tuple[str, int]) -> Any:
    """Answer BootNotification with status and interval, the last of them for good."""
    left = list(answers)

    def answer(_: Any) -> dict[str, Any]:
        status, interval_s = left.pop(0) if len(left) > 1 else left[0]
        return {"currentTime": "2026-01-01T00:00:00Z", "interval": interval_s, "status": status}

    return answer


async def _power_cycled(rig: Any, first: tuple[str, int], second: tuple[str, int]) -> int:
    """Switch a charge point off and on again whose boots are answered so from now on."""
    two_connectors(rig)
    cp = await rig.boot()
    rig.central.answers["BootNotification"] = _boots(first, second)
    before = now(rig)
    cp.cut_power()
    await rig.run(10)
    cp.restore_power()
    await rig.until(lambda: len(rig.central.calls) > before)
    return before


async def _beats_every(rig: Any, interval_s: int) -> None:
    """Heartbeats come at the interval, counted from the boot that was accepted."""
    await rig.run(5 * interval_s)
    at_us = [
        each_us
        for each_us, action in zip(rig.central.times_us, rig.central.actions, strict=True)
        if action in {"BootNotification", "Heartbeat"}
    ][-6:]
    assert rig.central.actions.count("Heartbeat") == 5
    for sooner, later in itertools.pairwise(at_us):
        assert later - sooner == pytest.approx(interval_s * 1_000_000, abs=100_000)


async def _with_one_of_two_out_of_operation(rig: Any) -> None:
    two_connectors(rig)
    await rig.boot()
    before = now(rig)
    change = {"connectorId": 1, "type": "Inoperative"}
    assert await rig.ask("ChangeAvailability", change) == {"status": "Accepted"}
    await rig.run(1)
    assert steps(rig, before) == ["1 Unavailable"]


async def _boots_and_one_of_two_comes_back(rig: Any, reset: str) -> None:
    before = now(rig)
    assert await rig.ask("Reset", {"type": reset}) == {"status": "Accepted"}
    await rig.run(30)
    kept = ["0 Available", "1 Unavailable", "2 Available"]
    assert steps(rig, before) == ["BootNotification", *kept]
    before = now(rig)
    change = {"connectorId": 1, "type": "Operative"}
    assert await rig.ask("ChangeAvailability", change) == {"status": "Accepted"}
    await rig.run(1)
    assert steps(rig, before) == ["1 Available"]


async def test_tc_001_cs_a_rejected_boot_is_repeated_after_the_interval(rig: Any) -> None:
    before = await _power_cycled(rig, ("Rejected", 90), ("Accepted", 120))
    first_us = rig.central.times_us[-1]
    await rig.run(89)
    assert steps(rig, before) == ["BootNotification"]
    await rig.run(2)
    assert steps(rig, before) == ["BootNotification"] * 2 + ALL_AVAILABLE
    assert rig.central.times_us[before + 1] - first_us == pytest.approx(90_000_000, abs=200_000)
    await _beats_every(rig, 120)


async def test_tc_002_cs_a_pending_charge_point_can_be_configured(rig: Any) -> None:
    before = await _power_cycled(rig, ("Pending", 60), ("Accepted", 120))
    first_us = rig.central.times_us[-1]
    await rig.until(lambda: rig.cp.registration is Registration.PENDING)
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
    await rig.run(62)
    assert steps(rig, before) == ["BootNotification"] * 2 + ALL_AVAILABLE
    assert rig.central.times_us[before + 1] - first_us == pytest.approx(60_000_000, abs=200_000)
    await _beats_every(rig, 120)


async def test_tc_013_cs_a_hard_reset_boots_afresh_and_keeps_what_is_out_of_operation(
    rig: Any,
) -> None:
    await _with_one_of_two_out_of_operation(rig)
    await _boots_and_one_of_two_comes_back(rig, "Hard")


async def test_tc_014_cs_a_soft_reset_keeps_what_is_out_of_operation(rig: Any) -> None:
    await _with_one_of_two_out_of_operation(rig)
    await _boots_and_one_of_two_comes_back(rig, "Soft")


async def test_tc_015_cs_a_hard_reset_ends_the_transaction_after_the_boot(rig: Any) -> None:
    two_connectors(rig)
    await rig.boot()
    number = await charging(rig)
    await rig.run(300)
    before = now(rig)
    assert await rig.ask("Reset", {"type": "Hard"}) == {"status": "Accepted"}
    await rig.run(30)
    boot, *after = steps(rig, before)
    assert boot == "BootNotification"
    assert sorted(after) == [
        "0 Available",
        "1 Finishing",
        "2 Available",
        f"StopTransaction {number} HardReset",
    ]
    (stop,) = rig.central.of("StopTransaction")
    assert stop["meterStop"] == int(rig.evses[0].report().energy_wh) > 300
    assert not rig.evses[0].report().closed


async def test_tc_016_cs_a_soft_reset_ends_the_transaction_before_the_boot(rig: Any) -> None:
    two_connectors(rig)
    await rig.boot()
    number = await charging(rig)
    before = now(rig)
    assert await rig.ask("Reset", {"type": "Soft"}) == {"status": "Accepted"}
    await rig.run(60)
    told = steps(rig, before)
    assert told[:4] == [
        f"StopTransaction {number} SoftReset",
        "1 Finishing",
        "BootNotification",
        "0 Available",
    ]
    assert told[4] in {"1 Finishing", "1 Preparing"}
    assert told[5:] == ["2 Available"]
    assert not rig.evses[0].report().closed
