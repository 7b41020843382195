"""Files of a program at the business link: fetched and delivered by the twin."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.peers.charge_point_fixtures import central
from tests.peers.file_servers import HttpFiles, ftp_server, http_server
from tests.peers.firmware_rig import FirmwareRig
from tests.peers.host_program import host_program
from tests.peers.scripted_central import ScriptedCentral
from twin.charge_point.firmware import FirmwareImage
from twin.link.frames import LinkError

__all__ = ["central", "host_program"]

NOW = "2026-01-01T00:00:00Z"
FIRMWARE = "FirmwareStatusNotification"


@pytest.fixture
def files() -> Iterator[HttpFiles]:
    with http_server() as served:
        yield served


@pytest.fixture
async def rig(
    central: ScriptedCentral, tmp_path: Path, host_program: Path
) -> AsyncIterator[FirmwareRig]:
    made = FirmwareRig(central, tmp_path, host_program)
    yield made
    if made.charge_point is not None:
        await made.charge_point.close()


async def _order(rig: FirmwareRig, location: str, end: str) -> None:
    ends = rig.central.of(FIRMWARE).count({"status": end})
    order = {"location": location, "retrieveDate": NOW, "retries": 0}
    assert await rig.ask("UpdateFirmware", order) == {}
    await rig.until(lambda: rig.central.of(FIRMWARE).count({"status": end}) == ends + 1, 120)


def _version(rig: FirmwareRig) -> str:
    return str(rig.central.of("BootNotification")[-1]["firmwareVersion"])


async def test_each_update_goes_into_the_slot_that_does_not_run(
    rig: FirmwareRig, files: HttpFiles
) -> None:
    await rig.boot()
    for version, slot in (("2.0.0", 1), ("3.0.0", 0)):
        image = FirmwareImage(version, bytes(200_000)).to_bytes()
        await _order(rig, files.put("new.bin", image), "Installed")
        assert _version(rig) == version
        assert (rig.folder / "ocpp" / f"slot{slot}.bin").read_bytes() == image
        assert (rig.folder / "ocpp" / "slot.txt").read_text() == f"{slot} {version}"


@pytest.mark.parametrize(
    "image",
    [
        pytest.param(b"another chip's", id="another chip's"),
        pytest.param(FirmwareImage("2.0.0", b"long").to_bytes()[:-1], id="cut short"),
        pytest.param(b"", id="empty"),
    ],
)
async def test_what_is_no_whole_image_is_not_installed(
    rig: FirmwareRig, files: HttpFiles, image: bytes
) -> None:
    await rig.boot()
    await _order(rig, files.put("new.bin", image), "InstallationFailed")
    assert not (rig.folder / "ocpp" / "slot.txt").exists()


async def test_ftp_with_a_login_that_is_in_no_event(rig: FirmwareRig, tmp_path: Path) -> None:
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "new.bin").write_bytes(FirmwareImage("2.0.0").to_bytes())
    await rig.boot()
    with ftp_server(folder) as url:
        await _order(rig, f"{url}/new.bin", "Installed")
        await _order(rig, f"{url}/none.bin", "DownloadFailed")
    assert _version(rig) == "2.0.0"
    assert not any("cret" in event for event in rig.events)


async def test_power_that_goes_during_a_download_leaves_the_order_in_force(
    rig: FirmwareRig, files: HttpFiles
) -> None:
    cp = await rig.boot()
    files.failures = 1
    location = files.put("new.bin", FirmwareImage("2.0.0").to_bytes())
    order = {"location": location, "retrieveDate": NOW, "retries": 1, "retryInterval": 60}
    await rig.ask("UpdateFirmware", order)
    await rig.run(10)
    cp.cut_power()
    await rig.run(5)
    cp.restore_power()
    await rig.until(lambda: {"status": "Installed"} in rig.central.of(FIRMWARE), 200)
    assert _version(rig) == "2.0.0"


async def test_a_record_of_slots_that_makes_no_sense_ends_the_program_with_a_line(
    rig: FirmwareRig, capfd: pytest.CaptureFixture[str]
) -> None:
    cp = rig.build()
    (rig.folder / "ocpp" / "slot.txt").write_text("7 2.0.0")
    with pytest.raises(LinkError, match="exit code 2"):
        cp.start()
    assert "no image to start: slot.txt" in capfd.readouterr().err
