"""Power cuts and killed processes: no message lost, none made twice."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.peers.power_cuts import Killed, dying_at
from twin.charge_point import Status


async def test_a_power_cut_while_offline_keeps_everything(rig: Any) -> None:
    cp = await rig.boot(
        configuration={"AllowOfflineTxForUnknownId": "true", "MeterValueSampleInterval": "60"}
    )
    cp.cut_network()
    await rig.run(1)
    rig.plug_in()
    await rig.run(1)
    rig.tag()
    await rig.run(150)
    cp.cut_power()
    await rig.run(100)
    cp.restore_power()
    await rig.run(100)
    assert cp.queued == 4
    cp.restore_network()
    await rig.until(lambda: cp.online)
    await rig.until(lambda: cp.queued == 0)
    stop = rig.central.of("StopTransaction")[0]
    assert (stop["reason"], stop["transactionId"]) == ("PowerLoss", 100)
    assert [each["transactionId"] for each in rig.central.of("MeterValues")] == [100, 100]


async def test_a_stop_that_was_decided_keeps_its_reason_over_a_power_cut(rig: Any) -> None:
    cp = await rig.boot()
    await rig.charging()
    await rig.ask("RemoteStopTransaction", {"transactionId": 100})
    assert rig.evses[0].report().closed, "the soft stop is still going on"
    cp.cut_power()
    await rig.run(30)
    cp.restore_power()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    assert rig.central.of("StopTransaction")[0]["reason"] == "Remote"


async def test_after_a_power_cut_no_session_ends_below_what_was_told_of_it(rig: Any) -> None:
    """The register in the meter's memory may be ten seconds old, what was sold is not."""
    cp = await rig.boot(configuration={"MeterValueSampleInterval": "50"})
    await rig.charging()
    await rig.until(lambda: bool(rig.central.of("MeterValues")))
    cp.cut_power()
    cp.restore_power()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    told = rig.central.of("MeterValues")[0]
    told_wh = float(told["meterValue"][0]["sampledValue"][0]["value"])
    assert rig.central.of("StopTransaction")[0]["meterStop"] >= told_wh
    await rig.run(10)
    rig.tag()
    await rig.until(lambda: len(rig.central.of("StartTransaction")) == 2)
    assert rig.central.of("StartTransaction")[1]["meterStart"] >= told_wh


async def test_a_tag_without_power_does_nothing(rig: Any) -> None:
    cp = await rig.boot()
    cp.cut_power()
    cp.present_tag("TAG1")
    rig.tag("TAG1")
    await rig.run(60)
    assert cp.status() is None
    assert rig.central.of("Authorize") == []


async def test_starting_what_runs_changes_nothing(rig: Any) -> None:
    cp = await rig.boot()
    cp.start()
    await rig.run(10)
    assert len(rig.central.of("BootNotification")) == 1


async def _a_day(rig: Any) -> None:
    """A session with everything in it."""
    rig.plug_in()
    await rig.run(1)
    rig.tag()
    await rig.run(130)
    rig.tag()
    await rig.run(20)
    rig.unplug()
    await rig.run(10)


def _told(rig: Any) -> int:
    """Check that the central system has heard whole sessions, in order; return how many."""
    distinct: list[tuple[str, dict[str, Any]]] = []
    for action, payload in rig.central.calls:
        if action in {"StartTransaction", "StopTransaction", "MeterValues"}:
            if (action, payload) not in distinct:
                distinct.append((action, payload))
            else:
                assert (action, payload) == distinct[-1], "only the last message may come again"
    number = 99
    running = False
    for action, payload in distinct:
        if action == "StartTransaction":
            assert not running
            running = True
            number += 1
        else:
            assert running
            assert payload["transactionId"] == number
            running = action == "MeterValues"
    assert not running
    return number - 99


async def test_killed_at_any_commit_no_message_is_lost_or_made_twice(
    central: Any, make_rig: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in itertools.count(1):
        rig = make_rig(central)
        rig.folder = tmp_path / str(step)
        central.calls.clear()
        central._transactions.clear()
        cp = await rig.boot(configuration={"MeterValueSampleInterval": "60"})
        with dying_at(step, monkeypatch):
            try:
                await _a_day(rig)
            except Killed:
                died = True
            else:
                died = False
        started = cp.in_transaction() or not died
        if died:
            cp.kill()
            await rig.driver.settle()
            if rig.evses[0].plugged:
                rig.unplug(by_force=True)
            cp.start()
            await rig.until(lambda cp=cp: cp.online)
            await rig.run(60)
        sessions = _told(rig)
        assert sessions <= 1
        if started:
            assert sessions == 1
        await cp.close()
        if not died:
            break
    assert step > 12, "there are that many commits in a session"


async def test_killed_at_any_event_no_message_is_lost_or_made_twice(
    central: Any, make_rig: Any, tmp_path: Any
) -> None:
    """The same, killed between two frames: every tenth of a second of the session's starts."""
    instants_s = [1.0 + 0.04 * step for step in range(40)] + [61.5, 61.54, 131.2, 133, 134, 135]
    for number, instant_s in enumerate(instants_s):
        rig = make_rig(central)
        rig.folder = tmp_path / str(number)
        central.calls.clear()
        central._transactions.clear()
        cp = await rig.boot(configuration={"MeterValueSampleInterval": "60"})
        clock = rig.clock

        def kill(cp: Any = cp, clock: Any = clock) -> None:
            cp.kill()
            clock.after(2_000_000, cp.start)

        clock.after(int(instant_s * 1e6), kill)
        await _a_day(rig)
        await rig.until(lambda cp=cp: cp.online)
        await rig.run(60)
        assert 0 <= _told(rig) <= 2, "a second one where the second tag found the first ended"
        await cp.close()


async def test_a_store_from_a_charger_with_more_connectors_loses_no_session(
    central: Any, make_rig: Any
) -> None:
    rig = make_rig(central)
    rig.add_evse(seed=1)
    rig.add_evse(seed=2)
    cp = await rig.boot()
    await rig.charging(2)
    cp.kill()
    await rig.driver.settle()
    smaller = make_rig(central)
    cp = await smaller.boot()
    await smaller.until(lambda: bool(central.of("StopTransaction")))
    assert central.of("StopTransaction")[0]["reason"] == "PowerLoss"
    assert cp.status() is Status.AVAILABLE
    await cp.close()
