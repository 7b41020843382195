"""Chargers that repeat, mix up or pile up their transaction messages: what an operator sees."""

import pytest

from tests.central.api.conftest import NOW
from tests.peers.misbehaving_charger import SESSION_WH, Parrot, Week

AT, LATER = "2026-06-01T11:00:00Z", "2026-06-01T11:30:00Z"


def start(tag, **changes):
    return {"connectorId": 1, "idTag": tag, "meterStart": 10_000, "timestamp": AT} | changes


def values(number, value, at="2026-06-01T11:15:00Z", **more):
    reading = {"timestamp": at, "sampledValue": [{"value": str(value), **more}]}
    return {"connectorId": 1, "transactionId": number, "meterValue": [reading]}


def stop(number, **changes):
    return {"transactionId": number, "meterStop": 15_000, "timestamp": LATER} | changes


async def codes(central):
    found = (await central.admin.get("/api/violations?limit=1000")).json()
    return sorted(one["code"] for one in found)


async def sessions(central):
    found = (await central.admin.get("/api/sessions?limit=1000")).json()
    return sorted(found, key=lambda one: one["id"])


async def readings(central):
    return (await central.admin.get("/api/metering/CP001?limit=10000")).json()


async def test_whoever_says_everything_again_gets_the_same_answers_and_changes_nothing(
    central, connect_charger
):
    parrot = Parrot(await connect_charger("CP001"))
    started = await parrot.say("StartTransaction", **start(central.user_tag))
    number = started["transactionId"]
    first = [
        started,
        await parrot.say("MeterValues", **values(number, 12_000)),
        await parrot.say("StopTransaction", **stop(number)),
    ]
    before = await sessions(central), await readings(central)
    assert await parrot.say_all_again(parrot.charger) == first
    assert (await sessions(central), await readings(central)) == before
    assert [one["energy_wh"] for one in before[0]] == [5_000]
    assert await codes(central) == []


async def test_a_second_stop_that_differs_is_answered_and_noted_and_the_first_holds(
    central, connect_charger
):
    charger = await connect_charger("CP001")
    number = (await charger.call("StartTransaction", **start(central.user_tag)))["transactionId"]
    first = await charger.call("StopTransaction", **stop(number))
    assert await charger.call("StopTransaction", **stop(number, meterStop=99_000)) == first
    [session] = await sessions(central)
    assert session["meter_stop_wh"] == 15_000
    assert await codes(central) == ["StopDiffers"]


async def test_a_stop_of_anothers_session_is_answered_and_noted_and_touches_nothing(
    central, connect_charger
):
    owner = await connect_charger("CP001")
    number = (await owner.call("StartTransaction", **start(central.user_tag)))["transactionId"]
    stranger = await connect_charger("CP002")
    assert await stranger.call("StopTransaction", **stop(number)) == {}
    [session] = await sessions(central)
    assert session["status"] == "active"
    [violation] = (await central.admin.get("/api/violations?charge_point_id=CP002")).json()
    assert violation["code"] == "UnknownTransaction"


async def test_number_minus_one_is_the_open_session_of_its_connector(central, connect_charger):
    charger = await connect_charger("CP001")
    await charger.call("StartTransaction", **start(central.user_tag))
    await charger.call("MeterValues", **values(-1, 12_000))
    await charger.call("StopTransaction", **stop(-1))
    [session] = await sessions(central)
    assert (session["status"], session["energy_wh"], session["orphan"]) == (
        "completed",
        5_000,
        False,
    )
    [reading] = await readings(central)
    assert reading["transaction_id"] == session["id"]


@pytest.mark.parametrize(
    ("in_values", "in_start", "in_stop"),
    [(14_900, 10, 15), ("14.9", 10_000, 15_000)],
    ids=["registers in kWh", "values in kWh without their unit"],
)
async def test_energy_in_kwh_where_wh_belong_is_billed_as_sent_and_noted(
    central, connect_charger, in_values, in_start, in_stop
):
    charger = await connect_charger("CP001")
    started = await charger.call("StartTransaction", **start(central.user_tag, meterStart=in_start))
    number = started["transactionId"]
    await charger.call("MeterValues", **values(number, in_values))
    await charger.call("StopTransaction", **stop(number, meterStop=in_stop))
    [session] = await sessions(central)
    assert session["energy_wh"] == in_stop - in_start
    assert await codes(central) == ["EnergyUnitDoubtful"]


async def test_values_in_kwh_that_say_so_are_in_order(central, connect_charger):
    charger = await connect_charger("CP001")
    number = (await charger.call("StartTransaction", **start(central.user_tag)))["transactionId"]
    await charger.call("MeterValues", **values(number, "14.9", unit="kWh"))
    await charger.call("StopTransaction", **stop(number))
    assert await codes(central) == []


async def test_energy_that_no_connector_gives_is_billed_as_sent_and_noted(central, connect_charger):
    charger = await connect_charger("CP001")
    number = (await charger.call("StartTransaction", **start(central.user_tag)))["transactionId"]
    await charger.call("StopTransaction", **stop(number, meterStop=5_000_000))
    assert await codes(central) == ["EnergyImplausible"]


async def test_a_message_id_that_is_used_again_for_another_message_is_refused_and_noted(
    central, connect_charger
):
    charger = await connect_charger("CP001")
    await charger.call("Heartbeat")
    charger._count -= 1
    answer = await charger.send("StatusNotification", {})
    assert answer.code == "GenericError"
    assert await codes(central) == ["MessageIdReused"]


@pytest.mark.parametrize("messages", [2_000, pytest.param(50_000, marks=pytest.mark.full)], ids=str)
async def test_seven_days_of_queue_at_once_end_in_the_right_books(
    central, connect_charger, play_charger, messages
):
    charger = await connect_charger("CP001")
    running = await charger.call(
        "StartTransaction", **start(central.user_tag, timestamp="2026-05-20T11:00:00Z")
    )
    # Offline from here; back, its statuses overtake the queue (OCPP 1.6 section 4.8).
    await charger.status("Available")
    stopping = await central.admin.get(f"/api/sessions/{running['transactionId']}")
    assert stopping.json()["status"] == "stopping"
    at = "2026-05-20T12:00:00Z"
    await charger.call("StopTransaction", **stop(running["transactionId"], timestamp=at))
    week = Week(NOW, messages, central.user_tag)
    numbers = await week.deliver(charger)
    assert len(set(numbers)) == week.sessions
    told = await sessions_of_all_pages(central)
    assert len(told) == week.sessions + 1
    assert {one["status"] for one in told} == {"completed"}
    assert not any(one["provisional"] or one["orphan"] for one in told)
    assert {one["energy_wh"] for one in told} == {SESSION_WH}
    assert await codes(central) == []


async def test_a_queue_that_is_delivered_twice_counts_once(central, connect_charger):
    charger = await connect_charger("CP001")
    week = Week(NOW, 200, central.user_tag)
    numbers = await week.deliver(charger)
    before = await sessions(central), await readings(central)
    assert await week.deliver(charger) == numbers
    assert (await sessions(central), await readings(central)) == before
    assert await codes(central) == []


async def sessions_of_all_pages(central):
    found, path = [], "/api/sessions?limit=1000"
    while path:
        answer = await central.admin.get(path)
        found += answer.json()
        path = answer.links.get("next", {}).get("url")
    return found
