"""Firmware management."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

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


def _told(rig: Any, *actions: str) -> list[Any]:
    """What was told, in order: actions, and the statuses of those that have one."""
    return [
        (action, payload.get("connectorId"), payload["status"]) if "status" in payload else action
        for action, payload in rig.central.calls
        if action in actions
    ]


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
    told = _told(rig, "FirmwareStatusNotification", "StatusNotification", "BootNotification")
    status = "FirmwareStatusNotification"
    assert told == [
        (status, None, "Downloading"),
        (status, None, "Downloaded"),
        ("StatusNotification", 1, "Unavailable"),
        (status, None, "Installing"),
        "BootNotification",
        ("StatusNotification", 0, "Available"),
        ("StatusNotification", 1, "Available"),
        (status, None, "Installed"),
    ]
    assert rig.central.of("BootNotification")[0]["firmwareVersion"] == "2.0.0"
    assert cp.status(1) is Status.AVAILABLE


async def test_tc_044_2_cs_a_download_fails_from_where_nobody_is(rig: Any) -> None:
    cp = await rig.boot()
    order = {"location": NOBODY, "retrieveDate": NOW, "retries": 0}
    assert await rig.ask("UpdateFirmware", order) == {}
    await rig.run(120)
    statuses = [each["status"] for each in rig.central.of("FirmwareStatusNotification")]
    assert statuses == ["Downloading", "DownloadFailed"]
    assert cp.status(1) is Status.AVAILABLE
    assert len(rig.central.of("BootNotification")) == 1


async def test_tc_044_3_cs_an_unusable_image_is_not_installed(rig: Any, files: HttpFiles) -> None:
    cp = await rig.boot()
    before = rig.central.of("BootNotification")
    location = files.put("bad.bin", FirmwareImage("2.0.0").to_bytes()[:-1] + b"?")
    await rig.ask("UpdateFirmware", {"location": location, "retrieveDate": NOW, "retries": 0})
    await rig.run(120)
    statuses = [each["status"] for each in rig.central.of("FirmwareStatusNotification")]
    assert statuses == ["Downloading", "Downloaded", "Installing", "InstallationFailed"]
    assert rig.central.statuses(1)[-2:] == ["Unavailable", "Available"]
    cp.cut_power()
    cp.restore_power()
    await rig.until(lambda: cp.online)
    assert rig.central.of("BootNotification") == before * 2, "the old firmware runs"


async def test_tc_045_1_cs_diagnostics_are_uploaded(rig: Any, files: HttpFiles) -> None:
    await rig.boot()
    answer = await rig.ask("GetDiagnostics", {"location": f"{files.url}/diagnostics"})
    await rig.run(10)
    statuses = [each["status"] for each in rig.central.of("DiagnosticsStatusNotification")]
    assert statuses == ["Uploading", "Uploaded"]
    ((path, content),) = files.received.items()
    assert path == f"/diagnostics/{answer['fileName']}"
    assert ZipFile(BytesIO(content)).testzip() is None


async def test_tc_045_2_cs_an_upload_fails_where_nobody_is(rig: Any) -> None:
    await rig.boot()
    await rig.ask("GetDiagnostics", {"location": "http://127.0.0.1:9/", "retries": 0})
    await rig.run(10)
    statuses = [each["status"] for each in rig.central.of("DiagnosticsStatusNotification")]
    assert statuses == ["Uploading", "UploadFailed"]
