"""Every command of OCPP 1.6 over REST."""

import pytest
from websockets.exceptions import InvalidStatus

from central.api.charging_profile import PROFILE_EXAMPLE
from central.api.ocpp_operations import OPERATIONS
from wire.schemas import validate_request

CASES = {
    "remote-start-transaction": (
        {"id_tag": "USER001", "connector_id": 1},
        {"idTag": "USER001", "connectorId": 1},
        {"status": "Accepted"},
    ),
    "remote-stop-transaction": (
        {"transaction_id": 7},
        {"transactionId": 7},
        {"status": "Accepted"},
    ),
    "change-availability": (
        {"connector_id": 1, "type": "Operative"},
        {"connectorId": 1, "type": "Operative"},
        {"status": "Scheduled"},
    ),
    "change-configuration": (
        {"key": "HeartbeatInterval", "value": "300"},
        {"key": "HeartbeatInterval", "value": "300"},
        {"status": "RebootRequired"},
    ),
    "get-configuration": (
        {"key": ["HeartbeatInterval"]},
        {"key": ["HeartbeatInterval"]},
        {"configurationKey": [], "unknownKey": ["HeartbeatInterval"]},
    ),
    "clear-cache": ({}, {}, {"status": "Accepted"}),
    "reset": ({"type": "Hard"}, {"type": "Hard"}, {"status": "Accepted"}),
    "unlock-connector": ({"connector_id": 1}, {"connectorId": 1}, {"status": "Unlocked"}),
    "get-diagnostics": (
        {
            "location": "ftp://files.example/",
            "start_time": "2026-06-01T00:00:00Z",
            "stop_time": "2026-06-01T02:00:00+02:00",
        },
        {
            "location": "ftp://files.example/",
            "startTime": "2026-06-01T00:00:00.000Z",
            "stopTime": "2026-06-01T00:00:00.000Z",
        },
        {"fileName": "diagnostics.txt"},
    ),
    "update-firmware": (
        {"location": "http://files.example/f.bin", "retrieve_date": "2026-06-01T00:00:00Z"},
        {"location": "http://files.example/f.bin", "retrieveDate": "2026-06-01T00:00:00.000Z"},
        {},
    ),
    "reserve-now": (
        {
            "connector_id": 1,
            "expiry_date": "2026-06-01T00:00:00Z",
            "id_tag": "USER001",
            "reservation_id": 1,
        },
        {
            "connectorId": 1,
            "expiryDate": "2026-06-01T00:00:00.000Z",
            "idTag": "USER001",
            "reservationId": 1,
        },
        {"status": "Accepted"},
    ),
    "cancel-reservation": ({"reservation_id": 1}, {"reservationId": 1}, {"status": "Accepted"}),
    "data-transfer": (
        {"vendor_id": "com.example", "message_id": "Ping", "data": "x"},
        {"vendorId": "com.example", "messageId": "Ping", "data": "x"},
        {"status": "Accepted"},
    ),
    "get-local-list-version": ({}, {}, {"listVersion": 3}),
    "send-local-list": (
        {
            "list_version": 1,
            "update_type": "Full",
            "local_authorization_list": [
                {"id_tag": "USER001", "id_tag_info": {"status": "Accepted", "parent_id_tag": "P"}}
            ],
        },
        {
            "listVersion": 1,
            "updateType": "Full",
            "localAuthorizationList": [
                {"idTag": "USER001", "idTagInfo": {"status": "Accepted", "parentIdTag": "P"}}
            ],
        },
        {"status": "Accepted"},
    ),
    "trigger-message": (
        {"requested_message": "StatusNotification", "connector_id": 1},
        {"requestedMessage": "StatusNotification", "connectorId": 1},
        {"status": "Accepted"},
    ),
    "get-composite-schedule": (
        {"connector_id": 1, "duration": 3600},
        {"connectorId": 1, "duration": 3600},
        {"status": "Accepted"},
    ),
    "clear-charging-profile": (
        {"id": 1, "connector_id": 1},
        {"id": 1, "connectorId": 1},
        {"status": "Accepted"},
    ),
    "set-charging-profile": (
        {"connector_id": 1, "cs_charging_profiles": PROFILE_EXAMPLE},
        {
            "connectorId": 1,
            "csChargingProfiles": {
                "chargingProfileId": 1,
                "stackLevel": 0,
                "chargingProfilePurpose": "TxDefaultProfile",
                "chargingProfileKind": "Relative",
                "chargingSchedule": {
                    "chargingRateUnit": "A",
                    "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.0}],
                },
            },
        },
        {"status": "Accepted"},
    ),
}

OF_THE_WHITEPAPER = {
    "extended-trigger-message",
    "certificate-signed",
    "install-certificate",
    "get-installed-certificate-ids",
    "delete-certificate",
    "get-log",
    "signed-update-firmware",
}
"""Tested with what comes of them, in tests/octt/central/test_security.py."""


def test_all_commands_are_there():
    assert {operation.path for operation in OPERATIONS} == set(CASES) | OF_THE_WHITEPAPER
    assert len(OPERATIONS) == 26


async def test_a_command_goes_out_as_ocpp_wants_it_and_its_answer_comes_back(
    central, connect_charger, subtests
):
    charger = await connect_charger()
    for operation in OPERATIONS:
        if operation.path in OF_THE_WHITEPAPER:
            continue
        with subtests.test(operation.path):
            await _command_and_record(central, charger, operation)


async def _command_and_record(central, charger, operation):
    body, payload, answer = CASES[operation.path]
    charger.answers = {operation.action: answer}
    charger.commands.clear()
    told = await central.admin.post(f"/api/ocpp/CP001/{operation.path}", json=body)
    assert told.status_code == 200, told.text
    assert told.json()["success"] is True
    assert told.json()["response"] == answer
    (command,) = charger.commands
    assert command.action == operation.action
    assert command.payload == payload
    validate_request(command.action, command.payload)

    record = (await central.admin.get(f"/api/admin/commands/{told.json()['command_id']}")).json()
    assert record["action"] == operation.action
    assert record["payload"] == payload
    assert record["outcome"] == "answered"
    assert record["response"] == answer
    assert record["requested_by"] == 1
    assert record["latency_us"] > 0


async def test_an_answer_that_does_not_agree_is_no_success_and_says_so(central, connect_charger):
    await connect_charger(Reset={"status": "Rejected"})
    told = await central.admin.post("/api/ocpp/CP001/reset", json={"type": "Soft"})
    assert told.status_code == 200
    assert told.json()["success"] is False
    assert told.json()["status"] == "Rejected"
    assert set(told.json()["error"]) == {"what", "where", "how"}


async def test_a_charger_that_answers_with_an_error_is_a_bad_gateway(central, connect_charger):
    charger = await connect_charger()
    told = await central.admin.post("/api/ocpp/CP001/clear-cache", json={})
    assert told.status_code == 502
    assert "NotSupported" in told.json()["error"]["what"]
    assert len(charger.commands) == 1


async def test_an_answer_that_ocpp_does_not_allow_is_a_bad_gateway(central, connect_charger):
    await connect_charger(Reset={"status": "Perhaps"})
    told = await central.admin.post("/api/ocpp/CP001/reset", json={"type": "Soft"})
    assert told.status_code == 502


@pytest.mark.parametrize("central", [{"ocpp_call_timeout": 0.05}], indirect=True)
async def test_a_charger_that_does_not_answer_is_a_gateway_timeout(
    central, play_charger, connect_charger
):
    charger = await connect_charger()

    async def never(_payload):
        # Answers anything else, but not this.
        await charger.websocket.wait_closed()

    charger.answers["Reset"] = never
    told = await central.admin.post("/api/ocpp/CP001/reset", json={"type": "Soft"})
    assert told.status_code == 504
    await charger.websocket.close()


async def test_a_charger_that_is_not_connected_is_a_conflict(central):
    await central.add_charger("CP001")
    told = await central.admin.post("/api/ocpp/CP001/reset", json={"type": "Soft"})
    assert told.status_code == 409
    assert told.json()["error"]["what"] == "charger CP001 is not connected"


async def test_a_charger_that_does_not_exist_is_not_found(central):
    told = await central.admin.post("/api/ocpp/CP404/reset", json={"type": "Soft"})
    assert told.status_code == 404
    assert "add-charger" in told.json()["error"]["how"]


LIST = {"list_version": 1, "update_type": "Full"}
TAG = {"id_tag": "A", "id_tag_info": {"status": "Accepted"}}


def _profile(**changes):
    return {"connector_id": 1, "cs_charging_profiles": PROFILE_EXAMPLE | changes}


def _schedule(*periods):
    return {"charging_rate_unit": "A", "charging_schedule_period": list(periods)}


REFUSED = [
    ("reset", {}),
    ("reset", {"type": "Medium"}),
    ("reset", {"type": "Soft", "extra": 1}),
    ("unlock-connector", {"connector_id": 0}),
    ("unlock-connector", {"connector_id": "1"}),
    ("unlock-connector", {"connector_id": 2**31}),
    ("change-availability", {"connector_id": -1, "type": "Operative"}),
    ("change-configuration", {"key": "k" * 51, "value": ""}),
    ("reserve-now", CASES["reserve-now"][0] | {"expiry_date": "2026-06-01T00:00:00"}),
    ("reserve-now", CASES["reserve-now"][0] | {"id_tag": "x" * 21}),
    ("get-diagnostics", {"location": "not a uri"}),
    ("send-local-list", LIST | {"list_version": 0}),
    ("send-local-list", LIST | {"local_authorization_list": [{"id_tag": "A"}]}),
    ("send-local-list", LIST | {"local_authorization_list": [TAG, TAG | {"id_tag": "a"}]}),
    ("set-charging-profile", _profile(charging_profile_purpose="ChargePointMaxProfile")),
    ("set-charging-profile", _profile(charging_profile_purpose="TxProfile")),
    ("set-charging-profile", _profile(charging_profile_kind="Recurring")),
    ("set-charging-profile", _profile(transaction_id=1)),
    (
        "set-charging-profile",
        _profile(charging_schedule=_schedule({"start_period": 1, "limit": 6})),
    ),
    (
        "set-charging-profile",
        _profile(charging_schedule=_schedule({"start_period": 0, "limit": 6.05})),
    ),
    (
        "set-charging-profile",
        _profile(charging_schedule=_schedule(*[{"start_period": 0, "limit": 6}] * 2)),
    ),
    ("remote-start-transaction", {"id_tag": "A", "charging_profile": PROFILE_EXAMPLE}),
    ("trigger-message", {"requested_message": "Authorize"}),
]


async def test_a_command_that_ocpp_does_not_allow_is_refused_before_it_is_sent(
    central, connect_charger, subtests
):
    charger = await connect_charger()
    for path, body in REFUSED:
        with subtests.test(f"{path} {body}"):
            told = await central.admin.post(f"/api/ocpp/CP001/{path}", json=body)
            assert told.status_code == 422, told.text
            assert set(told.json()["error"]) == {"what", "where", "how"}
    assert charger.commands == []


async def test_a_limit_with_one_decimal_goes_out_whatever_its_binary_form(
    central, connect_charger, subtests
):
    await connect_charger(SetChargingProfile={"status": "Accepted"})
    for limit in [6.1, 16.3, 0.7, 79.9, 32]:
        with subtests.test(str(limit)):
            body = _profile(charging_schedule=_schedule({"start_period": 0, "limit": limit}))
            told = await central.admin.post("/api/ocpp/CP001/set-charging-profile", json=body)
            assert told.status_code == 200, told.text


async def test_configuration_is_read_and_changed_through_the_charger_s_own_paths(
    central, connect_charger
):
    charger = await connect_charger(
        GetConfiguration={
            "configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}]
        },
        ChangeConfiguration={"status": "Accepted"},
    )
    read = await central.admin.get("/api/chargers/CP001/configuration")
    assert read.json() == {
        "success": True,
        "configuration": [{"key": "HeartbeatInterval", "value": "300", "readonly": False}],
        "unknown_keys": [],
    }
    changed = await central.admin.post(
        "/api/chargers/CP001/configuration/change",
        json={"key": "HeartbeatInterval", "value": "60"},
    )
    assert changed.json() == {
        "success": True,
        "message": "Configuration accepted",
        "status": "Accepted",
    }
    charger.answers["ChangeConfiguration"] = {"status": "NotSupported"}
    refused = await central.admin.post(
        "/api/chargers/CP001/configuration/change", json={"key": "Unknown", "value": "60"}
    )
    assert refused.status_code == 409
    assert refused.json()["error"]["where"] == "body: key"


async def test_a_lost_connection_is_told_to_whoever_waits(central, connect_charger):
    charger = await connect_charger()

    async def vanish(_payload):
        await charger.websocket.close()

    charger.answers["Reset"] = vanish
    told = await central.admin.post("/api/ocpp/CP001/reset", json={"type": "Soft"})
    assert told.status_code == 409


async def test_a_new_key_takes_effect_when_the_charger_accepts_it_and_is_recorded_nowhere(
    central, play_charger
):
    old, new = await central.add_charger("CP001"), "c0ffee00" * 5
    charger = await play_charger(
        central.ocpp, "CP001", old, ChangeConfiguration={"status": "Accepted"}
    )
    await charger.boot()
    change = {"key": "AuthorizationKey", "value": new}
    told = await central.admin.post("/api/ocpp/CP001/change-configuration", json=change)
    assert told.json()["success"] is True, told.text
    assert charger.commands[0].payload == change
    await central.system.services.message_log.flush()
    for path in ("/api/admin/commands", "/api/messages/CP001"):
        assert new not in (await central.admin.get(path)).text
    with pytest.raises(InvalidStatus, match="401"):
        await play_charger(central.ocpp, "CP001", old)
    assert await (await play_charger(central.ocpp, "CP001", new)).call("Heartbeat")
