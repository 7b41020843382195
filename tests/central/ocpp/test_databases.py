"""A charger's day on each of the three databases: a session, its repetition, a change of socket."""

import asyncio

from central.domain import id_tags, transactions
from central.domain.meter_values import list_readings
from wire.frames import Call, CallResult

START = {
    "connectorId": 1,
    "idTag": "TAG",
    "meterStart": 1000,
    "timestamp": "2026-06-01T11:00:00Z",
}
STOP = {"meterStop": 6000, "timestamp": "2026-06-01T11:30:00Z", "idTag": "tag"}


def values(transaction_id):
    sampled = [{"value": "3000", "unit": "Wh"}]
    reading = {"timestamp": "2026-06-01T11:10:00.5Z", "sampledValue": sampled}
    return {"connectorId": 1, "transactionId": transaction_id, "meterValue": [reading]}


async def test_a_session_whose_every_message_comes_twice_counts_once(
    start_central, database_url, now
):
    central = await start_central(url=database_url)
    await central.storage.write(id_tags.add_id_tag, "TAG", now)
    charger = await central.charger("Güter 1")
    for _ in range(2):
        started = await charger.ask("StartTransaction", START)
    number = started["transactionId"]
    for _ in range(2):
        assert await charger.ask("MeterValues", values(number)) == {}
    for _ in range(2):
        stopped = await charger.ask("StopTransaction", STOP | {"transactionId": number})
        assert stopped == {"idTagInfo": {"status": "Accepted"}}
    [session] = await central.storage.read(transactions.list_sessions)
    assert (session.id, session.state, session.energy_wh) == (number, "closed", 5000)
    [reading] = await central.storage.read(list_readings, "Güter 1", transaction_id=number)
    assert reading.sampled == [{"value": "3000", "unit": "Wh"}]


async def test_a_start_that_is_repeated_on_a_new_socket_at_once_counts_once(
    start_central, database_url
):
    central = await start_central(url=database_url)
    key = await central.add("CP1")
    old = await central.open("CP1", key=key)
    await old.boot()
    await old.send(Call("1", "StartTransaction", START))
    new = await central.open("CP1", key=key)
    answer = await new.call("StartTransaction", START, "1")
    assert isinstance(answer, CallResult)
    [session] = await central.storage.read(transactions.list_sessions)
    assert session.id == answer.payload["transactionId"]


async def test_thirty_chargers_at_once_disturb_each_other_nowhere(start_central, database_url):
    central = await start_central(url=database_url)
    chargers = [await central.charger(f"CP{number}") for number in range(30)]
    started = await asyncio.gather(*(one.ask("StartTransaction", START) for one in chargers))
    numbers = [answer["transactionId"] for answer in started]
    assert len(set(numbers)) == 30
    await asyncio.gather(
        *(
            one.ask("MeterValues", values(number))
            for one, number in zip(chargers, numbers, strict=True)
        )
    )
    await asyncio.gather(
        *(
            one.ask("StopTransaction", STOP | {"transactionId": number})
            for one, number in zip(chargers, numbers, strict=True)
        )
    )
    sessions = await central.storage.read(transactions.list_sessions)
    assert {session.id for session in sessions} == set(numbers)
    assert {(session.state, session.energy_wh) for session in sessions} == {("closed", 5000)}
