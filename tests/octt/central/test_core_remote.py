"""Core profile: remote start and stop, and unlocking."""

from __future__ import annotations

from tests.octt.central.conftest import Case

ACCEPTED = {"status": "Accepted"}
REJECTED = {"status": "Rejected"}


async def test_tc_010_csms_a_remote_start_after_the_cable_becomes_a_session(case: Case):
    await case.boot()
    tag = await case.add_tag()
    await case.charger.status("Preparing")
    assert (await case.operates("remote-start-transaction", ACCEPTED, id_tag=tag, connector_id=1))[
        "success"
    ]
    assert case.last_payload == {"idTag": tag, "connectorId": 1}
    assert (await case.authorize(tag))["status"] == "Accepted"
    started = await case.start(tag)
    assert started["idTagInfo"]["status"] == "Accepted"
    await case.charger.status("Charging")
    assert (await case.session(started["transactionId"]))["status"] == "active"


async def test_tc_011_1_csms_a_remote_start_before_the_cable_becomes_a_session(case: Case):
    await case.boot()
    tag = await case.add_tag()
    assert (await case.operates("remote-start-transaction", ACCEPTED, id_tag=tag))["success"]
    assert case.last_payload == {"idTag": tag}
    assert (await case.authorize(tag))["status"] == "Accepted"
    await case.charger.status("Preparing")
    started = await case.start(tag)
    assert started["idTagInfo"]["status"] == "Accepted"
    await case.charger.status("Charging")
    assert (await case.session(started["transactionId"]))["status"] == "active"


async def test_tc_011_2_csms_a_remote_start_that_times_out_leaves_no_session(case: Case):
    await case.boot()
    tag = await case.add_tag()
    await case.operates("remote-start-transaction", ACCEPTED, id_tag=tag, connector_id=1)
    assert (await case.authorize(tag))["status"] == "Accepted"
    await case.charger.status("Preparing")
    await case.charger.status("Available")
    assert await case.sessions() == []


async def test_tc_012_csms_a_remote_stop_names_the_session_and_closes_it(case: Case):
    await case.boot()
    transaction_id = await case.charging(await case.add_tag())
    await case.operates("remote-stop-transaction", ACCEPTED, transaction_id=transaction_id)
    assert case.last_payload == {"transactionId": transaction_id}
    await case.stop(transaction_id, "Remote")
    await case.charger.status("Finishing")
    await case.charger.status("Available")
    session = await case.session(transaction_id)
    assert (session["status"], session["stop_reason"]) == ("completed", "Remote")


async def test_tc_026_csms_a_refused_remote_start_invents_no_session(case: Case):
    await case.boot()
    tag = await case.add_tag()
    told = await case.operates("remote-start-transaction", REJECTED, id_tag=tag, connector_id=1)
    assert not told["success"]
    assert "Rejected" in told["error"]["what"]
    assert await case.sessions() == []


async def test_tc_028_csms_a_refused_remote_stop_leaves_the_session_open(case: Case):
    await case.boot()
    transaction_id = await case.charging(await case.add_tag())
    told = await case.operates("remote-stop-transaction", REJECTED, transaction_id=transaction_id)
    assert not told["success"]
    assert (await case.session(transaction_id))["status"] == "active"


async def test_tc_017_1_csms_an_idle_socket_is_unlocked(case: Case):
    await case.boot()
    assert (await case.operates("unlock-connector", {"status": "Unlocked"}, connector_id=1))[
        "success"
    ]
    assert case.last_payload == {"connectorId": 1}


async def test_tc_017_2_csms_a_fixed_cable_cannot_be_unlocked(case: Case):
    await _refused_unlock(case, "NotSupported", 1)


async def test_tc_018_1_csms_unlocking_during_a_session_closes_it(case: Case):
    await case.boot()
    transaction_id = await case.charging(await case.add_tag())
    await case.operates("unlock-connector", {"status": "Unlocked"}, connector_id=1)
    await case.charger.status("Finishing")
    await case.stop(transaction_id, "UnlockCommand")
    await case.charger.status("Available")
    session = await case.session(transaction_id)
    assert (session["status"], session["stop_reason"]) == ("completed", "UnlockCommand")


async def test_tc_030_csms_an_unlock_that_failed_is_told(case: Case):
    await _refused_unlock(case, "UnlockFailed", 1)


async def test_tc_031_csms_an_unknown_connector_cannot_be_unlocked(case: Case):
    await _refused_unlock(case, "NotSupported", 2)


async def _refused_unlock(case: Case, status: str, connector_id: int) -> None:
    await case.boot()
    told = await case.operates("unlock-connector", {"status": status}, connector_id=connector_id)
    assert case.last_payload == {"connectorId": connector_id}
    assert (told["success"], told["status"]) == (False, status)
    assert (await case.connector())["status"] == "Available"


async def test_tc_013_csms_a_hard_reset_is_ordered_and_the_boot_after_it_accepted(case: Case):
    await _reset(case, "Hard")


async def test_tc_014_csms_a_soft_reset_is_ordered_and_the_boot_after_it_accepted(case: Case):
    await _reset(case, "Soft")


async def _reset(case: Case, kind: str) -> None:
    await case.boot()
    path = f"/api/chargers/{case.charge_point_id}/status"
    booted_at = (await case.get(path))["booted_at"]
    assert (await case.operates("reset", ACCEPTED, type=kind))["success"]
    assert case.last_payload == {"type": kind}
    await case.charger.websocket.close()
    case.charger = await case.connect()
    await case.boot()
    charger = await case.get(path)
    assert (charger["status"], charger["availability"]) == ("online", "available")
    assert charger["booted_at"] > booted_at
