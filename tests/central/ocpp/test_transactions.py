"""Sessions over the wire: each message counts once, and none is lost to a flaw in it."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from central.domain import id_tags, transactions
from central.domain.meter_values import list_readings
from central.domain.violations import list_violations
from wire.frames import Call, CallResult

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
START = {
    "connectorId": 1,
    "idTag": "TAG",
    "meterStart": 1000,
    "timestamp": "2026-06-01T11:00:00Z",
}
STOP = {"meterStop": 6000, "timestamp": "2026-06-01T11:30:00Z", "reason": "EVDisconnected"}


def reading(*values, moment="2026-06-01T11:10:00Z", **more):
    return {
        "timestamp": moment,
        "sampledValue": [{"value": value} | more for value in values],
    }


@pytest.fixture
async def charger(central):
    await central.storage.write(id_tags.add_id_tag, "TAG", NOON)
    return await central.charger()


async def sessions(central):
    return await central.storage.read(transactions.list_sessions)


async def readings(central, **which):
    return await central.storage.read(list_readings, "CP1", **which)


async def violations(central):
    kept = await central.storage.read(list_violations, charge_point_id="CP1")
    return [(violation.action, violation.code) for violation in reversed(kept)]


async def test_a_stop_with_the_meter_values_of_a_whole_day_is_taken_where_it_may_be_so_long(
    start_central,
):
    """One that is not taken comes again for ever, and everything behind it waits."""
    central = await start_central(max_frame_bytes=1024 * 1024)
    charger = await central.charger()
    number = (await charger.ask("StartTransaction", START))["transactionId"]
    begin = datetime(2026, 5, 31, tzinfo=UTC)
    moments = [(begin + timedelta(minutes=n)).isoformat() for n in range(1_440)]
    wide = {"measurand": "Energy.Active.Import.Register", "context": "Sample.Periodic"}
    data = [
        reading(*[str(1_000 + n)] * 6, moment=moment, **wide) for n, moment in enumerate(moments)
    ]
    stop = STOP | {"transactionId": number, "transactionData": data}
    assert 500_000 < len(json.dumps(stop)) < 1_000_000
    assert await charger.ask("StopTransaction", stop) == {}
    [session] = await sessions(central)
    assert (session.state, session.energy_wh) == ("closed", 5000)
    kept = await readings(central, limit=10_000)
    assert len({each.timestamp for each in kept}) == 1_440


async def test_a_session_from_start_to_stop(central, charger):
    started = await charger.ask("StartTransaction", START)
    assert started["idTagInfo"] == {"status": "Accepted"}
    number = started["transactionId"]
    assert 0 < number < 2**31
    values = {"connectorId": 1, "transactionId": number, "meterValue": [reading("3000")]}
    assert await charger.ask("MeterValues", values) == {}
    stop = STOP | {"transactionId": number, "idTag": "TAG"}
    assert await charger.ask("StopTransaction", stop) == {"idTagInfo": {"status": "Accepted"}}
    [session] = await sessions(central)
    assert (session.id, session.state, session.energy_wh) == (number, "closed", 5000)
    assert session.stop_reason == "EVDisconnected"
    [kept] = await readings(central, transaction_id=number)
    assert kept.sampled == [{"value": "3000"}]
    assert await violations(central) == []


async def test_a_start_with_an_unknown_tag_is_stored_all_the_same(central, charger):
    answer = await charger.ask("StartTransaction", START | {"idTag": "NOBODY"})
    assert answer["idTagInfo"]["status"] == "Invalid"
    [session] = await sessions(central)
    assert session.id == answer["transactionId"]


async def test_a_start_that_comes_again_gets_the_same_number(central, charger):
    first = await charger.ask("StartTransaction", START)
    assert await charger.ask("StartTransaction", START) == first
    assert await charger.ask("StartTransaction", START | {"idTag": "tag"}) == first
    other = await charger.ask("StartTransaction", START | {"connectorId": 2})
    assert other["transactionId"] != first["transactionId"]


async def test_a_start_whose_clock_was_too_far_ahead_is_the_same_when_time_has_caught_up(
    central, charger
):
    ahead = START | {"timestamp": "2026-06-02T13:00:00Z"}
    first = await charger.ask("StartTransaction", ahead)
    central.clock.set(NOON + timedelta(hours=2))
    assert await charger.ask("StartTransaction", ahead) == first
    assert await charger.ask("StartTransaction", ahead) == first
    assert len(await sessions(central)) == 1


async def test_a_second_stop_is_answered_like_the_first(central, charger):
    number = (await charger.ask("StartTransaction", START))["transactionId"]
    stop = STOP | {"transactionId": number, "idTag": "TAG"}
    first = await charger.ask("StopTransaction", stop)
    assert await charger.ask("StopTransaction", stop | {"meterStop": 9999}) == first
    [session] = await sessions(central)
    assert session.meter_stop_wh == 6000
    assert len(await violations(central)) == 1


async def test_the_stop_of_a_session_that_does_not_exist_is_answered_normally(central, charger):
    assert await charger.ask("StopTransaction", STOP | {"transactionId": 4711}) == {}
    assert len(await violations(central)) == 1


async def test_meter_values_that_come_again_are_stored_once(central, charger):
    values = {
        "connectorId": 1,
        "meterValue": [reading("1", "2"), reading("3", moment=STOP["timestamp"])],
    }
    for _ in range(3):
        await charger.ask("MeterValues", values)
    assert [kept.sampled for kept in await readings(central)] == [
        [{"value": "1"}, {"value": "2"}],
        [{"value": "3"}],
    ]


async def test_values_of_one_moment_are_kept_apart_by_context(central, charger):
    sampled = [
        {"value": "1"},
        {"value": "2", "context": "Transaction.Begin"},
        {"value": "3", "measurand": "Voltage"},
    ]
    values = {"connectorId": 1, "meterValue": [reading() | {"sampledValue": sampled}]}
    await charger.ask("MeterValues", values)
    kept = {one.context: one.sampled for one in await readings(central)}
    assert kept == {
        "Sample.Periodic": [{"value": "1"}, {"value": "3", "measurand": "Voltage"}],
        "Transaction.Begin": [{"value": "2", "context": "Transaction.Begin"}],
    }


async def test_two_lists_of_the_same_moment_in_one_message_are_both_kept(central, charger):
    values = {"connectorId": 1, "meterValue": [reading("1"), reading("2", measurand="Voltage")]}
    await charger.ask("MeterValues", values)
    [kept] = await readings(central)
    assert kept.sampled == [{"value": "1"}, {"value": "2", "measurand": "Voltage"}]


async def test_the_values_in_a_stop_are_kept_with_its_session(central, charger):
    number = (await charger.ask("StartTransaction", START))["transactionId"]
    data = [
        reading("1000", moment=START["timestamp"], context="Transaction.Begin"),
        reading("6000", moment=STOP["timestamp"], context="Transaction.End"),
    ]
    stop = STOP | {"transactionId": number, "transactionData": data}
    assert await charger.ask("StopTransaction", stop) == {}
    kept = await readings(central, transaction_id=number)
    assert [(one.context, one.connector_id) for one in kept] == [
        ("Transaction.Begin", 1),
        ("Transaction.End", 1),
    ]


async def test_an_omitted_reason_is_local(central, charger):
    number = (await charger.ask("StartTransaction", START))["transactionId"]
    stop = {key: value for key, value in STOP.items() if key != "reason"}
    await charger.ask("StopTransaction", stop | {"transactionId": number})
    [session] = await sessions(central)
    assert session.stop_reason == "Local"


async def test_number_minus_one_belongs_to_the_open_session_of_the_connector(central, charger):
    number = (await charger.ask("StartTransaction", START))["transactionId"]
    values = {"connectorId": 1, "transactionId": -1, "meterValue": [reading("3000")]}
    await charger.ask("MeterValues", values)
    assert len(await readings(central, transaction_id=number)) == 1
    await charger.ask("StopTransaction", STOP | {"transactionId": -1})
    [session] = await sessions(central)
    assert (session.id, session.energy_wh, session.orphan) == (number, 5000, False)


async def test_number_minus_one_without_an_open_session_opens_an_orphan(central, charger):
    values = {"connectorId": 1, "transactionId": -1, "meterValue": [reading("3000")]}
    await charger.ask("MeterValues", values)
    [session] = await sessions(central)
    assert session.orphan


@pytest.mark.parametrize(
    "flaw",
    [
        {"timestamp": "2026-06-01T11:00:00"},
        {"timestamp": "2026-06-01T11:00:00+0000"},
        {"meterStart": "1000"},
        {"meterStart": 1000.0},
        {"connectorId": "1"},
        {"vendorThing": True},
        {"reservationId": "none"},
    ],
)
async def test_a_start_with_a_flaw_is_stored_answered_and_recorded_as_violation(
    central, charger, logged, flaw
):
    answer = await charger.ask("StartTransaction", START | flaw)
    [session] = await sessions(central)
    assert session.id == answer["transactionId"]
    assert (session.meter_start_wh, session.connector_id) == (1000, 1)
    assert session.started_at == datetime(2026, 6, 1, 11, tzinfo=UTC)
    [(action, _)] = await violations(central)
    assert action == "StartTransaction"
    [line] = [line for line in logged if line["event"] == "protocol violation"]
    assert (line["charge_point_id"], line["action"]) == ("CP1", "StartTransaction")


async def test_a_stop_with_a_flaw_is_stored_and_answered(central, charger):
    number = (await charger.ask("StartTransaction", START))["transactionId"]
    stop = STOP | {"transactionId": str(number), "reason": "Bored", "idTag": None}
    assert await charger.ask("StopTransaction", stop) == {}
    [session] = await sessions(central)
    assert (session.state, session.stop_reason) == ("closed", "Other")


async def test_meter_values_with_a_flaw_are_stored_and_the_flaw_is_recorded_once(central, charger):
    for minute in range(3):
        flawed = reading("7", moment=f"2026-06-01T11:0{minute}:00", unit="furlongs")
        await charger.ask("MeterValues", {"connectorId": 1, "meterValue": [flawed]})
    kept = await readings(central)
    assert [one.sampled for one in kept] == [[{"value": "7", "unit": "furlongs"}]] * 3
    assert len(await violations(central)) == 1


async def test_a_start_whose_message_id_is_too_long_is_stored_all_the_same(central, charger):
    await charger.send('[2,"' + "x" * 40 + '","StartTransaction",' + json.dumps(START) + "]")
    answer = await charger.receive()
    assert isinstance(answer, CallResult)
    assert answer.unique_id == "x" * 40
    assert len(await sessions(central)) == 1
    assert await violations(central) == [("StartTransaction", "FormationViolation")]


@pytest.mark.parametrize(
    ("action", "payload", "code"),
    [
        ("StartTransaction", {"connectorId": 1, "idTag": "TAG"}, "ProtocolError"),
        ("StartTransaction", START | {"meterStart": "full"}, "TypeConstraintViolation"),
        ("StartTransaction", START | {"connectorId": 256}, "PropertyConstraintViolation"),
        ("StartTransaction", START | {"connectorId": -1}, "PropertyConstraintViolation"),
        ("StartTransaction", START | {"meterStart": 2**60}, "PropertyConstraintViolation"),
        (
            "StartTransaction",
            START | {"timestamp": "0001-01-01T00:00:00Z"},
            "PropertyConstraintViolation",
        ),
        ("StopTransaction", STOP | {"transactionId": 2**70}, "PropertyConstraintViolation"),
        ("MeterValues", {"connectorId": 1, "meterValue": []}, "OccurenceConstraintViolation"),
        ("MeterValues", {"meterValue": [reading("1")]}, "ProtocolError"),
        (
            "MeterValues",
            {"connectorId": 300, "meterValue": [reading("1")]},
            "PropertyConstraintViolation",
        ),
        (
            "MeterValues",
            {"connectorId": 1, "transactionId": 10**30, "meterValue": [reading("1")]},
            "PropertyConstraintViolation",
        ),
    ],
)
async def test_what_cannot_be_read_is_refused_and_nothing_is_stored(
    central, charger, action, payload, code
):
    assert await charger.refused(action, payload) == code
    assert await sessions(central) == []
    assert await readings(central) == []


@pytest.mark.parametrize(
    ("action", "payload", "code"),
    [
        (
            "StartTransaction",
            START | {"timestamp": "2026-06-01T11:00:00"},
            "TypeConstraintViolation",
        ),
        ("StopTransaction", STOP | {"transactionId": "1"}, "TypeConstraintViolation"),
        (
            "MeterValues",
            {"connectorId": 1, "meterValue": [reading("1", unit="furlongs")]},
            "PropertyConstraintViolation",
        ),
    ],
)
async def test_the_strict_mode_of_certification_refuses_every_flaw(
    start_central, action, payload, code
):
    central = await start_central(strict=True)
    charger = await central.charger()
    assert await charger.refused(action, payload) == code
    assert await sessions(central) == []
    too_long = Call("m" * 36, "StartTransaction", START)
    await charger.send(json.dumps([2, "m" * 37, too_long.action, too_long.payload]))
    assert (await charger.receive()).code == "FormationViolation"
    await charger.send(too_long)
    assert isinstance(await charger.receive(), CallResult)


async def test_a_clock_that_is_years_off_is_recorded_but_the_session_counts(central, charger):
    number = (await charger.ask("StartTransaction", START | {"timestamp": "1970-01-01T00:05:00Z"}))[
        "transactionId"
    ]
    stop = STOP | {"transactionId": number, "timestamp": "1970-01-01T00:35:00Z"}
    await charger.ask("StopTransaction", stop)
    [session] = await sessions(central)
    assert (session.state, session.energy_wh) == ("closed", 5000)
    assert ("StartTransaction", "UntrustedTimestamp") in await violations(central)


async def test_a_message_that_meets_a_broken_database_is_refused_and_may_come_again(
    central, charger, logged
):
    await central.storage.write(_rename, "transactions", "elsewhere")
    assert await charger.refused("StartTransaction", START, "same") == "InternalError"
    await central.storage.write(_rename, "elsewhere", "transactions")
    answer = await charger.call("StartTransaction", START, "same")
    assert isinstance(answer, CallResult)
    [line] = [line for line in logged if line["event"] == "call failed"]
    assert line["charge_point_id"] == "CP1"
    assert line["exc_info"]


def _rename(conn, table, name):
    conn.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {name}")
