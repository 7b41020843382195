"""Core: remote start and remote stop."""

from __future__ import annotations

from typing import Any

import pytest

from tests.octt.charge_point.states import charging, configure, now, steps

BOTH = pytest.mark.parametrize("authorize", ["true", "false"])


async def _started_remotely(rig: Any, authorize: str) -> list[str]:
    """Start remotely; return what is told of the authorization, if it is configured."""
    await configure(rig, AuthorizeRemoteTxRequests=authorize)
    answer = await rig.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG9"})
    assert answer == {"status": "Accepted"}
    return ["Authorize TAG9"] if authorize == "true" else []


@BOTH
async def test_tc_010_cs_remote_start_with_the_cable_in(rig: Any, authorize: str) -> None:
    await rig.boot()
    before = now(rig)
    rig.plug_in()
    await rig.run(1)
    assert steps(rig, before) == ["1 Preparing"]
    before = now(rig)
    asked = await _started_remotely(rig, authorize)
    await rig.until(lambda: rig.central.statuses()[-1] == "Charging")
    await rig.run(5)
    assert steps(rig, before) == [*asked, "StartTransaction 1 TAG9", "1 Charging"]


@BOTH
async def test_tc_011_1_cs_remote_start_before_the_cable(rig: Any, authorize: str) -> None:
    await rig.boot()
    before = now(rig)
    asked = await _started_remotely(rig, authorize)
    await rig.run(5)
    assert steps(rig, before) == [*asked, "1 Preparing"]
    before = now(rig)
    rig.plug_in()
    await rig.until(lambda: rig.central.statuses()[-1] == "Charging")
    await rig.run(5)
    assert steps(rig, before) == ["StartTransaction 1 TAG9", "1 Charging"]


@BOTH
async def test_tc_011_2_cs_remote_start_without_a_cable_times_out(rig: Any, authorize: str) -> None:
    await rig.boot()
    await configure(rig, ConnectionTimeOut="20")
    before = now(rig)
    asked = await _started_remotely(rig, authorize)
    await rig.run(19)
    assert steps(rig, before) == [*asked, "1 Preparing"]
    await rig.run(2)
    assert steps(rig, before) == [*asked, "1 Preparing", "1 Available"]
    rig.plug_in()
    await rig.run(5)
    assert rig.central.of("StartTransaction") == [], "the order is forgotten"


async def test_tc_012_cs_remote_stop(rig: Any) -> None:
    await rig.boot()
    number = await charging(rig)
    before = now(rig)
    stop = {"transactionId": number}
    assert await rig.ask("RemoteStopTransaction", stop) == {"status": "Accepted"}
    await rig.run(10)
    assert steps(rig, before) == [f"StopTransaction {number} Remote", "1 Finishing"]
    assert not rig.evses[0].report().closed


async def test_tc_026_cs_remote_start_where_a_session_runs_is_rejected(rig: Any) -> None:
    await rig.boot()
    number = await charging(rig, "TAG1")
    before = now(rig)
    for id_tag in ("TAG1", "TAG2"):
        answer = await rig.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": id_tag})
        assert answer == {"status": "Rejected"}
    await rig.run(10)
    assert steps(rig, before) == []
    assert rig.cp.transaction_id() == number


@pytest.mark.parametrize("connector", [0, 2, -1])
async def test_tc_027_cs_remote_start_on_no_connector_is_rejected(rig: Any, connector: int) -> None:
    await rig.boot()
    rig.plug_in()
    await rig.run(1)
    before = now(rig)
    answer = await rig.ask("RemoteStartTransaction", {"connectorId": connector, "idTag": "TAG2"})
    assert answer == {"status": "Rejected"}
    await rig.run(10)
    assert steps(rig, before) == []


async def test_tc_028_cs_remote_stop_of_another_transaction_is_rejected(rig: Any) -> None:
    await rig.boot()
    number = await charging(rig)
    before = now(rig)
    stop = {"transactionId": number + 1}
    assert await rig.ask("RemoteStopTransaction", stop) == {"status": "Rejected"}
    await rig.run(10)
    assert steps(rig, before) == []
    assert rig.evses[0].report().closed
