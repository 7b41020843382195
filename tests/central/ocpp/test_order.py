"""The order of a charger's messages, durability before the answer, and one socket after another."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from central.domain import chargers, connectors, transactions
from central.domain.charger_link import CommandOutcome
from central.domain.meter_values import list_readings
from central.domain.storage import open_storage
from central.ocpp.answering import CAPACITY
from wire.frames import Call, CallResult

START = {
    "connectorId": 1,
    "idTag": "TAG",
    "meterStart": 100,
    "timestamp": "2026-06-01T11:59:00Z",
}


def status(name):
    return {"connectorId": 1, "errorCode": "NoError", "status": name}


def values(count=1, moment="2026-06-01T11:59:30Z"):
    return {
        "connectorId": 1,
        "meterValue": [
            {"timestamp": moment, "sampledValue": [{"value": str(n)} for n in range(count)]}
        ],
    }


async def test_calls_are_answered_in_the_order_in_which_they_came(central):
    charger = await central.charger()
    names = ["Preparing", "Charging", "SuspendedEV", "Charging", "Finishing"]
    for number, name in enumerate(names):
        await charger.send(Call(str(number), "StatusNotification", status(name)))
    answers = [await charger.receive() for _ in names]
    assert [answer.unique_id for answer in answers] == ["0", "1", "2", "3", "4"]
    [connector] = await central.storage.read(connectors.list_connectors, "CP1")
    assert connector.status == "Finishing"


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("MeterValues", values()),
        ("StartTransaction", START),
        ("StatusNotification", status("Faulted")),
    ],
)
async def test_a_message_is_answered_only_after_it_is_committed(
    central, stall, until, action, payload
):
    charger = await central.charger()
    await stall.writer(central.storage)
    answer = asyncio.ensure_future(charger.call(action, payload))
    await until(lambda: central.storage.waiting >= 2)
    assert not answer.done()
    stall.release()
    assert isinstance(await answer, CallResult)


async def test_the_second_call_waits_until_the_first_is_committed(central, stall, until):
    charger = await central.charger()
    await stall.writer(central.storage)
    await charger.send(Call("slow", "StatusNotification", status("Preparing")))
    await charger.send(Call("quick", "Heartbeat", {}))
    await until(lambda: central.storage.waiting >= 2)
    stall.release()
    assert [(await charger.receive()).unique_id for _ in range(2)] == ["slow", "quick"]


async def test_an_answer_of_the_charger_does_not_wait_behind_its_calls(central, stall):
    charger = await central.charger()
    command = asyncio.ensure_future((await central.link()).call("ClearCache", {}))
    call = await charger.receive()
    await stall.readers(central.storage)
    await charger.send(Call("blocked", "Authorize", {"idTag": "TAG"}))
    await charger.send(CallResult(call.unique_id, {"status": "Accepted"}))
    assert (await command).status == "Accepted"
    stall.release()
    assert (await charger.receive()).unique_id == "blocked"


async def test_a_charger_may_call_before_it_answers_the_command_that_caused_it(central):
    charger = await central.charger()
    link = await central.link()
    command = asyncio.ensure_future(link.call("RemoteStartTransaction", {"idTag": "TAG"}))
    call = await charger.receive()
    await charger.ask("StartTransaction", START)
    await charger.send(CallResult(call.unique_id, {"status": "Accepted"}))
    assert (await command).status == "Accepted"


async def test_a_full_queue_of_the_database_stops_the_reading_of_sockets(
    start_central, sqlite_url, stall, until
):
    storage = await open_storage(sqlite_url, max_queued=4)
    try:
        central = await start_central(storage=storage)
        charger = await central.charger()
        link = await central.link()
        await stall.writer(storage)
        count = 400
        sending = asyncio.ensure_future(_flood(charger, count))
        # The sender itself is held up: its 24 MB are in no buffer of anybody.
        await until(lambda: link.inbox_length >= CAPACITY and charger.websocket.paused)
        assert not sending.done()
        assert storage.waiting <= 4
        stall.release()
        answers = [await charger.receive() for _ in range(count)]
        await sending
        assert [answer.unique_id for answer in answers] == [str(n) for n in range(count)]
        readings = await storage.read(list_readings, "CP1", limit=count)
        assert len(readings) == count
        await central.aclose()
    finally:
        await storage.close()


async def _flood(charger, count):
    for number in range(count):
        moment = f"2026-06-01T11:{number // 60:02d}:{number % 60:02d}Z"
        await charger.send(Call(str(number), "MeterValues", values(3_500, moment)))


async def test_what_was_received_is_handled_although_the_socket_ends(central, stall, until):
    charger = await central.charger()
    link = await central.link()
    transaction_id = (await charger.ask("StartTransaction", START))["transactionId"]
    await stall.writer(central.storage)
    stop = {"transactionId": transaction_id, "meterStop": 900, "timestamp": "2026-06-01T12:00:00Z"}
    await charger.send(Call("first", "StatusNotification", status("Finishing")))
    await charger.send(Call("second", "StopTransaction", stop))
    await until(lambda: central.storage.waiting >= 2)
    await charger.websocket.close()
    stall.release()
    await link.wait_drained()
    session = await central.storage.read(transactions.get_session, transaction_id)
    assert session.meter_stop_wh == 900


async def test_a_new_socket_of_the_same_charger_takes_over(central, logged):
    key = await central.add("CP1")
    old = await central.open("CP1", key=key)
    await old.boot()
    new = await central.open("CP1", key=key)
    assert await old.closed() == 1008
    await new.ask("Heartbeat", {})
    assert central.registry.connected() == ["CP1"]
    command = asyncio.ensure_future((await central.link()).call("ClearCache", {}))
    await new.send(CallResult((await new.receive()).unique_id, {"status": "Accepted"}))
    assert (await command).status == "Accepted"
    known = await central.storage.read(chargers.get_charger, "CP1")
    assert known.online_since is not None
    assert [line["replaces"] for line in logged if line["event"] == "connected"] == [False, True]


async def test_a_start_that_is_still_being_committed_when_the_new_socket_repeats_it_counts_once(
    central, stall, until
):
    key = await central.add("CP1")
    old = await central.open("CP1", key=key)
    await old.boot()
    await stall.writer(central.storage)
    await old.send(Call("1", "StartTransaction", START))
    await until(lambda: central.storage.waiting >= 2)
    new = await central.open("CP1", key=key)
    assert await old.closed() == 1008
    answer = asyncio.ensure_future(new.call("StartTransaction", START, "1"))
    stall.release()
    transaction_id = (await answer).payload["transactionId"]
    sessions = await central.storage.read(transactions.list_sessions)
    assert [session.id for session in sessions] == [transaction_id]


async def test_the_messages_of_the_new_socket_wait_for_those_of_the_old_one(central, stall, until):
    key = await central.add("CP1")
    old = await central.open("CP1", key=key)
    await old.boot()
    await stall.writer(central.storage)
    await old.send(Call("1", "StatusNotification", status("Charging")))
    await until(lambda: central.storage.waiting >= 2)
    new = await central.open("CP1", key=key)
    # It needs no database, so only the order can hold it up.
    answer = asyncio.ensure_future(new.call("Heartbeat", {}))
    await old.closed()
    link = await central.link()
    await until(lambda: link.inbox_length == 1)
    assert not answer.done()
    stall.release()
    await answer
    [connector] = await central.storage.read(connectors.list_connectors, "CP1")
    assert connector.status == "Charging"


async def test_a_boot_on_the_old_socket_counts_for_the_new_one(central, stall, until):
    key = await central.add("CP1")
    old = await central.open("CP1", key=key)
    await stall.writer(central.storage)
    await old.send(
        Call("1", "BootNotification", {"chargePointVendor": "M", "chargePointModel": "O"})
    )
    await until(lambda: central.storage.waiting >= 2)
    new = await central.open("CP1", key=key)
    answer = asyncio.ensure_future(new.call("Heartbeat", {}))
    await old.closed()
    stall.release()
    assert isinstance(await answer, CallResult)


async def test_three_sockets_in_a_row_leave_the_last_one_in_charge(central):
    key = await central.add("CP1")
    sockets = [await central.open("CP1", key=key) for _ in range(3)]
    assert await sockets[0].closed() == 1008
    assert await sockets[1].closed() == 1008
    await sockets[2].boot()
    assert central.registry.connected() == ["CP1"]


async def test_a_command_on_a_socket_that_is_replaced_ends_as_offline(central):
    key = await central.add("CP1")
    old = await central.open("CP1", key=key)
    await old.boot()
    command = asyncio.ensure_future((await central.link()).call("ClearCache", {}))
    await old.receive()
    await central.open("CP1", key=key)
    assert (await command).outcome is CommandOutcome.OFFLINE


async def test_a_server_that_ends_handles_what_it_received_and_closes_with_1001(
    start_central, sqlite_url, stall, until
):
    storage = await open_storage(sqlite_url)
    try:
        async with AsyncExitStack() as life:
            central = await start_central(storage=storage, within=life)
            charger = await central.charger()
            await stall.writer(storage)
            await charger.send(Call("1", "StartTransaction", START))
            await until(lambda: storage.waiting >= 2)
            ending = asyncio.ensure_future(life.aclose())
            assert await charger.closed() == 1001
            assert not ending.done()
            stall.release()
            await ending
        assert len(await storage.read(transactions.list_sessions)) == 1
        known = await storage.read(chargers.get_charger, "CP1")
        assert known.online_since is None
    finally:
        await storage.close()
