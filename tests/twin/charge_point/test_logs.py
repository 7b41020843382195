"""Diagnostics: what is in them, and how they get to the server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from tests.peers.file_servers import HttpFiles, http_server
from twin.charge_point import event_log

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def files() -> Iterator[HttpFiles]:
    with http_server() as served:
        yield served


def _statuses(rig: Any) -> list[str]:
    return [each["status"] for each in rig.central.of("DiagnosticsStatusNotification")]


def _archive(files: HttpFiles) -> dict[str, str]:
    (content,) = files.received.values()
    archive = ZipFile(BytesIO(content))
    return {name: archive.read(name).decode() for name in archive.namelist()}


async def _upload(rig: Any, files: HttpFiles, **more: Any) -> dict[str, str]:
    files.received.clear()
    count = len(_statuses(rig))
    await rig.ask("GetDiagnostics", {"location": f"{files.url}/in", **more})
    await rig.until(lambda: len(_statuses(rig)) == count + 2)
    assert _statuses(rig)[-1] == "Uploaded"
    return _archive(files)


async def test_diagnostics_show_the_charger_from_all_sides(rig: Any, files: HttpFiles) -> None:
    await rig.boot()
    await rig.charging()
    found = await _upload(rig, files)
    assert set(found) == {
        "about.json",
        "configuration.json",
        "store.json",
        "connectors.json",
        "events.log",
    }
    assert json.loads(found["about.json"])["identity"] == "CP1"
    assert json.loads(found["configuration.json"])["HeartbeatInterval"] == "300"
    assert json.loads(found["store.json"])["charging"] == 1
    (connector,) = json.loads(found["connectors.json"])
    assert connector["transaction"] == 100
    assert connector["controller"]["closed"] is True
    assert "connector 1: transaction started by TAG1" in found["events.log"]


async def test_no_secret_is_in_them(rig: Any, files: HttpFiles) -> None:
    await rig.boot(key=b"a key of 20 bytes...")
    await rig.ask("ChangeConfiguration", {"key": "AuthorizationKey", "value": KEY})
    await rig.run(20)
    files.login = "charger:s3cret"
    location = files.url.replace("//", "//charger:s3cret@") + "/in"
    await rig.ask("GetDiagnostics", {"location": location})
    await rig.until(lambda: _statuses(rig) == ["Uploading", "Uploaded"])
    everything = "".join(_archive(files).values()) + "".join(rig.events)
    assert "AuthorizationKey" not in everything
    assert KEY not in everything
    assert "a key of 20" not in everything
    assert "s3cret" not in everything


async def test_the_log_in_them_is_of_the_span_that_was_asked_for(
    rig: Any, files: HttpFiles
) -> None:
    await rig.boot()
    await rig.run(100)
    rig.plug_in()
    await rig.run(100)
    rig.unplug()
    await rig.run(100)
    begin, end = "2026-01-01T00:01:00Z", "2026-01-01T01:02:30+01:00"
    found = (await _upload(rig, files, startTime=begin, stopTime=end))["events.log"]
    stamps = [line.split()[0] for line in found.splitlines()]
    assert stamps
    assert all("2026-01-01T00:01:00" <= stamp < "2026-01-01T00:02:31" for stamp in stamps)
    assert "Preparing" in found
    assert "boot accepted" not in found


async def test_an_upload_is_tried_again(rig: Any, files: HttpFiles) -> None:
    await rig.boot()
    files.failures = 2
    order = {"location": files.url, "retries": 2, "retryInterval": 30}
    await rig.ask("GetDiagnostics", order)
    await rig.run(50)
    assert (len(files.requests), _statuses(rig)) == (2, ["Uploading"])
    await rig.run(20)
    assert _statuses(rig) == ["Uploading", "Uploaded"]


async def test_an_order_that_was_answered_outlives_a_power_cut(rig: Any, files: HttpFiles) -> None:
    cp = await rig.boot()
    files.failures = 1
    answer = await rig.ask("GetDiagnostics", {"location": files.url, "retryInterval": 60})
    await rig.run(5)
    cp.cut_power()
    await rig.run(5)
    assert files.received == {}
    cp.restore_power()
    await rig.until(lambda: _statuses(rig)[-1] == "Uploaded")
    assert list(files.received) == [f"/{answer['fileName']}"]


async def test_a_further_order_takes_the_place_of_the_one_before(
    rig: Any, files: HttpFiles
) -> None:
    await rig.boot()
    files.failures = 1
    await rig.ask("GetDiagnostics", {"location": f"{files.url}/one", "retryInterval": 60})
    await rig.run(5)
    await rig.ask("GetDiagnostics", {"location": f"{files.url}/two"})
    await rig.run(100)
    assert [path.rsplit("/", 1)[0] for path in files.received] == ["/two"]
    assert _statuses(rig) == ["Uploading", "Uploading", "Uploaded"]


async def test_a_trigger_tells_of_an_upload_that_is_going_on(rig: Any, files: HttpFiles) -> None:
    await rig.boot()
    files.failures = 1
    await rig.ask("GetDiagnostics", {"location": files.url, "retryInterval": 60})
    await rig.run(5)
    await rig.ask("TriggerMessage", {"requestedMessage": "DiagnosticsStatusNotification"})
    await rig.run(1)
    assert _statuses(rig) == ["Uploading", "Uploading"]


async def test_the_event_log_has_an_end(
    rig: Any, files: HttpFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_log, "MOST_LINES", 20)
    await rig.boot()
    for _ in range(15):
        rig.plug_in()
        await rig.run(2)
        rig.unplug()
        await rig.run(2)
    lines = (await _upload(rig, files))["events.log"].splitlines()
    assert len(lines) == 20
    assert "diagnostics" in lines[-1], "the newest stay"


async def test_what_happened_before_a_restart_is_in_the_log(rig: Any, files: HttpFiles) -> None:
    cp = await rig.boot()
    await rig.ask("Reset", {"type": "Soft"})
    await rig.until(lambda: not cp.online)
    await rig.until(lambda: cp.online)
    found = (await _upload(rig, files))["events.log"]
    assert "SoftReset by the central system" in found


async def test_a_charger_without_the_profile_has_no_diagnostics(rig: Any, refusal: Any) -> None:
    await rig.boot(profiles=["Core"])
    with pytest.raises(refusal, match="NotSupported"):
        await rig.ask("GetDiagnostics", {"location": "http://127.0.0.1:9/"})
    with pytest.raises(refusal, match="NotSupported"):
        await rig.ask(
            "UpdateFirmware",
            {"location": "http://127.0.0.1:9/", "retrieveDate": "2026-01-01T00:00:00Z"},
        )
