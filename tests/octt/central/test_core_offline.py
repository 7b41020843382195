"""Core profile: a power failure, and what comes from the queue of a charger that was offline."""

from __future__ import annotations

from tests.octt.central.conftest import Case


async def test_tc_032_1_csms_the_stop_of_before_a_power_failure_closes_its_session(case: Case):
    await case.boot()
    transaction_id = await case.charging(await case.add_tag())
    await case.charger.websocket.close()
    case.charger = await case.connect()
    boot = await case.charger.call(
        "BootNotification", chargePointVendor="evseloop", chargePointModel="played"
    )
    assert boot["status"] == "Accepted"
    await case.charger.status("Available", 0)
    await case.charger.status("Finishing")
    assert (await case.session(transaction_id))["status"] == "stopping"
    await case.stop(transaction_id, "PowerLoss")
    session = await case.session(transaction_id)
    assert (session["status"], session["stop_reason"]) == ("completed", "PowerLoss")
    assert (session["energy_wh"], session["provisional"]) == (500, False)


async def test_tc_037_1_csms_a_queued_start_with_a_valid_tag_is_accepted(case: Case):
    await case.boot()
    tag = await case.add_tag()
    await _come_back(case)
    started = await case.start(tag, ago_s=600)
    assert started["idTagInfo"]["status"] == "Accepted"
    await case.charger.status("Charging")
    assert (await case.session(started["transactionId"]))["status"] == "active"


async def test_tc_037_3_csms_a_queued_start_with_an_invalid_tag_gets_a_number_and_is_invalid(
    case: Case,
):
    await case.boot()
    await _come_back(case)
    started = await case.start("NOBODY-HAS-IT", ago_s=600)
    assert started["idTagInfo"]["status"] == "Invalid"
    assert started["transactionId"] > 0
    await case.stop(started["transactionId"], "DeAuthorized")
    await case.charger.status("Finishing")
    session = await case.session(started["transactionId"])
    assert (session["tag_status"], session["stop_reason"]) == ("Invalid", "DeAuthorized")


async def test_tc_039_csms_a_queued_session_is_stored_whole(case: Case):
    await case.boot()
    tag = await case.add_tag()
    await _come_back(case)
    started = await case.start(tag, ago_s=600)
    assert started["idTagInfo"]["status"] == "Accepted"
    stopped = await case.stop(started["transactionId"], "Local", idTag=tag)
    assert stopped["idTagInfo"]["status"] == "Accepted"
    session = await case.session(started["transactionId"])
    assert (session["status"], session["energy_wh"]) == ("completed", 500)


async def _come_back(case: Case) -> None:
    """Lose the connection and come back; no boot, for nothing about the charger has changed."""
    await case.charger.websocket.close()
    case.charger = await case.connect()
