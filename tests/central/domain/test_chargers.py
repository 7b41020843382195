"""Chargers: who may connect, what they said, when they were last heard of."""

from datetime import timedelta

import pytest

from central.domain import chargers, connectors, key_change, presence, registration
from central.domain.connectors import StatusReport
from central.domain.errors import ConflictError, InvalidError, NotFoundError
from central.domain.last_seen import LastSeen
from central.domain.registration import BootInfo


@pytest.fixture
async def charger(storage, now):
    return await storage.write(chargers.add_charger, "CP1", now, key_hash="secret")


@pytest.mark.parametrize("name", ["", " CP1", "CP1 ", "a\nb", "nul\x00", "x" * 65])
async def test_an_identity_that_could_be_mistaken_is_refused(storage, now, name):
    with pytest.raises(InvalidError) as refused:
        await storage.write(chargers.add_charger, name, now, key_hash=None)
    assert refused.value.where == "charge_point_id"
    assert await storage.read(chargers.find_charger, name) is None
    assert await storage.read(chargers.list_chargers) == []


async def test_a_second_charger_of_the_same_name_is_refused(storage, now, charger):
    with pytest.raises(ConflictError):
        await storage.write(chargers.add_charger, "CP1", now, key_hash=None)
    assert (await storage.read(chargers.get_charger, "CP1")).key_hash == "secret"


async def test_a_key_is_replaced(storage, charger):
    await storage.write(key_change.settle_key, "CP1", "other")
    assert (await storage.read(chargers.get_charger, "CP1")).key_hash == "other"


async def test_what_is_not_there_is_said_with_a_way_out(storage, now):
    for unit, args in (
        (key_change.settle_key, ("NOBODY", "k")),
        (chargers.delete_charger, ("NOBODY",)),
        (registration.record_boot, ("NOBODY", BootInfo("v", "m"), now)),
    ):
        with pytest.raises(NotFoundError, match="NOBODY") as missing:
            await storage.write(unit, *args)
        assert "add-charger" in missing.value.how
    with pytest.raises(NotFoundError):
        await storage.read(chargers.get_charger, "NOBODY")


async def test_a_deleted_charger_leaves_its_sessions(bench):
    started = await bench.start()
    await bench.status("Charging")
    await bench.storage.write(chargers.delete_charger, "CP1")
    assert await bench.storage.read(connectors.list_connectors, "CP1") == []
    assert (await bench.session(started.transaction_id)).charge_point_id == "CP1"


async def test_a_boot_is_kept_and_descriptions_are_cut_to_what_fits(storage, now, charger):
    info = BootInfo("V" * 300, "M\x00", "S", "F", "T", "N")
    await storage.write(registration.record_boot, "CP1", info, now, registration="Pending")
    found = await storage.read(chargers.get_charger, "CP1")
    assert (found.vendor, found.model) == ("V" * 255, "M\ufffd")
    assert (found.serial_number, found.firmware_version) == ("S", "F")
    assert (found.registration, found.booted_at, found.last_seen_at) == ("Pending", now, now)


async def test_the_last_status_of_each_connector_is_kept(storage, now, charger):
    later = now + timedelta(minutes=1)
    for number, status, moment in (
        (0, "Available", now),
        (1, "Charging", now),
        (2, "Faulted", now),
        (1, "Finishing", later),
    ):
        report = StatusReport("CP1", number, status, "NoError", moment, info="i" * 300)
        await storage.write(connectors.record_status, report, later)
    found = await storage.read(connectors.list_connectors, "CP1")
    assert [(one.connector_id, one.status) for one in found] == [
        (0, "Available"),
        (1, "Finishing"),
        (2, "Faulted"),
    ]
    assert (found[1].since, found[1].received_at, len(found[1].info)) == (later, later, 255)
    assert (await storage.read(chargers.get_charger, "CP1")).connector_count == 2


async def test_a_status_without_a_time_began_when_it_arrived(storage, now, charger):
    await storage.write(
        connectors.record_status, StatusReport("CP1", 1, "Available", "NoError"), now
    )
    assert (await storage.read(connectors.list_connectors))[0].since == now


@pytest.mark.parametrize("number", [-1, 256, 10**9])
async def test_an_absurd_connector_is_refused_and_nothing_is_changed(storage, now, charger, number):
    with pytest.raises(InvalidError):
        await storage.write(
            connectors.record_status, StatusReport("CP1", number, "Available", "NoError"), now
        )
    assert await storage.read(connectors.list_connectors) == []
    assert await storage.read(chargers.get_charger, "CP1") == charger


async def test_firmware_and_diagnostics_statuses_are_kept(storage, charger):
    await storage.write(registration.record_firmware_status, "CP1", "Installing")
    await storage.write(registration.record_diagnostics_status, "CP1", "Uploaded")
    found = await storage.read(chargers.get_charger, "CP1")
    assert (found.firmware_status, found.diagnostics_status) == ("Installing", "Uploaded")


async def test_time_online_adds_up_over_connections(storage, now, charger):
    for minutes in (10, 5):
        await storage.write(presence.record_connected, "CP1", now)
        await storage.write(presence.record_disconnected, "CP1", now + timedelta(minutes=minutes))
    found = await storage.read(chargers.get_charger, "CP1")
    assert (found.online_since, found.online_before_us) == (None, 15 * 60 * 10**6)


async def test_a_disconnection_of_one_that_is_offline_changes_nothing(storage, now, charger):
    await storage.write(presence.record_disconnected, "CP1", now)
    await storage.write(presence.record_disconnected, "NOBODY", now)
    assert await storage.read(chargers.get_charger, "CP1") == charger


async def test_last_seen_is_written_for_all_together_and_only_forward(storage, now):
    names = [f"CP{number}" for number in range(1200)]
    await storage.write(
        lambda conn: [chargers.add_charger(conn, name, now, key_hash=None) for name in names]
    )
    before = storage.figures.jobs
    seen = LastSeen(storage)
    for name in names:
        seen.touch(name, now)
        seen.touch(name, now + timedelta(seconds=1))
    assert seen.get("CP7") == now + timedelta(seconds=1)
    await seen.flush()
    assert storage.figures.jobs - before == 3
    assert seen.get("CP7") is None
    seen.touch("CP7", now - timedelta(days=1))
    await seen.flush()
    found = await storage.read(chargers.list_chargers, limit=2000)
    assert {one.last_seen_at for one in found} == {now + timedelta(seconds=1)}


async def test_what_could_not_be_written_of_last_seen_waits_for_the_next_time(storage, now):
    seen = LastSeen(storage)
    seen.touch("CP1", now)
    await storage.close()
    with pytest.raises(RuntimeError):
        await seen.flush()
    assert seen.get("CP1") == now
