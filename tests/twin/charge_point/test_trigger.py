"""Messages that the central system asks for."""

from __future__ import annotations

from typing import Any

import pytest

from twin.charge_point import Registration


async def test_without_a_connector_every_one_is_meant(rig: Any) -> None:
    rig.add_evse(seed=1)
    rig.add_evse(seed=2)
    await rig.boot()
    before = len(rig.central.calls)
    await rig.ask("TriggerMessage", {"requestedMessage": "StatusNotification"})
    await rig.ask("TriggerMessage", {"requestedMessage": "MeterValues"})
    await rig.run(3)
    told = [(action, payload["connectorId"]) for action, payload in rig.central.calls[before:]]
    assert told[:3] == [("StatusNotification", number) for number in (0, 1, 2)]
    assert sorted(told[3:]) == [("MeterValues", 1), ("MeterValues", 2)]


async def test_a_connector_where_there_is_none_means_nothing(rig: Any) -> None:
    await rig.boot()
    asked = {"requestedMessage": "Heartbeat", "connectorId": 5}
    assert await rig.ask("TriggerMessage", asked) == {"status": "Accepted"}
    await rig.run(1)
    assert rig.central.actions[-1] == "Heartbeat"


@pytest.mark.parametrize("asked", [("StatusNotification", 2), ("MeterValues", 0)])
async def test_what_there_is_not_is_rejected(rig: Any, asked: tuple[str, int]) -> None:
    await rig.boot()
    payload = {"requestedMessage": asked[0], "connectorId": asked[1]}
    assert await rig.ask("TriggerMessage", payload) == {"status": "Rejected"}


async def test_an_accepted_charge_point_does_not_boot_because_of_a_word(rig: Any) -> None:
    await rig.boot()
    asked = {"requestedMessage": "BootNotification"}
    assert await rig.ask("TriggerMessage", asked) == {"status": "Rejected"}
    await rig.run(2)
    assert len(rig.central.of("BootNotification")) == 1


async def test_a_pending_charge_point_sends_only_what_is_asked_for(rig: Any) -> None:
    rig.central.answers["BootNotification"] = lambda _: {
        "currentTime": "2026-01-01T00:00:00Z",
        "interval": 1000,
        "status": "Pending",
    }
    cp = rig.build()
    cp.start()
    await rig.until(lambda: cp.registration is Registration.PENDING)
    await rig.ask("TriggerMessage", {"requestedMessage": "StatusNotification", "connectorId": 1})
    await rig.run(1)
    assert rig.central.actions == ["BootNotification", "StatusNotification"]
    del rig.central.answers["BootNotification"]
    asked = {"requestedMessage": "BootNotification"}
    assert await rig.ask("TriggerMessage", asked) == {"status": "Accepted"}
    await rig.until(lambda: cp.online)


async def test_values_of_a_transaction_keep_their_place_among_its_messages(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    await rig.run(5)
    await rig.ask("TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 1})
    await rig.run(1)
    (values,) = rig.central.of("MeterValues")
    assert values["transactionId"] == 100
    assert values["meterValue"][0]["sampledValue"][0]["context"] == "Trigger"
