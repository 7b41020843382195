"""Remote trigger profile."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.octt.central.case import Case, moment

ACCEPTED = {"status": "Accepted"}


async def test_tc_054_csms_each_message_is_triggered_and_processed(case: Case):
    await case.boot()
    taken_at = moment()
    triggered: dict[str, dict[str, Any]] = {
        "MeterValues": {
            "connectorId": 1,
            "meterValue": [
                {"timestamp": taken_at, "sampledValue": [{"value": "1234", "context": "Trigger"}]}
            ],
        },
        "Heartbeat": {},
        "StatusNotification": {"connectorId": 1, "errorCode": "NoError", "status": "Preparing"},
        "DiagnosticsStatusNotification": {"status": "Idle"},
        "FirmwareStatusNotification": {"status": "Idle"},
    }
    for message, payload in triggered.items():
        connector = {"connector_id": 1} if "connectorId" in payload else {}
        told = await case.operates(
            "trigger-message", ACCEPTED, requested_message=message, **connector
        )
        assert told["success"]
        assert case.last_payload == {"requestedMessage": message} | (
            {"connectorId": 1} if connector else {}
        )
        answer = await case.charger.call(message, **payload)
        assert set(answer) == ({"currentTime"} if message == "Heartbeat" else set())
    [reading] = await case.get(f"/api/metering/{case.charge_point_id}")
    assert (reading["connector_id"], reading["context"]) == (1, "Trigger")
    assert datetime.fromisoformat(reading["timestamp"]) == datetime.fromisoformat(taken_at)
    assert reading["total_kwh"] == 1.234
    assert await case.connector_status() == "Preparing"
    charger = await case.state()
    assert (charger["diagnostics_status"], charger["firmware_status"]) == ("Idle", "Idle")


async def test_tc_055_csms_a_trigger_for_a_connector_that_is_not_there_is_told(case: Case):
    await case.boot()
    told = await case.operates(
        "trigger-message",
        {"status": "Rejected"},
        requested_message="MeterValues",
        connector_id=2,
    )
    assert case.last_payload == {"requestedMessage": "MeterValues", "connectorId": 2}
    assert (told["success"], told["status"]) == (False, "Rejected")
    assert await case.get(f"/api/metering/{case.charge_point_id}") == []
