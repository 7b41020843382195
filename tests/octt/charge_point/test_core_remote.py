"""Core: remote start and remote stop."""

from __future__ import annotations

from typing import Any

import pytest

from twin.charge_point import Status


@pytest.mark.parametrize("authorize", ["true", "false"])
async def test_tc_010_cs_remote_start_with_the_cable_in(rig: Any, authorize: str) -> None:
    await rig.boot(configuration={"AuthorizeRemoteTxRequests": authorize})
    rig.plug_in()
    await rig.run(1)
    answer = await rig.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG9"})
    assert answer == {"status": "Accepted"}
    await rig.until(lambda: "Charging" in rig.central.statuses())
    assert bool(rig.central.of("Authorize")) == (authorize == "true")
    (start,) = rig.central.of("StartTransaction")
    assert (start["connectorId"], start["idTag"]) == (1, "TAG9")


async def test_tc_011_1_cs_remote_start_before_the_cable(rig: Any) -> None:
    await rig.boot()
    assert await rig.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG9"}) == {
        "status": "Accepted"
    }
    await rig.run(1)
    assert rig.central.statuses()[-1] == "Preparing"
    rig.plug_in()
    await rig.until(lambda: "Charging" in rig.central.statuses())
    assert len(rig.central.of("StartTransaction")) == 1


async def test_tc_011_2_cs_remote_start_without_a_cable_times_out(rig: Any) -> None:
    await rig.boot(configuration={"ConnectionTimeOut": "20"})
    await rig.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG9"})
    await rig.run(22)
    assert rig.central.statuses() == ["Available", "Preparing", "Available"]


async def test_tc_012_cs_remote_stop(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    assert await rig.ask("RemoteStopTransaction", {"transactionId": 100}) == {"status": "Accepted"}
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    assert rig.central.of("StopTransaction")[0]["reason"] == "Remote"
    await rig.run(1)
    assert rig.central.statuses()[-1] == "Finishing"


async def test_tc_026_cs_remote_start_where_a_session_runs_is_rejected(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    answer = await rig.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG2"})
    assert answer == {"status": "Rejected"}


@pytest.mark.parametrize("connector", [0, 2, -1])
async def test_tc_027_cs_remote_start_on_no_connector_is_rejected(rig: Any, connector: int) -> None:
    await rig.boot()
    answer = await rig.ask("RemoteStartTransaction", {"connectorId": connector, "idTag": "TAG2"})
    assert answer == {"status": "Rejected"}


async def test_tc_028_cs_remote_stop_of_another_transaction_is_rejected(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    assert await rig.ask("RemoteStopTransaction", {"transactionId": 999}) == {"status": "Rejected"}
    await rig.run(10)
    assert rig.cp.status() is Status.CHARGING
