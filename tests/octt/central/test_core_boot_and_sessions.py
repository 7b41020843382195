"""Core profile: booting, sessions, and tags that may not charge."""

from __future__ import annotations

from tests.octt.central.case import EITHER_ORDER, Case, is_now, moment


async def test_tc_001_csms_a_cold_boot_is_accepted_and_every_message_answered(case: Case):
    boot = await case.charger.call(
        "BootNotification",
        chargePointVendor="evseloop",
        chargePointModel="played",
        chargePointSerialNumber="S-1",
        chargeBoxSerialNumber="B-1",
        firmwareVersion="1.0",
        iccid="8949000000000000000",
        imsi="262000000000000",
        meterType="M",
        meterSerialNumber="M-1",
    )
    assert boot["status"] == "Accepted"
    assert boot["interval"] > 0
    assert is_now(boot["currentTime"])
    for connector_id in (0, 1, 2):
        await case.charger.status("Available", connector_id)
    for _ in range(2):
        beat = await case.charger.call("Heartbeat")
        assert list(beat) == ["currentTime"]
        assert is_now(beat["currentTime"])
    charger = await case.state()
    assert (charger["status"], charger["availability"]) == ("online", "available")
    assert (charger["registration"], charger["connector_count"]) == ("Accepted", 2)
    assert (charger["vendor"], charger["model"]) == ("evseloop", "played")
    assert (charger["serial_number"], charger["firmware_version"]) == ("S-1", "1.0")
    statuses = {one["connector_id"]: one["status"] for one in charger["connectors"]}
    assert statuses == {0: "Available", 1: "Available", 2: "Available"}


@EITHER_ORDER
async def test_tc_003_csms_a_session_that_begins_with_the_plug_is_accepted(
    case: Case, status_first: bool
):
    await case.boot()
    await case.charging(await case.add_tag(), status_first=status_first)


@EITHER_ORDER
async def test_tc_004_1_csms_a_session_that_begins_with_the_tag_is_accepted(
    case: Case, status_first: bool
):
    await case.boot()
    tag = await case.add_tag()
    assert (await case.authorize(tag))["status"] == "Accepted"
    await case.charger.status("Preparing")
    await case.begins(tag, status_first=status_first)


async def test_tc_004_2_csms_a_tag_without_a_plug_leaves_no_session(case: Case):
    await case.boot()
    assert (await case.authorize(await case.add_tag()))["status"] == "Accepted"
    await case.charger.status("Preparing")
    assert await case.connector_status() == "Preparing"
    await case.unplugged()
    assert await case.sessions() == []


@EITHER_ORDER
async def test_tc_005_1_csms_pulling_the_plug_at_the_car_closes_the_session(
    case: Case, status_first: bool
):
    await case.boot()
    transaction_id = await case.charging(await case.add_tag())
    await case.charger.status("SuspendedEV")
    assert await case.connector_status() == "SuspendedEV"
    assert (await case.session(transaction_id))["status"] == "active"
    await case.ends(transaction_id, "EVDisconnected", status_first=status_first)
    await case.unplugged()


@EITHER_ORDER
async def test_tc_007_csms_a_tag_that_only_the_cache_knew_starts_a_session(
    case: Case, status_first: bool
):
    await case.boot()
    await case.charger.status("Preparing")
    await case.begins(await case.add_tag(), status_first=status_first)


async def test_tc_023_1_csms_an_unknown_tag_is_invalid(case: Case):
    await _starts_nothing(case, "NOBODY-HAS-IT", "Invalid")


async def test_tc_023_2_csms_an_expired_tag_is_expired(case: Case):
    await _starts_nothing(case, await case.add_tag(expires_at=moment(-60)), "Expired")


async def test_tc_023_3_csms_a_blocked_tag_is_blocked(case: Case):
    await _starts_nothing(case, await case.add_tag(status="Blocked"), "Blocked")


async def _starts_nothing(case: Case, tag: str, status: str) -> None:
    await case.boot()
    assert (await case.authorize(tag))["status"] == status
    assert await case.sessions() == []
    assert await case.connector_status() == "Available"


async def test_tc_024_csms_a_lock_that_fails_is_shown_and_starts_no_session(case: Case):
    await case.boot()
    assert (await case.authorize(await case.add_tag()))["status"] == "Accepted"
    await case.charger.status("Preparing")
    answer = await case.charger.call(
        "StatusNotification", connectorId=1, errorCode="ConnectorLockFailure", status="Faulted"
    )
    assert answer == {}
    connector = await case.connector()
    assert (connector["status"], connector["error_code"]) == ("Faulted", "ConnectorLockFailure")
    assert (await case.state())["availability"] == "faulted"
    assert await case.sessions() == []


async def test_tc_064_csms_data_of_an_unknown_vendor_is_refused_as_such(case: Case):
    await case.boot()
    answer = await case.charger.call(
        "DataTransfer", vendorId="org.example.unknown", messageId="Message", data="Data"
    )
    # The case takes UnknownMessageId and Rejected as well.
    assert answer == {"status": "UnknownVendorId"}
