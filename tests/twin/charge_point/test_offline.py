"""Offline: the queue, its order, its retries, and who may charge meanwhile."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from twin.charge_point import Status

TRANSACTION_MESSAGES = {"StartTransaction", "StopTransaction", "MeterValues"}


def _queued(rig: Any) -> list[str]:
    return [action for action in rig.central.actions if action in TRANSACTION_MESSAGES]


def _stamp(payload: dict[str, Any]) -> datetime:
    text = payload.get("timestamp") or payload["meterValue"][0]["timestamp"]
    return datetime.fromisoformat(text)


async def _back_online(rig: Any) -> None:
    rig.cp.restore_network()
    await rig.until(lambda: rig.cp.online)
    await rig.until(lambda: rig.cp.queued == 0)


@pytest.mark.parametrize(
    ("configuration", "starts"),
    [
        ({}, False),
        ({"AllowOfflineTxForUnknownId": "true"}, True),
    ],
)
async def test_an_unknown_tag_starts_offline_only_where_that_is_allowed(
    rig: Any, configuration: dict[str, str], starts: bool
) -> None:
    await rig.boot(configuration=configuration)
    rig.cp.cut_network()
    await rig.run(1)
    rig.plug_in()
    await rig.run(1)
    rig.tag("UNKNOWN")
    await rig.run(10)
    assert rig.cp.in_transaction() is starts


@pytest.mark.parametrize(
    ("tag_info", "configuration", "starts"),
    [
        ({"status": "Accepted"}, {}, True),
        ({"status": "Accepted"}, {"LocalAuthorizeOffline": "false"}, False),
        ({"status": "Accepted"}, {"AuthorizationCacheEnabled": "false"}, False),
        ({"status": "Blocked"}, {"AllowOfflineTxForUnknownId": "true"}, False),
        ({"status": "Accepted", "expiryDate": "2026-01-01T00:01:00Z"}, {}, False),
        ({"status": "Accepted", "expiryDate": "2026-02-01T00:00:00Z"}, {}, True),
    ],
)
async def test_what_the_cache_knows_decides_offline(
    rig: Any, tag_info: dict[str, str], configuration: dict[str, str], starts: bool
) -> None:
    rig.central.tags = {"TAG1": tag_info}
    await rig.boot(configuration=configuration)
    rig.tag("TAG1")
    await rig.run(1)
    if rig.cp.status() is Status.PREPARING:
        rig.tag("TAG1")
    await rig.run(100)
    rig.cp.cut_network()
    await rig.run(1)
    rig.plug_in()
    await rig.run(1)
    rig.tag("TAG1")
    await rig.run(10)
    assert rig.cp.in_transaction() is starts


async def test_without_a_cache_there_is_none_to_clear(rig: Any) -> None:
    await rig.boot(configuration={"AuthorizationCacheEnabled": "false"})
    assert await rig.ask("ClearCache", {}) == {"status": "Rejected"}


async def test_a_remembered_refusal_is_asked_about_again_online(rig: Any) -> None:
    rig.central.tags = {"TAG1": {"status": "Blocked"}}
    await rig.boot(configuration={"LocalPreAuthorize": "true"})
    rig.tag("TAG1")
    await rig.run(1)
    rig.central.tags = {}
    rig.tag("TAG1")
    await rig.run(1)
    assert len(rig.central.of("Authorize")) == 2
    assert rig.cp.status() is Status.PREPARING


async def test_two_connectors_offline_are_delivered_in_the_order_of_time(rig: Any) -> None:
    rig.add_evse(seed=1)
    rig.add_evse(seed=2)
    await rig.boot(
        configuration={"AllowOfflineTxForUnknownId": "true", "MeterValueSampleInterval": "25"}
    )
    rig.cp.cut_network()
    await rig.run(1)
    for connector in (1, 2):
        rig.plug_in(connector)
        await rig.run(3)
        rig.tag(f"TAG{connector}", connector)
        await rig.run(70)
    for connector in (2, 1):
        rig.tag(f"TAG{connector}", connector)
        await rig.run(40)
    await _back_online(rig)
    payloads = [payload for action, payload in rig.central.calls if action in TRANSACTION_MESSAGES]
    times = [_stamp(payload) for payload in payloads]
    assert times == sorted(times)
    numbers = {1: 100, 2: 101}
    assert all(
        payload["transactionId"] == numbers[payload["connectorId"]]
        for payload in payloads
        if "meterValue" in payload
    )
    assert [each["transactionId"] for each in rig.central.of("StopTransaction")] == [101, 100]


async def test_a_new_message_waits_until_the_queue_is_empty(rig: Any, silent: object) -> None:
    await rig.boot(configuration={"MeterValueSampleInterval": "10"})
    await rig.charging()
    rig.cp.cut_network()
    await rig.run(95)
    rig.cp.restore_network()
    await rig.run(60)
    times = [_stamp(each) for each in rig.central.of("MeterValues")]
    assert times == sorted(times)
    assert len(times) == len(set(times)) == 15


# --- retries ---


async def test_a_refused_message_is_tried_again_with_growing_pauses(rig: Any, refusal: Any) -> None:
    def refuse(_: Any) -> Any:
        raise refusal("InternalError", "not now")

    rig.central.answers["MeterValues"] = refuse
    await rig.boot(
        configuration={
            "MeterValueSampleInterval": "1000",
            "TransactionMessageAttempts": "3",
            "TransactionMessageRetryInterval": "60",
        }
    )
    await rig.charging()
    await rig.run(1_500)
    tries_us = [
        at_us
        for at_us, action in zip(rig.central.times_us, rig.central.actions, strict=True)
        if action == "MeterValues"
    ]
    waits_s = [round((later - sooner) / 1e6) for sooner, later in pairwise(tries_us)]
    assert waits_s == [60, 120]
    assert rig.cp.queued == 0
    assert any("MeterValues given up after 3 tries: InternalError" in each for each in rig.events)


async def test_what_is_refused_holds_up_what_is_behind_it(rig: Any, refusal: Any) -> None:
    left = [1, 1]

    def refuse_twice(_: Any) -> Any:
        if left:
            left.pop()
            raise refusal("InternalError")
        return {}

    rig.central.answers["MeterValues"] = refuse_twice
    await rig.boot(configuration={"MeterValueSampleInterval": "100"})
    await rig.charging()
    await rig.run(105)
    rig.tag()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")), 600)
    assert _queued(rig) == ["StartTransaction", *["MeterValues"] * 3, "StopTransaction"]


async def test_a_closed_socket_is_no_failed_attempt(rig: Any, silent: object) -> None:
    await rig.boot(
        configuration={"MeterValueSampleInterval": "1000", "TransactionMessageAttempts": "1"}
    )
    await rig.charging()
    rig.central.on_call = lambda action, _: rig.central.drop() if action == "MeterValues" else None
    rig.central.answers["MeterValues"] = lambda _: silent
    await rig.run(1_050)
    assert len(rig.central.of("MeterValues")) > 1
    assert rig.cp.queued == 1
    rig.central.on_call = lambda action, payload: None
    del rig.central.answers["MeterValues"]
    await rig.until(lambda: rig.cp.queued == 0, 900)
    payloads = rig.central.of("MeterValues")
    assert all(payload == payloads[0] for payload in payloads), "the same message each time"


async def test_a_call_without_an_answer_brings_a_new_socket(rig: Any, silent: object) -> None:
    await rig.boot()
    await rig.charging()
    rig.central.answers["MeterValues"] = lambda _: silent
    sockets = len(rig.central.headers)
    with rig.driver.unheld():
        await rig.run(100)
    assert len(rig.central.headers) > sockets
    del rig.central.answers["MeterValues"]
    with rig.driver.unheld():
        for _ in range(200):
            await rig.run(1)
    assert rig.cp.queued == 0
    assert not any("given up" in each for each in rig.events)


async def test_a_start_that_is_never_answered_makes_the_transaction_minus_one(
    rig: Any, refusal: Any
) -> None:
    def refuse(_: Any) -> Any:
        raise refusal("InternalError")

    rig.central.answers["StartTransaction"] = refuse
    await rig.boot(
        configuration={
            "TransactionMessageAttempts": "2",
            "TransactionMessageRetryInterval": "5",
            "MeterValueSampleInterval": "60",
        }
    )
    rig.plug_in()
    await rig.run(1)
    rig.tag()
    await rig.until(lambda: rig.cp.status() is Status.CHARGING)
    await rig.run(65)
    rig.tag()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    assert rig.central.of("MeterValues")[0]["transactionId"] == -1
    assert rig.central.of("StopTransaction")[0]["transactionId"] == -1


async def test_an_answer_that_breaks_its_schema_is_worth_no_more_than_a_refusal(rig: Any) -> None:
    left = [{"transactionId": "seven"}]

    def answer(_: Any) -> Any:
        return left.pop() if left else {"transactionId": 7, "idTagInfo": {"status": "Accepted"}}

    rig.central.answers["StartTransaction"] = answer
    await rig.boot(configuration={"TransactionMessageRetryInterval": "5"})
    rig.plug_in()
    await rig.run(1)
    rig.tag()
    await rig.until(lambda: rig.cp.transaction_id() == 7)
    assert len(rig.central.of("StartTransaction")) == 2
