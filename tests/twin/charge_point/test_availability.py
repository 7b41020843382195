"""In and out of operation."""

from __future__ import annotations

from typing import Any

from twin.charge_point import Status


async def _change(rig: Any, connector: int, kind: str) -> str:
    payload = {"connectorId": connector, "type": kind}
    answer: dict[str, str] = await rig.ask("ChangeAvailability", payload)
    return answer["status"]


async def test_a_connector_goes_out_of_operation_and_comes_back(rig: Any) -> None:
    await rig.boot()
    assert await _change(rig, 1, "Inoperative") == "Accepted"
    await rig.run(1)
    assert rig.central.statuses(1)[-1] == "Unavailable"
    assert rig.central.statuses(0) == ["Available"]
    rig.tag()
    await rig.run(5)
    assert rig.central.of("Authorize") == []
    assert await _change(rig, 1, "Operative") == "Accepted"
    await rig.run(1)
    assert rig.central.statuses(1)[-1] == "Available"


async def test_what_is_so_already_is_accepted(rig: Any) -> None:
    await rig.boot()
    assert await _change(rig, 1, "Operative") == "Accepted"
    assert await _change(rig, 1, "Inoperative") == "Accepted"
    assert await _change(rig, 1, "Inoperative") == "Accepted"
    await rig.run(1)
    assert rig.central.statuses(1) == ["Available", "Unavailable"]


async def test_a_connector_that_does_not_exist_is_rejected(rig: Any) -> None:
    await rig.boot()
    assert await _change(rig, 2, "Inoperative") == "Rejected"


async def test_during_a_transaction_it_is_scheduled_for_its_end(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    assert await _change(rig, 1, "Inoperative") == "Scheduled"
    await rig.run(30)
    assert rig.cp.status() is Status.CHARGING
    await rig.ask("RemoteStopTransaction", {"transactionId": 100})
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    await rig.run(1)
    assert rig.central.statuses()[-1] == "Unavailable"


async def test_what_was_scheduled_can_be_called_off(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    assert await _change(rig, 1, "Inoperative") == "Scheduled"
    assert await _change(rig, 1, "Operative") == "Accepted"
    await rig.ask("RemoteStopTransaction", {"transactionId": 100})
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    await rig.run(1)
    assert rig.central.statuses()[-1] == "Finishing"


async def test_from_preparing_it_goes_by_available(rig: Any) -> None:
    await rig.boot()
    rig.tag()
    await rig.until(lambda: rig.cp.status() is Status.PREPARING)
    assert await _change(rig, 1, "Inoperative") == "Accepted"
    await rig.run(1)
    assert rig.central.statuses() == ["Available", "Preparing", "Available", "Unavailable"]
