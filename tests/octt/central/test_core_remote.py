"""Core profile: remote start and stop, unlocking, and resets."""

from __future__ import annotations

from tests.octt.central.case import EITHER_ORDER, Case

ACCEPTED = {"status": "Accepted"}
REJECTED = {"status": "Rejected"}


async def _remote_start(case: Case, tag: str) -> None:
    told = await case.operates("remote-start-transaction", ACCEPTED, id_tag=tag, connector_id=1)
    assert told["success"]
    assert case.last_payload == {"idTag": tag, "connectorId": 1}


@EITHER_ORDER
async def test_tc_010_csms_a_remote_start_after_the_cable_becomes_a_session(
    case: Case, status_first: bool
):
    await case.boot()
    tag = await case.add_tag()
    await case.charger.status("Preparing")
    await _remote_start(case, tag)
    assert (await case.authorize(tag))["status"] == "Accepted"
    await case.begins(tag, status_first=status_first)


@EITHER_ORDER
async def test_tc_011_1_csms_a_remote_start_before_the_cable_becomes_a_session(
    case: Case, status_first: bool
):
    await case.boot()
    tag = await case.add_tag()
    await _remote_start(case, tag)
    assert await case.sessions() == [], "the charger has only said that it will try"
    assert (await case.authorize(tag))["status"] == "Accepted"
    await case.charger.status("Preparing")
    await case.begins(tag, status_first=status_first)


async def test_tc_011_2_csms_a_remote_start_that_times_out_leaves_no_session(case: Case):
    await case.boot()
    tag = await case.add_tag()
    await _remote_start(case, tag)
    assert (await case.authorize(tag))["status"] == "Accepted"
    await case.charger.status("Preparing")
    await case.unplugged()
    assert await case.sessions() == []


@EITHER_ORDER
async def test_tc_012_csms_a_remote_stop_names_the_session_and_closes_it(
    case: Case, status_first: bool
):
    await case.boot()
    transaction_id = await case.charging(await case.add_tag())
    told = await case.operates("remote-stop-transaction", ACCEPTED, transaction_id=transaction_id)
    assert told["success"]
    assert case.last_payload == {"transactionId": transaction_id}
    assert (await case.session(transaction_id))["status"] == "active"
    await case.ends(transaction_id, "Remote", status_first=status_first)
    await case.unplugged()


async def test_tc_026_csms_a_refused_remote_start_invents_no_session(case: Case):
    await case.boot()
    tag = await case.add_tag()
    told = await case.operates("remote-start-transaction", REJECTED, id_tag=tag, connector_id=1)
    assert case.last_payload == {"idTag": tag, "connectorId": 1}
    assert (told["success"], told["status"]) == (False, "Rejected")
    assert "Rejected" in told["error"]["what"]
    assert await case.sessions() == []


async def test_tc_028_csms_a_refused_remote_stop_leaves_the_session_open(case: Case):
    await case.boot()
    transaction_id = await case.charging(await case.add_tag())
    told = await case.operates("remote-stop-transaction", REJECTED, transaction_id=transaction_id)
    assert case.last_payload == {"transactionId": transaction_id}
    assert (told["success"], told["status"]) == (False, "Rejected")
    assert (await case.session(transaction_id))["status"] == "active"
    assert await case.connector_status() == "Charging"


async def test_tc_017_1_csms_an_idle_socket_is_unlocked(case: Case):
    await case.boot()
    await _unlock(case, "Unlocked", 1)


async def test_tc_017_2_csms_a_fixed_cable_cannot_be_unlocked(case: Case):
    await case.boot()
    await _unlock(case, "NotSupported", 1)


@EITHER_ORDER
async def test_tc_018_1_csms_unlocking_during_a_session_closes_it(case: Case, status_first: bool):
    await case.boot()
    transaction_id = await case.charging(await case.add_tag())
    told = await case.operates("unlock-connector", {"status": "Unlocked"}, connector_id=1)
    assert told["success"]
    assert case.last_payload == {"connectorId": 1}
    await case.ends(transaction_id, "UnlockCommand", status_first=status_first)
    await case.unplugged()


async def test_tc_030_csms_an_unlock_that_failed_is_told(case: Case):
    await case.boot()
    await _unlock(case, "UnlockFailed", 1)


async def test_tc_031_csms_an_unknown_connector_cannot_be_unlocked(case: Case):
    await case.boot()
    await _unlock(case, "NotSupported", 2)


async def _unlock(case: Case, status: str, connector_id: int) -> None:
    told = await case.operates("unlock-connector", {"status": status}, connector_id=connector_id)
    assert case.last_payload == {"connectorId": connector_id}
    assert (told["success"], told["status"]) == (status == "Unlocked", status)
    charger = await case.state()
    assert [one["connector_id"] for one in charger["connectors"]] == [0, 1]
    assert charger["availability"] == "available"


async def test_tc_013_csms_a_hard_reset_is_ordered_and_the_boot_after_it_accepted(case: Case):
    await _reset(case, "Hard")


async def test_tc_014_csms_a_soft_reset_is_ordered_and_the_boot_after_it_accepted(case: Case):
    await _reset(case, "Soft")


async def _reset(case: Case, kind: str) -> None:
    await case.boot()
    booted_at = (await case.state())["booted_at"]
    assert (await case.operates("reset", ACCEPTED, type=kind))["success"]
    assert case.last_payload == {"type": kind}
    await case.come()
    await case.boot()
    charger = await case.state()
    assert (charger["status"], charger["availability"]) == ("online", "available")
    assert charger["booted_at"] > booted_at
