"""Commands of the central system: sent one at a time, answered, refused, late; and recorded."""

import asyncio

import pytest
from websockets.exceptions import InvalidStatus

from central.domain import commands
from central.domain.charger_link import CommandOutcome
from central.domain.errors import ConflictError, InvalidError
from central.ocpp.v16.commands import COMMANDS
from wire.frames import Call, CallError, CallResult

SCHEDULE = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.5}]}
PROFILE = {
    "chargingProfileId": 1,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Absolute",
    "chargingSchedule": SCHEDULE,
}
ACCEPTED = {"status": "Accepted"}
HASH_DATA = {
    "hashAlgorithm": "SHA256",
    "issuerNameHash": "ab" * 32,
    "issuerKeyHash": "cd" * 32,
    "serialNumber": "4d2",
}
EXAMPLES = {
    "CancelReservation": ({"reservationId": 1}, ACCEPTED),
    "CertificateSigned": ({"certificateChain": "-"}, {"status": "Rejected"}),
    "ChangeAvailability": ({"connectorId": 0, "type": "Inoperative"}, {"status": "Scheduled"}),
    "ChangeConfiguration": (
        {"key": "HeartbeatInterval", "value": "60"},
        {"status": "RebootRequired"},
    ),
    "ClearCache": ({}, {"status": "Rejected"}),
    "ClearChargingProfile": ({"id": 1}, {"status": "Unknown"}),
    "DataTransfer": ({"vendorId": "v"}, {"status": "Accepted", "data": "x"}),
    "DeleteCertificate": ({"certificateHashData": HASH_DATA}, {"status": "NotFound"}),
    "ExtendedTriggerMessage": ({"requestedMessage": "Heartbeat"}, {"status": "NotImplemented"}),
    "GetCompositeSchedule": (
        {"connectorId": 1, "duration": 60},
        {"status": "Accepted", "connectorId": 1, "chargingSchedule": SCHEDULE},
    ),
    "GetConfiguration": (
        {"key": ["A", "B"]},
        {"configurationKey": [{"key": "A", "readonly": True, "value": "1"}], "unknownKey": ["B"]},
    ),
    "GetDiagnostics": ({"location": "ftp://files.example/d"}, {"fileName": "d.zip"}),
    "GetInstalledCertificateIds": (
        {"certificateType": "ManufacturerRootCertificate"},
        {"status": "Accepted", "certificateHashData": [HASH_DATA]},
    ),
    "GetLocalListVersion": ({}, {"listVersion": -1}),
    "GetLog": (
        {
            "logType": "SecurityLog",
            "requestId": 1,
            "log": {"remoteLocation": "ftp://files.example/l"},
        },
        {"status": "AcceptedCanceled", "filename": "l.zip"},
    ),
    "InstallCertificate": (
        {"certificateType": "ManufacturerRootCertificate", "certificate": "-"},
        {"status": "Failed"},
    ),
    "RemoteStartTransaction": ({"idTag": "TAG", "connectorId": 1}, ACCEPTED),
    "RemoteStopTransaction": ({"transactionId": 1}, ACCEPTED),
    "ReserveNow": (
        {
            "connectorId": 1,
            "expiryDate": "2026-06-01T13:00:00Z",
            "idTag": "TAG",
            "reservationId": 1,
        },
        {"status": "Occupied"},
    ),
    "Reset": ({"type": "Soft"}, ACCEPTED),
    "SendLocalList": (
        {"listVersion": 1, "updateType": "Full", "localAuthorizationList": []},
        {"status": "VersionMismatch"},
    ),
    "SetChargingProfile": ({"connectorId": 1, "csChargingProfiles": PROFILE}, ACCEPTED),
    "SignedUpdateFirmware": (
        {
            "requestId": 1,
            "firmware": {
                "location": "http://files.example/f",
                "retrieveDateTime": "2026-06-01T13:00:00Z",
                "signingCertificate": "-",
                "signature": "AAAA",
            },
        },
        {"status": "InvalidCertificate"},
    ),
    "TriggerMessage": ({"requestedMessage": "Heartbeat"}, {"status": "NotImplemented"}),
    "UnlockConnector": ({"connectorId": 1}, {"status": "UnlockFailed"}),
    "UpdateFirmware": (
        {"location": "http://files.example/f", "retrieveDate": "2026-06-01T13:00:00Z"},
        {},
    ),
}


async def answered(charger, command, answer):
    """Answer the next call as a charger and give the call and the result of the command."""
    call = await charger.receive()
    if isinstance(answer, dict):
        await charger.send(CallResult(call.unique_id, answer))
    else:
        await charger.send(CallError(call.unique_id, answer, "not today"))
    return call, await command


async def send(central, action, payload, **more):
    return asyncio.ensure_future((await central.link()).call(action, payload, **more))


def test_there_is_an_example_of_each_of_the_26_commands():
    assert set(EXAMPLES) == COMMANDS
    assert len(COMMANDS) == 26


@pytest.mark.parametrize("action", sorted(EXAMPLES))
async def test_a_command_reaches_the_charger_and_its_answer_comes_back_and_is_kept(central, action):
    payload, answer = EXAMPLES[action]
    charger = await central.charger()
    command = await send(central, action, payload)
    call, result = await answered(charger, command, answer)
    assert (call.action, call.payload) == (action, payload)
    assert result.outcome is CommandOutcome.ANSWERED
    assert result.payload == answer
    assert result.latency_us > 0
    kept = await central.storage.read(commands.get_command, result.command_id)
    assert (kept.charge_point_id, kept.action, kept.payload) == ("CP1", action, payload)
    assert (kept.outcome, kept.response) == ("answered", answer)
    assert kept.latency_us == result.latency_us


async def test_a_refusal_comes_back_with_code_and_description(central):
    charger = await central.charger()
    _, result = await answered(charger, await send(central, "ClearCache", {}), "NotSupported")
    assert result.outcome is CommandOutcome.REFUSED
    assert (result.error_code, result.error_description) == ("NotSupported", "not today")
    kept = await central.storage.read(commands.get_command, result.command_id)
    assert kept.outcome == "refused"
    assert kept.response == {"code": "NotSupported", "description": "not today"}


async def test_an_answer_against_the_schema_is_told_apart(central):
    charger = await central.charger()
    _, result = await answered(charger, await send(central, "ClearCache", {}), {"status": "Sure"})
    assert result.outcome is CommandOutcome.INVALID_ANSWER
    assert result.error_description.startswith("status: ")
    assert result.status is None


@pytest.mark.parametrize(
    ("action", "payload", "where"),
    [
        ("Heartbeat", {}, "action"),
        ("MakeCoffee", {}, "action"),
        ("Reset", {"type": "Warm"}, "type"),
        ("Reset", {}, ""),
        ("UnlockConnector", {"connectorId": "1"}, "connectorId"),
    ],
)
async def test_a_command_that_is_not_allowed_is_not_sent(central, action, payload, where):
    charger = await central.charger()
    with pytest.raises(InvalidError) as caught:
        await (await central.link()).call(action, payload)
    assert caught.value.where == where
    assert await central.storage.read(commands.list_commands) == []
    assert (await charger.call("Heartbeat", {}, "h")).unique_id == "h"


@pytest.mark.parametrize("action", ["RemoteStartTransaction", "RemoteStopTransaction"])
async def test_a_charger_that_was_not_accepted_is_not_started_or_stopped(central, action):
    charger = await central.open("CP1", key=await central.add("CP1"))
    link = await central.link()
    with pytest.raises(ConflictError, match="boot"):
        await link.call(action, EXAMPLES[action][0])
    await charger.boot()
    command = asyncio.ensure_future(link.call(action, EXAMPLES[action][0]))
    assert (await answered(charger, command, ACCEPTED))[1].status == "Accepted"


async def test_one_command_is_outstanding_at_a_time(central):
    charger = await central.charger()
    first = await send(central, "ClearCache", {})
    second = await send(central, "GetLocalListVersion", {})
    call = await charger.receive()
    assert call.action == "ClearCache"
    # Had the second been sent already, it would come before this answer.
    assert (await charger.call("Heartbeat", {}, "h")).unique_id == "h"
    await charger.send(CallResult(call.unique_id, ACCEPTED))
    await first
    _, result = await answered(charger, second, {"listVersion": 3})
    assert result.payload == {"listVersion": 3}


async def test_a_charger_that_does_not_answer_times_out_and_its_late_answer_is_logged(
    start_central, logged
):
    central = await start_central(call_timeout_s=0.05)
    charger = await central.charger()
    command = await send(central, "ClearCache", {})
    call = await charger.receive()
    result = await command
    assert result.outcome is CommandOutcome.TIMED_OUT
    assert result.latency_us > 49_000  # the event loop's timers have whole milliseconds
    kept = await central.storage.read(commands.get_command, result.command_id)
    assert kept.outcome == "timed_out"
    await charger.send(CallResult(call.unique_id, ACCEPTED))
    await charger.send(CallResult("99", ACCEPTED))
    await charger.ask("Heartbeat", {})
    late = [line for line in logged if line["event"] == "answer to no call"]
    assert [(line["unique_id"], line["late"]) for line in late] == [
        (call.unique_id, True),
        ("99", False),
    ]


async def test_an_answer_under_another_id_does_not_count(central):
    charger = await central.charger()
    command = await send(central, "ClearCache", {})
    call = await charger.receive()
    await charger.send(CallResult("wrong", {"status": "Rejected"}))
    await charger.send(CallResult(call.unique_id, ACCEPTED))
    assert (await command).status == "Accepted"


async def test_a_second_answer_to_the_same_call_is_logged(central, logged):
    charger = await central.charger()
    command = await send(central, "ClearCache", {})
    call, _ = await answered(charger, command, ACCEPTED)
    await charger.send(CallResult(call.unique_id, {"status": "Rejected"}))
    await charger.ask("Heartbeat", {})
    assert [line["late"] for line in logged if line["event"] == "answer to no call"] == [True]


async def test_a_socket_that_ends_before_the_answer_makes_the_command_offline(central):
    charger = await central.charger()
    waiting = [await send(central, "ClearCache", {}) for _ in range(2)]
    await charger.receive()
    await charger.websocket.close()
    results = await asyncio.gather(*waiting)
    assert [result.outcome for result in results] == [CommandOutcome.OFFLINE] * 2
    kept = await central.storage.read(commands.list_commands)
    assert [command.outcome for command in kept] == ["offline", "offline"]


async def test_who_asked_is_recorded(central):
    charger = await central.charger()
    command = await send(central, "ClearCache", {}, requested_by=7)
    _, result = await answered(charger, command, ACCEPTED)
    kept = await central.storage.read(commands.get_command, result.command_id)
    assert kept.requested_by == 7


@pytest.mark.parametrize("name", ["AuthorizationKey", "authorizationkey"])
async def test_a_new_authorization_key_replaces_the_old_one_and_is_recorded_nowhere(
    central, logged, name
):
    # TC_073_CSMS
    new_key = "4F43415F4F4354545F61646D696E5F74657374"
    old_key = await central.add("CP1")
    charger = await central.open("CP1", key=old_key)
    await charger.boot()
    payload = {"key": name, "value": new_key}
    command = await send(central, "ChangeConfiguration", payload)
    call, result = await answered(charger, command, ACCEPTED)
    assert call.payload == payload
    with pytest.raises(InvalidStatus):
        await central.open("CP1", key=old_key)
    await central.open("CP1", key=new_key)
    await central.services.message_log.flush()
    kept = await central.storage.read(commands.get_command, result.command_id)
    frames = (await central.services.message_log.search("CP1")).frames
    for record in (str(kept), str(frames), str(logged)):
        assert new_key.lower() not in record.lower()
    assert "ChangeConfiguration" in str(frames)


async def test_a_key_that_the_charger_rejects_leaves_the_old_one(central):
    old_key = await central.add("CP1")
    charger = await central.open("CP1", key=old_key)
    await charger.boot()
    payload = {"key": "AuthorizationKey", "value": "ab" * 16}
    command = await send(central, "ChangeConfiguration", payload)
    await answered(charger, command, {"status": "Rejected"})
    await central.open("CP1", key=old_key)


async def test_a_key_of_the_wrong_length_is_not_sent(central):
    await central.charger()
    with pytest.raises(InvalidError):
        await (await central.link()).call(
            "ChangeConfiguration", {"key": "AuthorizationKey", "value": "short"}
        )


async def test_a_charger_that_is_not_connected_has_no_link(central):
    await central.add("CP1")
    assert await central.registry.find("CP1") is None
    assert central.registry.connected() == []


async def test_the_ids_of_commands_are_new_on_each_connection_and_short(central):
    charger = await central.charger()
    for _ in range(3):
        command = await send(central, "ClearCache", {})
        call, _ = await answered(charger, command, ACCEPTED)
        assert isinstance(call, Call)
        assert 0 < len(call.unique_id) <= 36
