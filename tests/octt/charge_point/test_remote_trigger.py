"""Remote trigger."""

from __future__ import annotations

import json
from typing import Any


async def test_tc_054_cs_what_is_asked_for_is_sent(rig: Any) -> None:
    cp = await rig.boot()
    frames: list[list[Any]] = []
    cp.on_frame(lambda _, way, text: frames.append(json.loads(text)) if way == ">" else None)
    for message in (
        "MeterValues",
        "Heartbeat",
        "StatusNotification",
        "DiagnosticsStatusNotification",
        "FirmwareStatusNotification",
    ):
        before = len(rig.central.calls)
        frames.clear()
        asked: dict[str, Any] = {"requestedMessage": message}
        if message in {"MeterValues", "StatusNotification"}:
            asked["connectorId"] = 1
        assert await rig.ask("TriggerMessage", asked) == {"status": "Accepted"}, message
        await rig.run(3)
        ((action, payload),) = rig.central.calls[before:]
        assert action == message
        assert [kind for kind, *_ in frames] == [3, 2], "the answer first, then the message"
        if message == "MeterValues":
            (sampled,) = payload["meterValue"][0]["sampledValue"]
            assert payload["connectorId"] == 1
            assert sampled["context"] == "Trigger"
            assert sampled["measurand"] == "Energy.Active.Import.Register"
        elif message == "StatusNotification":
            assert (payload["connectorId"], payload["status"]) == (1, "Available")
        elif message != "Heartbeat":
            assert payload == {"status": "Idle"}


async def test_tc_055_cs_meter_values_of_no_connector_are_not_triggered(rig: Any) -> None:
    await rig.boot()
    before = len(rig.central.calls)
    asked = {"requestedMessage": "MeterValues", "connectorId": len(rig.evses) + 1}
    assert await rig.ask("TriggerMessage", asked) == {"status": "Rejected"}
    await rig.run(5)
    assert len(rig.central.calls) == before
