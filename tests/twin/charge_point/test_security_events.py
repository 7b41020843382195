"""Security events: the log, and what the central system gets to know, whatever happens."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from twin.charge_point import SecuritySetup
from twin.charge_point.security import events, security_log
from twin.charge_point.store import Store

PLAIN = SecuritySetup()


def _log(rig: Any) -> list[str]:
    return [said for _, said in rig.cp._running.context.security_log()]


def _happen(rig: Any, kind: str, info: str = "") -> None:
    rig.cp._running.context.security_event(kind, info)


async def test_start_and_reset_are_told_after_the_boot_and_the_statuses(rig: Any) -> None:
    await rig.boot(security=PLAIN)
    assert rig.central.actions == [
        "BootNotification",
        "StatusNotification",
        "StatusNotification",
        "SecurityEventNotification",
    ]
    await rig.ask("Reset", {"type": "Hard"})
    await rig.until(lambda: len(rig.central.of("BootNotification")) == 2)
    await rig.until(lambda: rig.cp.settled)
    assert rig.central.events() == ["StartupOfTheDevice", "ResetOrReboot", "StartupOfTheDevice"]
    reset, startup = rig.central.of("SecurityEventNotification")[1:]
    assert reset["techInfo"] == "HardReset by the central system"
    assert startup["techInfo"] == "HardReset"
    assert reset["timestamp"] < startup["timestamp"]
    assert [said.split(":")[0] for said in _log(rig)] == rig.central.events()


async def test_a_charger_without_the_extension_sends_and_answers_none_of_it(
    rig: Any, refusal: Any
) -> None:
    await rig.boot()
    for action, payload in [
        ("CertificateSigned", {"certificateChain": "x"}),
        ("GetInstalledCertificateIds", {"certificateType": "CentralSystemRootCertificate"}),
        ("ExtendedTriggerMessage", {"requestedMessage": "Heartbeat"}),
    ]:
        with pytest.raises(refusal, match="NotSupported"):
            await rig.ask(action, payload)
    unknown = await rig.ask("GetConfiguration", {"key": ["SecurityProfile"]})
    assert unknown == {"unknownKey": ["SecurityProfile"]}
    assert rig.central.events() == []


async def test_a_clock_that_is_set_is_told(rig: Any) -> None:
    late = rig.central.now()
    rig.central.now = lambda: late + timedelta(hours=1)
    await rig.boot(security=PLAIN)
    assert rig.central.events() == ["StartupOfTheDevice", "SettingSystemTime"]
    info = rig.central.of("SecurityEventNotification")[1]["techInfo"]
    assert "becomes 2026-01-01T01:00:0" in info


async def test_what_is_not_critical_is_in_the_log_alone(rig: Any) -> None:
    await rig.boot(security=PLAIN)
    await rig.ask("ChangeConfiguration", {"key": "AuthorizationKey", "value": "00" * 16})
    await rig.run(1)
    assert rig.central.events() == ["StartupOfTheDevice"]
    assert "ReconfigurationOfSecurityParameters: new authorization key" in _log(rig)


async def test_messages_that_are_none_are_logged_once_a_minute_without_what_they_say(
    rig: Any, refusal: Any
) -> None:
    await rig.boot(security=PLAIN)
    for _ in range(5):
        with pytest.raises(refusal):
            await rig.ask("ChangeConfiguration", {"key": "AuthorizationKey", "value": "5" * 501})
    invalid = [each for each in _log(rig) if each.startswith("InvalidMessages")]
    assert len(invalid) == 1
    assert "555" not in invalid[0]
    await rig.run(61)
    await rig.central.say("nonsense")
    await rig.run(1)
    assert sum(each.startswith("InvalidMessages") for each in _log(rig)) == 2
    assert rig.central.events() == ["StartupOfTheDevice"]


async def test_an_answer_that_is_none_is_logged_too(rig: Any) -> None:
    await rig.boot(security=PLAIN)
    rig.central.answers["Authorize"] = lambda payload: {"idTagInfo": {"status": "Perhaps"}}
    rig.tag()
    await rig.run(2)
    assert any(
        each == "InvalidMessages: answer to Authorize: PropertyConstraintViolation idTagInfo.status"
        for each in _log(rig)
    )


async def test_events_wait_for_the_central_system_in_order_over_power_cuts(rig: Any) -> None:
    cp = await rig.boot(security=PLAIN)
    cp.cut_network()
    await rig.run(1)
    _happen(rig, "TamperDetectionActivated", "lid 1")
    _happen(rig, "TamperDetectionActivated", "lid 2")
    cp.cut_power()
    await rig.run(5)
    cp.restore_power()
    await rig.run(60)
    assert rig.central.events() == ["StartupOfTheDevice"]
    assert not cp.settled
    cp.restore_network()
    await rig.until(lambda: cp.settled)
    told = [each.get("techInfo") for each in rig.central.of("SecurityEventNotification")]
    assert told[1:] == ["lid 1", "lid 2", "PowerLoss"]


async def test_a_lost_answer_has_the_event_sent_again(rig: Any, silent: object) -> None:
    cp = await rig.boot(security=PLAIN)
    rig.central.answers["SecurityEventNotification"] = lambda payload: silent
    with rig.driver.unheld():
        _happen(rig, "TamperDetectionActivated")
        await rig.run(5)
    assert rig.central.events()[1:] == ["TamperDetectionActivated"]
    del rig.central.answers["SecurityEventNotification"]
    rig.central.drop()
    await rig.until(lambda: cp.settled)
    assert rig.central.events()[1:] == ["TamperDetectionActivated"] * 2


async def test_an_event_that_is_refused_is_tried_as_often_as_a_transaction_message(
    rig: Any, refusal: Any
) -> None:
    def refuse(payload: Any) -> Any:
        raise refusal("NotImplemented")

    rig.central.answers["SecurityEventNotification"] = refuse
    await rig.boot(security=PLAIN, configuration={"TransactionMessageRetryInterval": "10"})
    await rig.charging()
    await rig.run(40)
    assert rig.central.events() == ["StartupOfTheDevice"] * 3
    assert any("given up after 3 tries: NotImplemented" in each for each in rig.events)
    sent_us = [
        at_us
        for at_us, action in zip(rig.central.times_us, rig.central.actions, strict=True)
        if action == "SecurityEventNotification"
    ]
    waits_s = [round((later - sooner) / 1e6) for sooner, later in itertools.pairwise(sent_us)]
    assert waits_s == [10, 20]
    assert rig.central.of("StartTransaction"), "nothing waits for it"


async def test_events_go_ahead_of_transaction_messages_that_wait(rig: Any) -> None:
    cp = await rig.boot(
        security=PLAIN,
        configuration={"AllowOfflineTxForUnknownId": "true", "MeterValueSampleInterval": "10"},
    )
    cp.cut_network()
    rig.plug_in()
    await rig.run(1)
    rig.tag()
    await rig.run(60)
    _happen(rig, "TamperDetectionActivated")
    before = len(rig.central.actions)
    cp.restore_network()
    await rig.until(lambda: cp.settled)
    actions = [each for each in rig.central.actions[before:] if each != "StatusNotification"]
    assert actions[:2] == ["SecurityEventNotification", "StartTransaction"]


async def test_a_log_that_is_full_says_so_once_and_forgets_its_oldest_entries(
    rig: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security_log, "LENGTH", 10)
    await rig.boot(security=PLAIN)
    for number in range(20):
        _happen(rig, "AttemptedReplayAttacks", str(number))
    await rig.run(5)
    assert len(_log(rig)) == 10
    assert _log(rig)[-1] == "AttemptedReplayAttacks: 19"
    assert rig.central.events() == ["StartupOfTheDevice", "MemoryExhaustion"]


async def test_no_more_events_wait_than_there_is_room_for_and_that_is_told(
    rig: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "MOST_WAITING", 5)
    cp = await rig.boot(security=PLAIN)
    cp.cut_network()
    await rig.run(1)
    for number in range(20):
        _happen(rig, "TamperDetectionActivated", str(number))
    cp.restore_network()
    await rig.until(lambda: cp.settled)
    assert rig.central.events()[1:] == ["TamperDetectionActivated"] * 4 + ["MemoryExhaustion"]
    assert sum("TamperDetectionActivated" in each for each in _log(rig)) == 20


class _Killed(BaseException):
    """The process died here."""


async def test_killed_at_any_commit_no_event_that_was_logged_is_lost(
    central: Any, make_rig: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in itertools.count(1):
        rig = make_rig(central)
        rig.folder = tmp_path / str(step)
        central.calls.clear()
        cp = await rig.boot(security=PLAIN)
        count = itertools.count(1)
        commit = Store.commit
        died = False

        def look(count: Any = count, step: int = step) -> None:
            if next(count) == step:
                raise _Killed

        @contextmanager
        def dying(store: Store, commit: Any = commit, look: Any = look) -> Any:
            with commit(store) as database:
                yield database
                look()
            look()

        monkeypatch.setattr(Store, "commit", dying)
        try:
            _happen(rig, "TamperDetectionActivated", "1")
            _happen(rig, "TamperDetectionActivated", "2")
            await rig.run(2)
        except _Killed:
            died = True
        monkeypatch.setattr(Store, "commit", commit)
        logged = [each for each in _log(rig) if "Tamper" in each]
        if died:
            cp.kill()
            await rig.driver.settle()
            cp.start()
        await rig.until(lambda cp=cp: cp.settled)
        told = [
            f"TamperDetectionActivated: {each['techInfo']}"
            for each in central.of("SecurityEventNotification")
            if each["type"].startswith("Tamper")
        ]
        assert sorted(set(told)) == logged
        await cp.close()
        if not died:
            break
    assert step == 9, "two events, each written and taken out: before a commit and after it"
