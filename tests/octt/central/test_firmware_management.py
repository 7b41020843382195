"""Firmware Management profile: firmware and diagnostics, which the central system serves itself."""

from __future__ import annotations

from typing import Any

import httpx

from tests.octt.central.case import Case, moment

IMAGE = b"firmware of the next version" * 10_000


ELSEWHERE = "ftp://files.example/next.bin"
"""A configured location: the central system has only to hand it on."""


async def _told_to_update(case: Case) -> str:
    """Have the operator order an update; gives the location that the charger was told."""
    await case.boot()
    made = await case.rest.post(
        "/api/admin/firmware", files={"image": ("next.bin", IMAGE)}, data={"version": "2.0"}
    )
    assert made.status_code == 201, made.text
    date = moment()
    await case.operates("update-firmware", {}, image_id=made.json()["id"], retrieve_date=date)
    location = str(case.last_payload["location"])
    assert case.last_payload == {"location": location, "retrieveDate": date}
    return location


async def _told_to_upload(case: Case) -> str:
    """Have the operator ask for diagnostics; gives the location that the charger was told."""
    await case.boot()
    told = await case.operates("get-diagnostics", {"fileName": "diagnostics.log"})
    assert told["response"] == {"fileName": "diagnostics.log"}
    assert list(case.last_payload) == ["location"]
    return str(case.last_payload["location"])


async def _reports_firmware(case: Case, *statuses: str) -> None:
    for status in statuses:
        assert await case.charger.call("FirmwareStatusNotification", status=status) == {}
        assert (await case.state())["firmware_status"] == status


async def _reboots(case: Case) -> None:
    await case.come()
    await case.boot()


async def _outcome(case: Case) -> tuple[str, str]:
    job: dict[str, Any]
    [job] = await case.get("/api/admin/file-jobs", charger=case.charge_point_id)
    return job["status"], job["outcome"]


async def _seen(case: Case) -> tuple[str, str]:
    """Return the status of firmware that the operator sees, and that of the connector."""
    return (await case.state())["firmware_status"], await case.connector_status()


async def test_tc_044_1_csms_a_firmware_update_is_followed_to_its_end(case: Case):
    location = await _told_to_update(case)
    await _reports_firmware(case, "Downloading")
    async with httpx.AsyncClient() as charger:
        assert (await charger.get(location)).content == IMAGE
    await _reports_firmware(case, "Downloaded")
    await case.charger.status("Unavailable")
    await _reports_firmware(case, "Installing")
    assert await _outcome(case) == ("Installing", "open")
    assert await _seen(case) == ("Installing", "Unavailable")
    await _reboots(case)
    await _reports_firmware(case, "Installed")
    assert await _outcome(case) == ("Installed", "done")
    assert await _seen(case) == ("Installed", "Available")


async def test_tc_044_2_csms_a_download_that_failed_is_seen(case: Case):
    await case.boot()
    date = moment()
    await case.operates("update-firmware", {}, location=ELSEWHERE, retrieve_date=date)
    assert case.last_payload == {"location": ELSEWHERE, "retrieveDate": date}
    await _reports_firmware(case, "Downloading", "DownloadFailed")
    assert await _seen(case) == ("DownloadFailed", "Available")


async def test_tc_044_3_csms_an_installation_that_failed_is_seen(case: Case):
    await _told_to_update(case)
    await _reports_firmware(case, "Downloading", "Downloaded")
    await case.charger.status("Unavailable")
    await _reports_firmware(case, "Installing")
    await _reboots(case)
    await _reports_firmware(case, "InstallationFailed")
    assert await _outcome(case) == ("InstallationFailed", "failed")
    assert await _seen(case) == ("InstallationFailed", "Available")


async def test_tc_045_1_csms_diagnostics_are_taken_and_can_be_read(case: Case):
    location = await _told_to_upload(case)
    await _reports_diagnostics(case, "Uploading")
    async with httpx.AsyncClient() as charger:
        put = await charger.put(f"{location}/diagnostics.log", content=b"it was the relay")
        assert put.status_code == 201
    await _reports_diagnostics(case, "Uploaded")
    assert await _outcome(case) == ("Uploaded", "done")
    [upload] = await case.get("/api/admin/uploads", charger=case.charge_point_id)
    assert upload["file_name"] == "diagnostics.log"
    content = await case.rest.get(f"/api/admin/uploads/{upload['id']}/content")
    assert content.content == b"it was the relay"


async def test_tc_045_2_csms_an_upload_that_failed_is_seen(case: Case):
    await case.boot()
    place = "ftp://files.example/diagnostics/"
    await case.operates("get-diagnostics", {"fileName": "diagnostics.log"}, location=place)
    assert case.last_payload == {"location": place}
    await _reports_diagnostics(case, "Uploading", "UploadFailed")
    assert await case.get("/api/admin/uploads", charger=case.charge_point_id) == []


async def test_a_job_of_ours_that_failed_is_seen_as_failed(case: Case):
    await _told_to_update(case)
    await _reports_firmware(case, "Downloading", "DownloadFailed")
    assert await _outcome(case) == ("DownloadFailed", "failed")


async def test_an_upload_to_us_that_failed_is_seen_as_failed(case: Case):
    await _told_to_upload(case)
    await _reports_diagnostics(case, "Uploading", "UploadFailed")
    assert await _outcome(case) == ("UploadFailed", "failed")


async def _reports_diagnostics(case: Case, *statuses: str) -> None:
    for status in statuses:
        assert await case.charger.call("DiagnosticsStatusNotification", status=status) == {}
        assert (await case.state())["diagnostics_status"] == status
