"""Whatever a charger sends: the right CALLERROR, a log line with the reason, nobody disturbed."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from central.domain import connectors
from central.domain.violations import list_violations
from wire.frames import Call, CallError, CallResult

STATUS = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}


def lines(logged, event):
    return [line for line in logged if line["event"] == event]


@pytest.mark.parametrize(
    ("text", "unique_id", "code"),
    [
        ("rubbish", "-1", "FormationViolation"),
        ("[]", "-1", "FormationViolation"),
        ('[2,"7"]', "7", "FormationViolation"),
        ('[2,"7","Heartbeat",null]', "7", "FormationViolation"),
        ('[2,"7","MakeCoffee",{}]', "7", "NotImplemented"),
        ('[2,"7","SecurityEventNotification",{}]', "7", "ProtocolError"),
        ('[2,"7","Reset",{"type":"Hard"}]', "7", "NotSupported"),
        ('[2,"7","Heartbeat",{"x":1}]', "7", "FormationViolation"),
        ('[2,"7","StatusNotification",{}]', "7", "ProtocolError"),
        ('[2,"7","Authorize",{"idTag":5}]', "7", "TypeConstraintViolation"),
        ('[2,"7","Authorize",{"idTag":"123456789012345678901"}]', "7", "TypeConstraintViolation"),
        ('[2,"7","Authorize",{"idTag":"\\u0000"}]', "7", "PropertyConstraintViolation"),
        (
            '[2,"7","FirmwareStatusNotification",{"status":"Bored"}]',
            "7",
            "PropertyConstraintViolation",
        ),
        ("[" * 5000, "-1", "FormationViolation"),
    ],
)
async def test_a_bad_call_gets_the_callerror_for_its_kind(central, logged, text, unique_id, code):
    charger = await central.charger()
    await charger.send(text)
    answer = await charger.receive()
    assert isinstance(answer, CallError)
    assert (answer.unique_id, answer.code) == (unique_id, code)
    [line] = lines(logged, "call refused") + lines(logged, "malformed frame")
    assert line["charge_point_id"] == "CP1"
    assert line["code"] == code
    assert line["reason"]
    await charger.ask("Heartbeat", {})


async def test_an_unknown_message_type_number_is_ignored(central, logged):
    charger = await central.charger()
    await charger.send('[9,"7","Heartbeat",{}]')
    assert isinstance(await charger.call("Heartbeat", {}, "8"), CallResult)
    assert len(lines(logged, "frame ignored")) == 1


async def test_a_malformed_answer_is_not_answered(central, logged):
    charger = await central.charger()
    await charger.send('[3,"7"]')
    assert (await charger.call("Heartbeat", {}, "8")).unique_id == "8"
    assert len(lines(logged, "malformed frame")) == 1


@pytest.mark.parametrize("connector_id", [-1, 256, 2**31, 10**15])
async def test_a_connector_that_no_charger_has_is_refused(central, logged, connector_id):
    charger = await central.charger()
    code = await charger.refused("StatusNotification", STATUS | {"connectorId": connector_id})
    assert code == "PropertyConstraintViolation"
    assert await central.storage.read(connectors.list_connectors, "CP1") == []
    [line] = lines(logged, "call refused")
    assert str(connector_id) in line["reason"]


async def test_a_frame_beyond_the_limit_closes_the_socket_with_1009(start_central, logged):
    central = await start_central(max_frame_bytes=2_000)
    other = await central.charger("CP2")
    charger = await central.charger("CP1")
    fitting = json.dumps([2, "1", "DataTransfer", {"vendorId": "v", "data": "x" * 1_900}])
    await charger.send(fitting)
    assert isinstance(await charger.receive(), CallResult)
    await charger.send(fitting.replace("x", "xx"))
    assert await charger.closed() == 1009
    link = await central.registry.find("CP1")
    if link is not None:
        await link.wait_drained()
    [line] = lines(logged, "frame too large")
    assert (line["charge_point_id"], line["limit_bytes"]) == ("CP1", 2_000)
    [noted] = await central.storage.read(list_violations, charge_point_id="CP1")
    assert noted.code == "FrameTooLarge"
    assert "2000 bytes" in noted.detail
    await other.ask("Heartbeat", {})


async def test_the_same_message_again_gets_the_stored_answer(central):
    charger = await central.charger()
    first = await charger.call("Heartbeat", {}, "same")
    central.clock.set(central.clock.now().replace(hour=13))
    assert await charger.call("Heartbeat", {}, "same") == first
    other = await charger.call("Heartbeat", {}, "other")
    assert other.payload != first.payload


async def test_another_message_under_a_used_id_is_refused(central, logged):
    charger = await central.charger()
    await charger.call("Heartbeat", {}, "same")
    assert await charger.refused("StatusNotification", STATUS, "same") == "GenericError"
    assert await central.storage.read(connectors.list_connectors, "CP1") == []
    assert lines(logged, "message id reused")[0]["unique_id"] == "same"


async def test_ids_mean_nothing_across_connections(central):
    key = await central.add("CP1")
    for status in ("Available", "Preparing"):
        charger = await central.open("CP1", key=key)
        await charger.boot()
        await charger.send(Call("same", "StatusNotification", STATUS | {"status": status}))
        assert isinstance(await charger.receive(), CallResult)
        await charger.websocket.close()
    [connector] = await central.storage.read(connectors.list_connectors, "CP1")
    assert connector.status == "Preparing"


async def test_a_refusal_that_passes_is_not_stored_for_the_id(central):
    charger = await central.open("CP1", key=await central.add("CP1"))
    assert await charger.refused("Heartbeat", {}, "same") == "SecurityError"
    await charger.boot()
    assert isinstance(await charger.call("Heartbeat", {}, "same"), CallResult)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=10,
)
actions = st.sampled_from(
    [
        "Authorize",
        "BootNotification",
        "DataTransfer",
        "FirmwareStatusNotification",
        "Heartbeat",
        "MeterValues",
        "Reset",
        "StartTransaction",
        "StatusNotification",
        "StopTransaction",
        "Nothing",
    ]
)
names = st.sampled_from(
    [
        "connectorId",
        "errorCode",
        "idTag",
        "info",
        "meterStart",
        "meterStop",
        "meterValue",
        "reason",
        "status",
        "timestamp",
        "transactionData",
        "transactionId",
        "vendorId",
    ]
)
values = (
    json_values
    | st.integers(-3, 300)
    | st.sampled_from(
        ["2026-06-01T12:00:00Z", "1970-01-01T00:00:00", "0001-01-01T00:00:00Z", "TAG"]
    )
    | st.builds(
        lambda moment, value: [{"timestamp": moment, "sampledValue": [{"value": value}]}],
        st.sampled_from(["2026-06-01T12:00:00Z", "soon", 3]),
        json_values,
    )
)
nearly_calls = st.builds(
    lambda action, payload: [2, "f", action, payload],
    actions | st.text(max_size=5),
    st.dictionaries(names, values, max_size=7) | json_values,
)
any_texts = (
    st.text(max_size=60)
    | json_values.map(lambda value: json.dumps(value, allow_nan=True))
    | nearly_calls.map(json.dumps)
    | st.lists(json_values, max_size=6).map(json.dumps)
)


@pytest.mark.parametrize("count", [150, pytest.param(5_000, marks=pytest.mark.full)])
def test_no_frame_stops_a_charger_or_disturbs_another(runner, running_central, count, logged):
    central = running_central
    neighbour = runner.run(central.charger("NEIGHBOUR"))
    key = runner.run(central.add("FUZZ"))
    runner.run(_boot_once(central, key))

    @settings(max_examples=count, database=None, deadline=None)
    @given(any_texts)
    def survives(text):
        answers = runner.run(_exchange(central, key, text))
        assert isinstance(answers[-1], CallResult)
        assert len(answers) <= 2
        assert not any(getattr(answer, "code", "") == "InternalError" for answer in answers)

    survives()
    runner.run(neighbour.ask("Heartbeat", {}))
    assert not lines(logged, "call failed")


async def _boot_once(central, key):
    charger = await central.open("FUZZ", key=key)
    await charger.boot()
    await charger.websocket.close()


async def _exchange(central, key, text):
    """Send any text on a fresh socket, then a heartbeat; gives all answers."""
    charger = await central.open("FUZZ", key=key)
    await charger.send(text)
    await charger.send(Call("last", "Heartbeat", {}))
    answers = [await charger.receive()]
    while answers[-1].unique_id != "last":
        answers.append(await charger.receive())
    await charger.websocket.close()
    return answers
