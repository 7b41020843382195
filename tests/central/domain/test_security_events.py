"""Security events on each database."""

from datetime import timedelta

from central.domain.security_events import list_events, purge_events, record_event


async def record(storage, now, kind, *, tech_info="", charge_point_id="CP1"):
    await storage.write(record_event, charge_point_id, kind, now, tech_info, now)


async def test_an_event_that_the_charger_repeats_is_kept_once(storage, now):
    for _ in range(2):
        await record(storage, now, "FirmwareUpdated")
    await record(storage, now, "FirmwareUpdated", tech_info="1.3")
    await record(storage, now, "FirmwareUpdated", charge_point_id="CP2")
    events = await storage.read(lambda conn: list_events(conn, charge_point_id="CP1"))
    assert [event.tech_info for event in events] == ["1.3", ""]
    assert all(event.is_critical and not event.is_alert for event in events)


async def test_alerts_can_be_told_from_the_rest(storage, now):
    for kind in ("StartupOfTheDevice", "TamperDetectionActivated", "OfTheVendor"):
        await record(storage, now, kind)
    [alert] = await storage.read(lambda conn: list_events(conn, only_alerts=True))
    assert alert.type == "TamperDetectionActivated"


async def test_old_events_are_forgotten(storage, now):
    await record(storage, now - timedelta(days=2), "FirmwareUpdated")
    await record(storage, now, "FirmwareUpdated")
    assert await storage.write(purge_events, now - timedelta(days=1)) == 1
    assert len(await storage.read(list_events)) == 1
