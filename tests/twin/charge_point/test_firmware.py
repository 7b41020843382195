"""Firmware updates without a signature, over what may happen meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.peers.charge_point_rig import Rig
from tests.peers.file_servers import HttpFiles, http_server
from tests.peers.power_cuts import Killed, dying_at
from twin.charge_point import Status
from twin.charge_point.firmware import FirmwareImage, UnusableImage, read_image

NOW = "2026-01-01T00:00:00Z"
IMAGE = FirmwareImage("2.0.0", b"software").to_bytes()


@pytest.fixture
def files() -> Iterator[HttpFiles]:
    with http_server() as served:
        yield served


def _statuses(rig: Any) -> list[str]:
    return [each["status"] for each in rig.central.of("FirmwareStatusNotification")]


async def _order(rig: Any, location: str, **more: Any) -> None:
    order = {"location": location, "retrieveDate": NOW, **more}
    assert await rig.ask("UpdateFirmware", order) == {}


# --- when ---


async def test_an_installation_waits_for_the_transaction(rig: Any, files: HttpFiles) -> None:
    rig.add_evse(seed=1)
    rig.add_evse(seed=2)
    cp = await rig.boot()
    await rig.charging(1)
    await _order(rig, files.put("new.bin", IMAGE))
    await rig.run(600)
    assert _statuses(rig) == ["Downloading", "Downloaded"]
    assert cp.status(1) is Status.CHARGING
    assert cp.status(2) is Status.UNAVAILABLE, "nobody may begin any more"
    answer = await rig.ask("RemoteStartTransaction", {"idTag": "TAG2", "connectorId": 2})
    assert answer == {"status": "Rejected"}
    rig.tag()
    await rig.until(lambda: "Installing" in _statuses(rig))
    assert not rig.evses[0].report().closed
    assert rig.central.of("StopTransaction")[0]["reason"] == "Local"
    assert cp.status(1) is Status.UNAVAILABLE
    await rig.until(lambda: "Installed" in _statuses(rig), 120)
    await rig.run(5)
    assert cp.status(2) is Status.AVAILABLE


async def test_the_download_waits_for_its_date(rig: Any, files: HttpFiles) -> None:
    await rig.boot()
    await _order(rig, files.put("new.bin", IMAGE), retrieveDate="2026-01-01T01:00:00Z")
    await rig.run(3_580)
    assert (_statuses(rig), files.requests) == ([], [])
    await rig.run(30)
    assert _statuses(rig)[0] == "Downloading"


async def test_the_date_is_kept_over_a_power_cut(rig: Any, files: HttpFiles) -> None:
    cp = await rig.boot()
    await _order(rig, files.put("new.bin", IMAGE), retrieveDate="2026-01-01T01:00:00Z")
    cp.cut_power()
    await rig.run(1_800)
    cp.restore_power()
    await rig.run(1_700)
    assert _statuses(rig) == []
    await rig.until(lambda: "Installed" in _statuses(rig), 300)


# --- downloads that fail ---


async def test_a_download_is_tried_again(rig: Any, files: HttpFiles) -> None:
    await rig.boot()
    files.failures = 2
    await _order(rig, files.put("new.bin", IMAGE), retries=2, retryInterval=100)
    await rig.run(190)
    assert len(files.requests) == 2
    await rig.until(lambda: "Installed" in _statuses(rig), 120)
    assert _statuses(rig) == ["Downloading", "Downloaded", "Installing", "Installed"]


async def test_after_the_last_retry_it_has_failed(rig: Any, files: HttpFiles) -> None:
    await rig.boot()
    await _order(rig, f"{files.url}/missing.bin", retries=2, retryInterval=10)
    await rig.run(60)
    assert len(files.requests) == 3
    assert _statuses(rig) == ["Downloading", "DownloadFailed"]


async def test_without_a_network_nothing_is_downloaded(rig: Any, files: HttpFiles) -> None:
    cp = await rig.boot()
    later = "2026-01-01T00:01:00Z"
    await _order(rig, files.put("new.bin", IMAGE), retrieveDate=later, retries=0)
    cp.cut_network()
    await rig.run(120)
    assert files.requests == []
    cp.restore_network()
    await rig.until(lambda: cp.online)
    await rig.run(2)
    assert _statuses(rig) == ["DownloadFailed"], "told when there is somebody to tell"


async def test_a_protocol_that_there_is_none_of_fails(rig: Any) -> None:
    await rig.boot()
    await _order(rig, "gopher://example.com/new.bin")
    await rig.run(2)
    assert _statuses(rig) == ["Downloading", "DownloadFailed"]
    assert any("FTP, FTPS, HTTP, HTTPS" in text for text in rig.events)


# --- further orders ---


async def test_a_further_order_takes_the_place_of_one_that_waits(
    rig: Any, files: HttpFiles
) -> None:
    await rig.boot()
    await _order(rig, files.put("old.bin", IMAGE), retrieveDate="2026-01-01T01:00:00Z")
    newer = FirmwareImage("3.0.0").to_bytes()
    await _order(rig, files.put("newer.bin", newer))
    await rig.run(4_000)
    assert files.requests == ["GET /newer.bin"]
    assert rig.central.of("BootNotification")[-1]["firmwareVersion"] == "3.0.0"


async def test_one_that_waits_in_the_place_of_another_is_idle(rig: Any, files: HttpFiles) -> None:
    await rig.boot()
    files.failures = 1
    await _order(rig, files.put("new.bin", IMAGE), retryInterval=600)
    await _order(rig, files.put("new.bin", IMAGE), retrieveDate="2026-01-01T01:00:00Z")
    await rig.ask("TriggerMessage", {"requestedMessage": "FirmwareStatusNotification"})
    await rig.run(1)
    assert _statuses(rig) == ["Downloading", "Idle"]


async def test_nothing_disturbs_an_installation(rig: Any, files: HttpFiles) -> None:
    await rig.boot()
    location = files.put("new.bin", IMAGE)
    await _order(rig, location)
    await rig.until(lambda: "Installing" in _statuses(rig))
    await _order(rig, location)
    await rig.run(120)
    assert _statuses(rig) == ["Downloading", "Downloaded", "Installing", "Installed"]


# --- power, network, and what is told ---


async def test_a_power_cut_in_mid_installation_leaves_the_old_firmware(
    rig: Any, files: HttpFiles
) -> None:
    cp = await rig.boot()
    await _order(rig, files.put("new.bin", IMAGE))
    await rig.until(lambda: "Installing" in _statuses(rig))
    await rig.run(5)
    cp.cut_power()
    await rig.run(10)
    cp.restore_power()
    await rig.until(lambda: "InstallationFailed" in _statuses(rig))
    assert "firmwareVersion" not in rig.central.of("BootNotification")[-1]
    await rig.run(5)
    assert cp.status(1) is Status.AVAILABLE


async def test_a_power_cut_as_a_download_begins_lets_go_of_it(rig: Any, files: HttpFiles) -> None:
    cp = await rig.boot()
    location = files.put("new.bin", IMAGE)
    await _order(rig, location, retrieveDate="2026-01-01T00:01:00Z")
    loop = asyncio.get_running_loop()
    # Before the task of the transfer has run at all.
    cut = iter([lambda: loop.call_soon(cp.cut_power)])
    cp.on_event(lambda event: next(cut, lambda: None)() if location in event.text else None)
    await rig.run(100)
    assert not cp.running
    assert files.requests == []
    cp.restore_power()
    await rig.until(lambda: "Installed" in _statuses(rig), 120)


async def test_a_power_cut_in_the_middle_of_a_download_lets_go_of_it(
    rig: Any, files: HttpFiles
) -> None:
    cp = await rig.boot()
    files.gate.clear()
    location = files.put("new.bin", IMAGE)
    await _order(rig, location, retrieveDate="2026-01-01T00:01:00Z")
    moving = asyncio.create_task(rig.run(100))
    await asyncio.to_thread(files.waiting.wait, 5)
    cp.cut_power()
    await moving
    files.gate.set()
    cp.restore_power()
    await rig.until(lambda: "Installed" in _statuses(rig), 120)
    assert _statuses(rig)[-3:] == ["Downloaded", "Installing", "Installed"]
    assert len(files.requests) == 2


async def test_installed_is_told_when_the_network_is_back(rig: Any, files: HttpFiles) -> None:
    cp = await rig.boot()
    await _order(rig, files.put("new.bin", IMAGE))
    await rig.until(lambda: "Installing" in _statuses(rig))
    cp.cut_network()
    await rig.run(200)
    assert "Installed" not in _statuses(rig)
    cp.restore_network()
    await rig.until(lambda: "Installed" in _statuses(rig))
    cp.cut_network()
    await rig.run(10)
    cp.restore_network()
    await rig.run(30)
    assert _statuses(rig).count("Installed") == 1


async def test_a_trigger_tells_where_it_is(rig: Any, files: HttpFiles) -> None:
    await rig.boot()
    await _order(rig, files.put("new.bin", IMAGE))
    await rig.until(lambda: "Installing" in _statuses(rig))
    trigger = {"requestedMessage": "FirmwareStatusNotification"}
    await rig.ask("TriggerMessage", trigger)
    await rig.run(1)
    assert _statuses(rig)[-2:] == ["Installing", "Installing"]
    await rig.until(lambda: "Installed" in _statuses(rig), 120)
    await rig.run(1)
    await rig.ask("TriggerMessage", trigger)
    await rig.run(1)
    assert _statuses(rig)[-1] == "Idle"


async def test_a_power_cut_at_any_commit_ends_with_new_firmware_or_a_failure(
    tmp_path: Path,
    files: HttpFiles,
    fresh_rig: Callable[[Path], Rig],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    location = files.put("new.bin", IMAGE)
    ends: list[str] = []
    step = 0
    while True:
        step += 1
        folder = tmp_path / str(step)
        folder.mkdir()
        rig = fresh_rig(folder)
        await rig.central.start()
        cp = await rig.boot()
        await _order(rig, location, retrieveDate="2026-01-01T00:00:30Z")
        with dying_at(step, monkeypatch) as reached:
            try:
                await rig.until(lambda rig=rig: "Installed" in _statuses(rig), 120)  # type: ignore[misc]
                await rig.run(1)
            except Killed:
                cp.cut_power()
        if reached[0] < step:
            await cp.close()
            await rig.central.stop()
            break
        await rig.run(5)
        cp.restore_power()
        await rig.until(lambda rig=rig: _statuses(rig)[-1:] and _ended(_statuses(rig)), 300)  # type: ignore[misc]
        await rig.run(5)
        version = rig.central.of("BootNotification")[-1].get("firmwareVersion")
        ends.append(_statuses(rig)[-1])
        assert (version == "2.0.0") == (ends[-1] == "Installed"), (step, _statuses(rig))
        assert cp.status(1) is Status.AVAILABLE
        await cp.close()
        await rig.central.stop()
        assert rig.central.violations == []
    assert set(ends) == {"Installed", "InstallationFailed"}


def _ended(statuses: list[str]) -> bool:
    return statuses[-1] in {"Installed", "InstallationFailed"}


# --- images ---


@given(version=st.text(min_size=1, max_size=12), software=st.binary(max_size=100))
def test_an_image_is_read_as_it_was_written(version: str, software: bytes) -> None:
    image = FirmwareImage(version, software)
    assert read_image(image.to_bytes()) == image


@given(place=st.integers(0, len(IMAGE) - 1), flip=st.integers(1, 255))
def test_an_image_with_any_byte_changed_is_unusable(place: int, flip: int) -> None:
    damaged = bytearray(IMAGE)
    damaged[place] ^= flip
    with pytest.raises(UnusableImage):
        read_image(bytes(damaged))


@given(length=st.integers(0, len(IMAGE) - 1))
def test_an_image_that_was_cut_off_is_unusable(length: int) -> None:
    with pytest.raises(UnusableImage):
        read_image(IMAGE[:length])


@pytest.mark.parametrize("version", ["", "x" * 51])
def test_a_version_has_a_length(version: str) -> None:
    with pytest.raises(ValueError, match="1 to 50 bytes"):
        FirmwareImage(version).to_bytes()
