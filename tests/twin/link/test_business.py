"""The firmware's OCPP client as a program of this machine, in held time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.peers.charge_point_fixtures import central
from tests.peers.firmware_rig import FirmwareRig, WholeFirmwareRig
from tests.peers.host_program import host_program
from tests.peers.scripted_central import EPOCH, ScriptedCentral

__all__ = ["central", "host_program"]


@pytest.fixture
async def rig(
    central: ScriptedCentral, tmp_path: Path, host_program: Path
) -> AsyncIterator[FirmwareRig]:
    made = FirmwareRig(central, tmp_path, host_program)
    yield made
    if made.charge_point is not None:
        await made.charge_point.close()


@pytest.fixture
async def whole_rig(
    central: ScriptedCentral, tmp_path: Path, host_program: Path
) -> AsyncIterator[WholeFirmwareRig]:
    made = WholeFirmwareRig(central, tmp_path, host_program)
    yield made
    await made.close()


async def test_it_boots_and_tells_its_statuses(rig: FirmwareRig) -> None:
    await rig.boot()
    assert rig.central.actions == ["BootNotification", *["StatusNotification"] * 2]
    assert rig.central.statuses(0) == rig.central.statuses(1) == ["Available"]
    assert rig.central.of("BootNotification") == [
        {"chargePointVendor": "evseloop", "chargePointModel": "twin"}
    ]


async def test_a_session_from_tag_to_plug_out(rig: FirmwareRig) -> None:
    await rig.boot()
    await rig.charging()
    assert rig.cp.transaction_id() == 100
    await rig.run(3600)
    rig.tag()
    await rig.until(lambda: not rig.cp.in_transaction())
    await rig.run(5)
    rig.unplug()
    await rig.run(5)
    assert rig.central.statuses() == [
        "Available",
        "Preparing",
        "Charging",
        "Finishing",
        "Available",
    ]
    (stop,) = rig.central.of("StopTransaction")
    assert stop["meterStop"] == int(rig.evses[0].report().energy_wh) > 10_000
    assert stop["transactionId"] == 100


async def test_under_both_programs_an_hour_takes_few_exchanges(
    whole_rig: WholeFirmwareRig,
) -> None:
    rig = whole_rig
    await rig.boot()
    await rig.charging()
    (controller,) = rig.controllers
    before = controller.exchanges
    await rig.run(3600)
    # A grant is a second long at most, and cut by little else: single ticks were 3,600,000.
    assert 3600 < controller.exchanges - before < 2 * 3600
    assert await rig.ask("RemoteStopTransaction", {"transactionId": 100}) == {"status": "Accepted"}
    await rig.until(lambda: not rig.cp.in_transaction())
    await rig.run(5)
    (stop,) = rig.central.of("StopTransaction")
    assert stop["meterStop"] == int(rig.evses[0].report().energy_wh) > 10_000
    assert len(rig.central.of("MeterValues")) == 60


async def test_whoever_stops_the_clock_may_act_at_that_instant(
    whole_rig: WholeFirmwareRig,
) -> None:
    rig = whole_rig
    await rig.boot()
    await rig.charging()
    for past_us in (*range(4), *range(990, 1010)):
        # A grant ends at the event before; the next one must not begin at the end of this run.
        rig.clock.after(40_000, lambda: None)
        await rig.driver.advance(40_000 + past_us)
        rig.evses[0].command(limit_a=16.0 + past_us % 2)


async def test_its_identity_and_key_are_presented_and_in_no_event(rig: FirmwareRig) -> None:
    await rig.boot(identity="CP/1 ü", key=b"0123456789abcdef")
    assert rig.central.identity == "CP/1 ü"
    assert rig.central.credentials() == "CP/1 ü".encode() + b":0123456789abcdef"
    assert not any("0123456789abcdef" in text or b"0123".hex() in text for text in rig.events)
    settings = rig.folder / "ocpp" / "settings.json"
    assert settings.stat().st_mode & 0o077 == 0


async def test_it_is_online_again_as_soon_as_the_network_is_back(rig: FirmwareRig) -> None:
    await rig.boot()
    rig.cp.cut_network()
    await rig.until(lambda: not rig.cp.connected)
    await rig.run(2000)
    rig.cp.restore_network()
    await rig.until(lambda: rig.cp.online, 1)
    assert rig.central.actions.count("BootNotification") == 1, "a reconnect is no boot"


async def test_a_link_that_the_other_side_breaks_is_opened_again(rig: FirmwareRig) -> None:
    await rig.boot()
    rig.central.drop()
    await rig.until(lambda: not rig.cp.connected)
    await rig.until(lambda: rig.cp.online, 10)


async def test_a_transaction_that_is_open_when_the_power_goes_is_so_until_it_has_started_again(
    rig: FirmwareRig,
) -> None:
    await rig.boot()
    await rig.charging()
    rig.cp.cut_power()
    await rig.run(100)
    assert (rig.cp.in_transaction(), rig.cp.transaction_id()) == (True, 100)
    rig.cp.restore_power()
    await rig.until(lambda: rig.central.actions.count("StopTransaction") == 1)
    assert (rig.cp.in_transaction(), rig.cp.transaction_id()) == (False, None)


async def test_what_it_has_learnt_of_the_time_survives_a_power_cut(rig: FirmwareRig) -> None:
    await rig.boot(utc_at_zero=EPOCH - timedelta(days=400))
    rig.cp.cut_power()
    rig.cp.cut_network()
    await rig.run(1000)
    rig.cp.restore_power()
    await rig.run(10)
    rig.cp.restore_network()
    await rig.until(lambda: rig.cp.online)
    await rig.charging()
    (start,) = rig.central.of("StartTransaction")
    told = datetime.fromisoformat(start["timestamp"])
    assert abs(told - rig.central.now()) < timedelta(seconds=5)


async def test_two_runs_are_the_same_frame_by_frame(tmp_path: Path, host_program: Path) -> None:
    runs = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        rig = WholeFirmwareRig(ScriptedCentral(), tmp_path / name, host_program)
        await rig.central.start()
        frames: list[tuple[int, str, str]] = []
        cp = rig.build()
        cp.on_frame(lambda *frame: frames.append(frame))  # noqa: B023 -- of this run
        await rig.run(3)
        cp.start()
        await rig.until(lambda: cp.online)  # noqa: B023
        await rig.charging()
        await rig.run(200)
        rig.unplug()
        await rig.run(10)
        await rig.close()
        await rig.central.stop()
        runs.append(frames)
    assert len(runs[0]) > 20
    assert runs[0] == runs[1]
