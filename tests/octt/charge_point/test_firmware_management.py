"""Firmware management."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from tests.octt.charge_point.states import now, steps
from tests.peers.file_servers import HttpFiles, http_server
from twin.charge_point import Status
from twin.charge_point.firmware import FirmwareImage

NOW = "2026-01-01T00:00:00Z"
NOBODY = "http://127.0.0.1:9/firmware.bin"
"""The port `discard`, where nobody listens."""


@pytest.fixture
def files() -> Iterator[HttpFiles]:
    with http_server() as served:
        yield served


async def test_tc_044_1_cs_firmware_is_downloaded_installed_and_runs(
    rig: Any, files: HttpFiles
) -> None:
    cp = await rig.boot()
    rig.central.calls.clear()
    location = files.put("new.bin", FirmwareImage("2.0.0").to_bytes())
    assert await rig.ask("UpdateFirmware", {"location": location, "retrieveDate": NOW}) == {}
    await rig.until(
        lambda: {"status": "Installed"} in rig.central.of("FirmwareStatusNotification"), 120
    )
    assert steps(rig) == [
        "FirmwareStatusNotification Downloading",
        "FirmwareStatusNotification Downloaded",
        "1 Unavailable",
        "FirmwareStatusNotification Installing",
        "BootNotification",
        "0 Available",
        "1 Available",
        "FirmwareStatusNotification Installed",
    ]
    assert rig.central.of("BootNotification")[0]["firmwareVersion"] == "2.0.0"
    assert cp.status(1) is Status.AVAILABLE


async def test_tc_044_2_cs_a_download_fails_from_where_nobody_is(rig: Any) -> None:
    cp = await rig.boot()
    before = now(rig)
    order = {"location": NOBODY, "retrieveDate": NOW, "retries": 0}
    assert await rig.ask("UpdateFirmware", order) == {}
    await rig.run(120)
    assert steps(rig, before) == [
        "FirmwareStatusNotification Downloading",
        "FirmwareStatusNotification DownloadFailed",
    ]
    assert cp.status(1) is Status.AVAILABLE


async def test_tc_044_3_cs_an_unusable_image_is_not_installed(rig: Any, files: HttpFiles) -> None:
    cp = await rig.boot()
    boots = rig.central.of("BootNotification")
    before = now(rig)
    location = files.put("bad.bin", FirmwareImage("2.0.0").to_bytes()[:-1] + b"?")
    await rig.ask("UpdateFirmware", {"location": location, "retrieveDate": NOW, "retries": 0})
    await rig.run(120)
    assert steps(rig, before) == [
        "FirmwareStatusNotification Downloading",
        "FirmwareStatusNotification Downloaded",
        "1 Unavailable",
        "FirmwareStatusNotification Installing",
        "FirmwareStatusNotification InstallationFailed",
        "1 Available",
    ]
    cp.cut_power()
    cp.restore_power()
    await rig.until(lambda: cp.online)
    assert rig.central.of("BootNotification") == boots * 2, "the old firmware runs"


async def test_tc_045_1_cs_diagnostics_are_uploaded(rig: Any, files: HttpFiles) -> None:
    await rig.boot()
    answer = await rig.ask("GetDiagnostics", {"location": f"{files.url}/diagnostics"})
    await rig.run(10)
    statuses = [each["status"] for each in rig.central.of("DiagnosticsStatusNotification")]
    assert statuses == ["Uploading", "Uploaded"]
    ((path, content),) = files.received.items()
    assert path == f"/diagnostics/{answer['fileName']}"
    if path.endswith(".zip"):
        assert ZipFile(BytesIO(content)).testzip() is None
    else:  # the firmware has no room for an archive
        assert content.decode().splitlines()


async def test_tc_045_2_cs_an_upload_fails_where_nobody_is(rig: Any) -> None:
    await rig.boot()
    await rig.ask("GetDiagnostics", {"location": "http://127.0.0.1:9/", "retries": 0})
    await rig.run(10)
    statuses = [each["status"] for each in rig.central.of("DiagnosticsStatusNotification")]
    assert statuses == ["Uploading", "UploadFailed"]
