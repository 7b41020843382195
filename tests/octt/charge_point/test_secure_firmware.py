"""The security log, and firmware with a signature."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.octt.charge_point.states import steps
from tests.peers.file_servers import HttpFiles, http_server
from tests.peers.firmware_orders import order, signature, signer
from twin.charge_point import Status
from twin.charge_point.firmware import FirmwareImage
from twin.charge_point.security.setup import SecuritySetup

IMAGE = FirmwareImage("2.0.0").to_bytes()


@pytest.fixture
def files() -> Iterator[HttpFiles]:
    with http_server() as served:
        yield served


def _statuses(rig: Any, action: str, request_id: int) -> list[str]:
    told = rig.central.of(action)
    assert all(each["requestId"] == request_id for each in told)
    return [each["status"] for each in told]


async def test_tc_079_cs_the_security_log_is_uploaded(rig: Any, files: HttpFiles) -> None:
    await rig.boot(security=SecuritySetup())
    location = {"remoteLocation": f"{files.url}/logs"}
    answer = await rig.ask("GetLog", {"logType": "SecurityLog", "requestId": 7, "log": location})
    assert answer["status"] == "Accepted"
    await rig.run(10)
    assert _statuses(rig, "LogStatusNotification", 7) == ["Uploading", "Uploaded"]
    ((path, content),) = files.received.items()
    assert path == f"/logs/{answer['filename']}"
    assert b"StartupOfTheDevice" in content


async def test_tc_080_cs_firmware_with_a_good_signature_is_installed(
    rig: Any, files: HttpFiles, authority: Any
) -> None:
    cp = await rig.boot(security=SecuritySetup(manufacturer_roots=authority.pem))
    rig.central.calls.clear()
    update = order(files.put("new.bin", IMAGE), IMAGE, signer(authority), request_id=5)
    assert await rig.ask("SignedUpdateFirmware", update) == {"status": "Accepted"}
    action = "SignedFirmwareStatusNotification"
    await rig.until(lambda: {"status": "Installed", "requestId": 5} in rig.central.of(action), 120)
    await rig.run(2)
    assert {each["requestId"] for each in rig.central.of(action)} == {5}
    assert steps(rig) == [
        f"{action} Downloading",
        f"{action} Downloaded",
        f"{action} SignatureVerified",
        "1 Unavailable",
        f"{action} Installing",
        f"{action} InstallRebooting",
        "BootNotification",
        "0 Available",
        "1 Available",
        f"{action} Installed",
    ]
    assert rig.central.of("BootNotification")[0]["firmwareVersion"] == "2.0.0"
    events = [each["type"] for each in rig.central.of("SecurityEventNotification")]
    assert events.count("FirmwareUpdated") == 1
    assert cp.status(1) is Status.AVAILABLE


async def test_tc_081_cs_firmware_with_a_wrong_signature_is_not_installed(
    rig: Any, files: HttpFiles, authority: Any
) -> None:
    cp = await rig.boot(security=SecuritySetup(manufacturer_roots=authority.pem))
    by = signer(authority)
    update = order(files.put("new.bin", IMAGE), IMAGE, by, request_id=6)
    update["firmware"]["signature"] = signature(IMAGE + b"!", by)
    assert await rig.ask("SignedUpdateFirmware", update) == {"status": "Accepted"}
    await rig.run(120)
    assert _statuses(rig, "SignedFirmwareStatusNotification", 6) == [
        "Downloading",
        "Downloaded",
        "InvalidSignature",
    ]
    events = [each["type"] for each in rig.central.of("SecurityEventNotification")]
    assert "InvalidFirmwareSignature" in events
    assert cp.status(1) is Status.AVAILABLE
    boots = rig.central.of("BootNotification")
    assert len(boots) == 1
    cp.cut_power()
    cp.restore_power()
    await rig.until(lambda: cp.online)
    assert rig.central.of("BootNotification") == boots * 2, "the old firmware runs"
