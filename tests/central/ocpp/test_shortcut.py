"""Meter values take a shorter way than other messages; the same rules hold on it."""

import asyncio

import pytest

from central.domain.meter_values import list_readings
from central.domain.storage import open_storage
from central.ocpp.latest_values import LatestValues
from wire.frames import Call, CallError, CallResult


def values(second, value="1", **more):
    moment = f"2026-06-01T11:00:{second:02d}Z"
    return {
        "connectorId": 1,
        "meterValue": [{"timestamp": moment, "sampledValue": [{"value": value}]}],
    } | more


@pytest.fixture
async def charger(central):
    """A charger whose first values of the connection are stored."""
    charger = await central.charger()
    await charger.ask("MeterValues", values(0))
    return charger


async def stored(central):
    readings = await central.storage.read(list_readings, "CP1")
    return [(reading.timestamp.second, reading.sampled[0]["value"]) for reading in readings]


async def test_the_same_message_again_gets_the_same_answer_and_is_stored_once(central, charger):
    for _ in range(2):
        assert await charger.call("MeterValues", values(1), "same") == CallResult("same", {})
    assert await stored(central) == [(0, "1"), (1, "1")]


async def test_another_message_under_a_used_id_is_refused(central, charger):
    await charger.call("MeterValues", values(1), "same")
    assert await charger.refused("MeterValues", values(2), "same") == "GenericError"
    assert await stored(central) == [(0, "1"), (1, "1")]


async def test_other_values_of_the_same_moment_are_noted(central, charger, logged):
    await charger.ask("MeterValues", values(1))
    await charger.ask("MeterValues", values(1, value="2"))
    assert await stored(central) == [(0, "1"), (1, "1")]
    assert [line["code"] for line in logged if line["event"] == "protocol violation"] == [
        "MeterValuesDiffer"
    ]


async def test_values_before_the_boot_are_refused(central):
    charger = await central.open("CP1", key=await central.add("CP1"))
    assert await charger.refused("MeterValues", values(1)) == "SecurityError"
    assert await stored(central) == []


async def test_a_flawed_message_between_others_keeps_its_place(central, charger):
    texts = [
        Call("1", "MeterValues", values(1)),
        Call("2", "MeterValues", values(2, connectorId="1")),
        Call("3", "Heartbeat", {}),
        Call("4", "MeterValues", values(3, connectorId=-1)),
        Call("5", "MeterValues", values(4)),
    ]
    for call in texts:
        await charger.send(call)
    answers = [await charger.receive() for _ in texts]
    assert [answer.unique_id for answer in answers] == ["1", "2", "3", "4", "5"]
    assert [type(answer) for answer in answers] == [
        *(CallResult, CallResult, CallResult, CallError, CallResult)
    ]
    assert await stored(central) == [(0, "1"), (1, "1"), (2, "1"), (4, "1")]


async def test_values_that_meet_a_full_disk_are_refused_and_can_be_sent_again(
    start_central, sqlite_url, logged
):
    storage = await open_storage(sqlite_url)
    try:
        central = await start_central(storage=storage)
        charger = await central.charger()
        await charger.ask("MeterValues", values(0))
        await storage.write(lambda conn: conn.exec_driver_sql("PRAGMA max_page_count = 1"))
        large = values(1, value="x" * 50_000)
        assert await charger.refused("MeterValues", large, "1") == "InternalError"
        [line] = [line for line in logged if line["event"] == "call failed"]
        assert line["action"] == "MeterValues"
        await storage.write(lambda conn: conn.exec_driver_sql("PRAGMA max_page_count = 1000000"))
        assert await charger.call("MeterValues", large, "1") == CallResult("1", {})
        assert len(await stored(central)) == 2
        await central.aclose()
    finally:
        await storage.close()


async def test_what_was_received_is_stored_although_the_socket_ends(central, charger, stall, until):
    link = await central.link()
    await stall.writer(central.storage)
    for second in (1, 2, 3):
        await charger.send(Call(str(second), "MeterValues", values(second)))
    await until(lambda: central.storage.waiting == 2 and link.inbox_length == 2)
    await charger.websocket.close()
    stall.release()
    await link.wait_drained()
    assert [second for second, _ in await stored(central)] == [0, 1, 2, 3]


async def test_a_full_queue_makes_values_wait_their_turn(start_central, sqlite_url, stall, until):
    storage = await open_storage(sqlite_url, max_queued=1)
    try:
        central = await start_central(storage=storage)
        charger = await central.charger()
        await charger.ask("MeterValues", values(0))
        await stall.writer(storage)
        answer = asyncio.ensure_future(charger.call("MeterValues", values(1), "1"))
        await until(lambda: storage.waiting == 2)
        assert not answer.done()
        stall.release()
        assert await answer == CallResult("1", {})
        await central.aclose()
    finally:
        await storage.close()


@pytest.mark.parametrize("method", ["are_surely_new", "add_new"])
async def test_a_bug_is_answered_and_stops_nobody(charger, logged, monkeypatch, method):
    def broken(*_):
        raise LookupError("a bug")

    with monkeypatch.context() as broken_code:
        broken_code.setattr(LatestValues, method, broken)
        answer = await charger.call("MeterValues", values(1), "1")
    # Where only the shortcut is broken, the longer way answers.
    assert isinstance(answer, CallError if method == "add_new" else CallResult)
    failed = [line["event"] for line in logged if "exc_info" in line]
    assert failed == (["call failed"] if method == "add_new" else ["shortcut failed"])
    await charger.ask("MeterValues", values(2))
