"""Core profile: a power failure, and what comes from the queue of a charger that was offline."""

from __future__ import annotations

from tests.octt.central.case import EITHER_ORDER, Case, moment


async def test_tc_032_1_csms_the_stop_of_before_a_power_failure_closes_its_session(case: Case):
    await case.boot()
    transaction_id = await case.charging(await case.add_tag())
    await case.lose_power()
    await case.boot("Finishing")
    assert (await case.session(transaction_id))["status"] == "stopping"
    assert await case.stop(transaction_id, "PowerLoss") == {}
    await case.sees_ended(transaction_id, "PowerLoss")
    assert await case.connector_status() == "Finishing"
    assert (await case.state())["status"] == "online"


@EITHER_ORDER
async def test_tc_037_1_csms_a_queued_start_with_a_valid_tag_is_accepted(
    case: Case, status_first: bool
):
    await case.boot()
    tag = await case.add_tag()
    await case.come()
    transaction_id = await case.begins(tag, ago_s=600, status_first=status_first)
    began = (await case.session(transaction_id))["start_time"]
    assert moment(-660) < began < moment(-540), "it began when it began, not when it was told"


@EITHER_ORDER
async def test_tc_037_3_csms_a_queued_start_with_an_invalid_tag_gets_a_number_and_is_invalid(
    case: Case, status_first: bool
):
    await case.boot()
    await case.come()
    started = await case.start("NOBODY-HAS-IT", ago_s=600)
    assert started["idTagInfo"] == {"status": "Invalid"}
    transaction_id = started["transactionId"]
    assert transaction_id > 0
    assert (await case.session(transaction_id))["tag_status"] == "Invalid"
    await case.ends(transaction_id, "DeAuthorized", status_first=status_first)
    assert len(await case.sessions()) == 1


async def test_tc_039_csms_a_queued_session_is_stored_whole(case: Case):
    await case.boot()
    tag = await case.add_tag()
    await case.come()
    started = await case.start(tag, ago_s=600)
    assert started["idTagInfo"]["status"] == "Accepted"
    transaction_id = started["transactionId"]
    stopped = await case.stop(transaction_id, "Local", ago_s=300, idTag=tag)
    assert stopped["idTagInfo"]["status"] == "Accepted"
    session = await case.sees_ended(transaction_id, "Local")
    assert moment(-660) < session["start_time"] < moment(-540)
    assert moment(-360) < session["stop_time"] < moment(-240)
    assert len(await case.sessions()) == 1
    assert await case.connector_status() == "Available"
