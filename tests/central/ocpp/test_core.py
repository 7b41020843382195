"""What the charge point's calls are answered, and what is kept of them."""

from datetime import UTC, datetime, timedelta

import pytest

from central.domain import chargers, connectors, id_tags
from central.domain.violations import list_violations
from wire.times import format_time

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
STATUS = {"connectorId": 1, "errorCode": "NoError", "status": "Preparing"}


async def test_a_boot_is_accepted_with_the_time_and_the_heartbeat_interval(start_central):
    central = await start_central(heartbeat_interval_s=77)
    charger = await central.open("CP1", key=await central.add("CP1"))
    answer = await charger.ask(
        "BootNotification",
        {
            "chargePointVendor": "Maker",
            "chargePointModel": "One",
            "chargePointSerialNumber": "S1",
            "firmwareVersion": "1.2",
            "meterType": "M",
            "meterSerialNumber": "MS",
        },
    )
    assert answer == {
        "status": "Accepted",
        "currentTime": "2026-06-01T12:00:00.000Z",
        "interval": 77,
    }
    known = await central.storage.read(chargers.get_charger, "CP1")
    assert (known.vendor, known.model, known.serial_number) == ("Maker", "One", "S1")
    assert (known.firmware_version, known.meter_type, known.meter_serial_number) == (
        "1.2",
        "M",
        "MS",
    )
    assert known.registration == "Accepted"
    assert known.booted_at == NOON


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("Heartbeat", {}),
        ("StatusNotification", STATUS),
        ("Authorize", {"idTag": "TAG"}),
        (
            "StartTransaction",
            {
                "connectorId": 1,
                "idTag": "TAG",
                "meterStart": 0,
                "timestamp": "2026-06-01T12:00:00Z",
            },
        ),
    ],
)
async def test_before_the_first_boot_every_other_call_is_a_security_error(central, action, payload):
    charger = await central.open("CP1", key=await central.add("CP1"))
    assert await charger.refused(action, payload) == "SecurityError"
    await charger.boot()
    await charger.ask(action, payload)


async def test_a_charger_that_merely_reconnects_need_not_boot_again(central):
    key = await central.add("CP1")
    first = await central.open("CP1", key=key)
    await first.boot()
    await first.websocket.close()
    second = await central.open("CP1", key=key)
    await second.ask("StatusNotification", STATUS)


async def test_a_heartbeat_tells_the_business_time(central):
    charger = await central.charger()
    central.clock.set(NOON + timedelta(days=3))
    assert await charger.ask("Heartbeat", {}) == {"currentTime": "2026-06-04T12:00:00.000Z"}


async def test_a_status_is_kept_with_the_time_that_the_charger_gave(central):
    charger = await central.charger()
    since = NOON - timedelta(minutes=5)
    await charger.ask(
        "StatusNotification",
        {
            "connectorId": 2,
            "errorCode": "GroundFailure",
            "status": "Faulted",
            "info": "leak",
            "vendorId": "v",
            "vendorErrorCode": "E7",
            "timestamp": format_time(since),
        },
    )
    [connector] = await central.storage.read(connectors.list_connectors, "CP1")
    assert (connector.connector_id, connector.status) == (2, "Faulted")
    assert (connector.error_code, connector.info) == ("GroundFailure", "leak")
    assert (connector.vendor_id, connector.vendor_error_code) == ("v", "E7")
    assert (connector.since, connector.received_at) == (since, NOON)


@pytest.mark.parametrize("timestamp", ["1970-01-01T00:00:00Z", "2036-01-01T00:00:00Z"])
async def test_a_status_of_a_charger_whose_clock_is_years_off_counts_from_its_arrival(
    central, logged, timestamp
):
    charger = await central.charger()
    for _ in range(2):
        await charger.ask("StatusNotification", STATUS | {"timestamp": timestamp})
    [connector] = await central.storage.read(connectors.list_connectors, "CP1")
    assert connector.since == NOON
    [line] = [line for line in logged if line["event"] == "protocol violation"]
    assert (line["charge_point_id"], line["code"]) == ("CP1", "UntrustedTimestamp")
    [kept] = await central.storage.read(list_violations, charge_point_id="CP1")
    assert timestamp in kept.detail


async def test_authorize_answers_what_the_tag_is_worth(central):
    charger = await central.charger()
    await central.storage.write(
        id_tags.add_id_tag,
        "TAG",
        NOON,
        expires_at=NOON + timedelta(hours=1),
        parent_id_tag="GROUP",
    )
    assert await charger.ask("Authorize", {"idTag": "tag"}) == {
        "idTagInfo": {
            "status": "Accepted",
            "expiryDate": "2026-06-01T13:00:00.000Z",
            "parentIdTag": "GROUP",
        }
    }
    central.clock.set(NOON + timedelta(hours=2))
    answer = await charger.ask("Authorize", {"idTag": "TAG"})
    assert answer["idTagInfo"]["status"] == "Expired"


async def test_an_unknown_tag_is_invalid_unless_the_settings_accept_it(start_central):
    strict = await start_central()
    charger = await strict.charger()
    answer = await charger.ask("Authorize", {"idTag": "NOBODY"})
    assert answer == {"idTagInfo": {"status": "Invalid"}}
    lax = await start_central(storage=strict.storage, accept_unknown_tags=True)
    charger = await lax.charger("CP2")
    answer = await charger.ask("Authorize", {"idTag": "NOBODY"})
    assert answer == {"idTagInfo": {"status": "Accepted"}}


async def test_firmware_and_diagnostics_status_are_kept(central):
    charger = await central.charger()
    assert await charger.ask("FirmwareStatusNotification", {"status": "Installing"}) == {}
    assert await charger.ask("DiagnosticsStatusNotification", {"status": "Uploading"}) == {}
    known = await central.storage.read(chargers.get_charger, "CP1")
    assert (known.firmware_status, known.diagnostics_status) == ("Installing", "Uploading")


async def test_a_data_transfer_of_a_vendor_nobody_knows_is_answered_so(central):
    charger = await central.charger()
    assert await charger.ask("DataTransfer", {"vendorId": "com.example"}) == {
        "status": "UnknownVendorId"
    }


async def test_a_charger_is_online_from_its_socket_to_the_end_of_it(central):
    charger = await central.charger()
    assert central.registry.connected() == ["CP1"]
    known = await central.storage.read(chargers.get_charger, "CP1")
    assert known.online_since == NOON
    link = await central.link()
    central.clock.set(NOON + timedelta(minutes=2))
    await charger.websocket.close()
    await link.wait_drained()
    assert not central.registry.is_connected("CP1")
    assert await central.registry.find("CP1") is None
    known = await central.storage.read(chargers.get_charger, "CP1")
    assert known.online_since is None
    assert known.online_before_us == 120_000_000


async def test_every_message_counts_as_a_sign_of_life(central):
    charger = await central.charger()
    central.clock.set(NOON + timedelta(minutes=2))
    await charger.ask("Heartbeat", {})
    assert central.services.last_seen.get("CP1") == NOON + timedelta(minutes=2)


async def test_frames_of_both_directions_are_in_the_message_log(central):
    charger = await central.charger()
    await charger.call("Heartbeat", {}, "h1")
    await charger.send("rubbish")
    await charger.receive()
    await central.services.message_log.flush()
    frames = (await central.services.message_log.search("CP1")).frames
    assert [(frame.direction, frame.action, frame.frame) for frame in reversed(frames)][2:5] == [
        ("in", "Heartbeat", '[2,"h1","Heartbeat",{}]'),
        ("out", "Heartbeat", '[3,"h1",{"currentTime":"2026-06-01T12:00:00.000Z"}]'),
        ("in", "", "rubbish"),
    ]
