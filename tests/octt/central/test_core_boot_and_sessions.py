"""Core profile: booting, sessions, and tags that may not charge."""

from __future__ import annotations

from tests.octt.central.conftest import METER_START_WH, Case, moment


async def test_tc_001_csms_a_cold_boot_is_accepted_and_every_message_answered(case: Case):
    boot = await case.charger.call(
        "BootNotification", chargePointVendor="evseloop", chargePointModel="played"
    )
    assert boot["status"] == "Accepted"
    assert boot["interval"] > 0
    for connector_id in (0, 1, 2):
        await case.charger.status("Available", connector_id)
    for _ in range(2):
        assert set(await case.charger.call("Heartbeat")) == {"currentTime"}
    charger = await case.get(f"/api/chargers/{case.charge_point_id}/status")
    assert (charger["status"], charger["availability"]) == ("online", "available")
    assert [one["connector_id"] for one in charger["connectors"]] == [0, 1, 2]


async def test_tc_003_csms_a_session_that_begins_with_the_plug_is_accepted(case: Case):
    await case.boot()
    tag = await case.add_tag()
    transaction_id = await case.charging(tag)
    session = await case.session(transaction_id)
    assert (session["status"], session["id_tag"]) == ("active", tag)
    assert session["meter_start_wh"] == METER_START_WH
    assert (await case.connector())["status"] == "Charging"


async def test_tc_004_1_csms_a_session_that_begins_with_the_tag_is_accepted(case: Case):
    await case.boot()
    tag = await case.add_tag()
    assert (await case.authorize(tag))["status"] == "Accepted"
    await case.charger.status("Preparing")
    started = await case.start(tag)
    assert started["idTagInfo"]["status"] == "Accepted"
    await case.charger.status("Charging")
    assert (await case.session(started["transactionId"]))["status"] == "active"


async def test_tc_004_2_csms_a_tag_without_a_plug_leaves_no_session(case: Case):
    await case.boot()
    assert (await case.authorize(await case.add_tag()))["status"] == "Accepted"
    await case.charger.status("Preparing")
    await case.charger.status("Available")
    assert await case.sessions() == []
    assert (await case.connector())["status"] == "Available"


async def test_tc_005_1_csms_pulling_the_plug_at_the_car_closes_the_session(case: Case):
    await case.boot()
    transaction_id = await case.charging(await case.add_tag())
    await case.charger.status("SuspendedEV")
    await case.stop(transaction_id, "EVDisconnected")
    await case.charger.status("Finishing")
    await case.charger.status("Available")
    session = await case.session(transaction_id)
    assert (session["status"], session["stop_reason"]) == ("completed", "EVDisconnected")
    assert session["energy_wh"] == 500
    assert not session["provisional"]


async def test_tc_007_csms_a_tag_that_only_the_cache_knew_starts_a_session(case: Case):
    await case.boot()
    await case.charger.status("Preparing")
    started = await case.start(await case.add_tag())
    assert started["idTagInfo"]["status"] == "Accepted"
    await case.charger.status("Charging")
    assert (await case.session(started["transactionId"]))["tag_status"] == "Accepted"


async def test_tc_023_1_csms_an_unknown_tag_is_invalid(case: Case):
    await case.boot()
    assert await case.authorize("NOBODY-HAS-IT") == {"status": "Invalid"}


async def test_tc_023_2_csms_an_expired_tag_is_expired(case: Case):
    await case.boot()
    tag = await case.add_tag(expires_at=moment(-60))
    assert (await case.authorize(tag))["status"] == "Expired"


async def test_tc_023_3_csms_a_blocked_tag_is_blocked(case: Case):
    await case.boot()
    assert (await case.authorize(await case.add_tag(status="Blocked")))["status"] == "Blocked"


async def test_tc_024_csms_a_lock_that_fails_is_shown_and_starts_no_session(case: Case):
    await case.boot()
    assert (await case.authorize(await case.add_tag()))["status"] == "Accepted"
    await case.charger.status("Preparing")
    await case.charger.call(
        "StatusNotification", connectorId=1, errorCode="ConnectorLockFailure", status="Faulted"
    )
    connector = await case.connector()
    assert (connector["status"], connector["error_code"]) == ("Faulted", "ConnectorLockFailure")
    assert await case.sessions() == []


async def test_tc_064_csms_data_of_an_unknown_vendor_is_refused_as_such(case: Case):
    await case.boot()
    answer = await case.charger.call(
        "DataTransfer", vendorId="org.example.unknown", messageId="Message", data="Data"
    )
    assert answer["status"] in {"UnknownVendorId", "UnknownVendor", "UnknownMessageId", "Rejected"}
