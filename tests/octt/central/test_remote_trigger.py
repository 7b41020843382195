"""Remote trigger profile."""

from __future__ import annotations

from typing import Any

from tests.octt.central.conftest import Case, moment

ACCEPTED = {"status": "Accepted"}


async def test_tc_054_csms_each_message_is_triggered_and_processed(case: Case):
    await case.boot()
    triggered: dict[str, dict[str, Any]] = {
        "MeterValues": {
            "connectorId": 1,
            "meterValue": [
                {"timestamp": moment(), "sampledValue": [{"value": "1234", "context": "Trigger"}]}
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
        await case.charger.call(message, **payload)
    readings = await case.get(f"/api/metering/{case.charge_point_id}")
    assert [one["sampled_values"][0]["value"] for one in readings] == ["1234"]
    assert (await case.connector())["status"] == "Preparing"
    charger = await case.get(f"/api/chargers/{case.charge_point_id}/status")
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
