"""Firmware with a signature: who may sign, how, and when it is installed; logs by GetLog."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from tests.peers.file_servers import HttpFiles, http_server
from tests.peers.firmware_orders import order, revocation_list, signer
from tests.peers.odd_certificates import with_an_extension_twice
from tests.peers.pki import Authority, rsa_key
from tests.peers.scripted_central import EPOCH
from twin.charge_point.firmware import FirmwareImage
from twin.charge_point.security.setup import SecuritySetup

IMAGE = FirmwareImage("2.0.0").to_bytes()


@pytest.fixture
def files() -> Iterator[HttpFiles]:
    with http_server() as served:
        yield served


def _told(rig: Any, request_id: int = 1) -> list[str]:
    return [
        each["status"]
        for each in rig.central.of("SignedFirmwareStatusNotification")
        if each.get("requestId") == request_id
    ]


def _events(rig: Any) -> list[str]:
    return [each["type"] for each in rig.central.of("SecurityEventNotification")]


async def _boot(rig: Any, authority: Any) -> Any:
    return await rig.boot(security=SecuritySetup(manufacturer_roots=authority.pem))


async def _status(rig: Any, update: dict[str, Any]) -> str:
    return (await rig.ask("SignedUpdateFirmware", update))["status"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("how", ["pkcs1", "pss", "ecdsa"])
async def test_each_kind_of_signature_is_taken(
    rig: Any, files: HttpFiles, authority: Any, how: str
) -> None:
    await _boot(rig, authority)
    by = signer(authority, None if how == "ecdsa" else rsa_key())
    update = order(files.put("new.bin", IMAGE), IMAGE, by, how=how)
    assert await _status(rig, update) == "Accepted"
    await rig.run(3)
    assert _told(rig) == ["Downloading", "Downloaded", "SignatureVerified"]


async def test_a_chain_over_another_authority_is_followed(
    rig: Any, files: HttpFiles, authority: Any
) -> None:
    await _boot(rig, authority)
    by = signer(authority, by=authority.intermediate())
    assert await _status(rig, order(files.put("new.bin", IMAGE), IMAGE, by)) == "Accepted"


async def test_a_certificate_that_cannot_be_read_to_its_end_is_refused(
    rig: Any, authority: Any
) -> None:
    await _boot(rig, authority)
    by = signer(authority)
    update = order("http://127.0.0.1:1/new.bin", IMAGE, by)
    update["firmware"]["signingCertificate"] = with_an_extension_twice(authority, by)
    assert await _status(rig, update) == "InvalidCertificate"
    await rig.until(lambda: "InvalidFirmwareSigningCertificate" in rig.central.events())


async def test_a_certificate_that_must_not_sign_is_refused(rig: Any, authority: Any) -> None:
    await _boot(rig, authority)
    expired = {"begin": EPOCH - timedelta(days=9), "end": EPOCH - timedelta(days=2)}
    bad = {
        "another authority": signer(Authority("Somebody else")),
        "expired": signer(authority, **expired),
        "not to sign": signer(authority, may=False),
        "a weak key": signer(authority, rsa_key(1024)),
    }
    for why, by in bad.items():
        update = order("http://127.0.0.1:9/new.bin", IMAGE, by)
        assert await _status(rig, update) == "InvalidCertificate", why
    update = order("http://127.0.0.1:9/new.bin", IMAGE, signer(authority))
    update["firmware"]["signingCertificate"] = "nonsense"
    assert await _status(rig, update) == "InvalidCertificate"
    await rig.run(10)
    assert _events(rig).count("InvalidFirmwareSigningCertificate") == 5
    assert _told(rig) == []


async def test_a_certificate_on_its_revocation_list_is_told_as_revoked(
    rig: Any, files: HttpFiles, authority: Any
) -> None:
    await _boot(rig, authority)
    location = files.put("new.bin", IMAGE)
    by = signer(authority, revocations=f"{files.url}/revoked.crl")
    files.put("revoked.crl", revocation_list(authority.root, by))
    assert await _status(rig, order(location, IMAGE, by)) == "RevokedCertificate"
    other = signer(authority)
    files.put("revoked.crl", revocation_list(authority.root, other))
    assert await _status(rig, order(location, IMAGE, by)) == "Accepted"
    assert await _status(rig, order(location, IMAGE, by)) == "AcceptedCanceled"
    await rig.run(5)
    assert _events(rig).count("InvalidFirmwareSigningCertificate") == 1


async def test_without_a_good_revocation_list_where_one_is_named_nothing_is_believed(
    rig: Any, files: HttpFiles, authority: Any
) -> None:
    await _boot(rig, authority)
    by = signer(authority, revocations=f"{files.url}/revoked.crl")
    update = order("http://127.0.0.1:9/new.bin", IMAGE, by)
    assert await _status(rig, update) == "InvalidCertificate", "there is none"
    lists = {
        "no list": b"nonsense",
        "out of date": revocation_list(authority.root, days=1),
        "of somebody else": revocation_list(Authority("Somebody else").root),
        "of one with the same name": revocation_list(Authority().root),
    }
    for why, content in lists.items():
        files.put("revoked.crl", content)
        assert await _status(rig, update) == "InvalidCertificate", why
    elsewhere = signer(authority, revocations="ldap://example.com/list")
    update = order("http://127.0.0.1:9/new.bin", IMAGE, elsewhere)
    assert await _status(rig, update) == "InvalidCertificate"


async def test_without_a_root_of_the_manufacturer_nothing_is_believed(
    rig: Any, authority: Any
) -> None:
    await rig.boot(security=SecuritySetup(central_roots=authority.pem))
    update = order("http://127.0.0.1:9/new.bin", IMAGE, signer(authority))
    assert await _status(rig, update) == "InvalidCertificate"


@pytest.mark.parametrize("signature", ["?", "\u00fc" * 4, ""])
async def test_a_signature_that_is_not_even_base64_is_wrong(
    rig: Any, files: HttpFiles, authority: Any, signature: str
) -> None:
    await _boot(rig, authority)
    update = order(files.put("new.bin", IMAGE), IMAGE, signer(authority))
    update["firmware"]["signature"] = signature
    assert await _status(rig, update) == "Accepted"
    await rig.run(3)
    assert _told(rig)[-1] == "InvalidSignature"


async def test_dates_of_download_and_installation_are_kept_and_told(
    rig: Any, files: HttpFiles, authority: Any
) -> None:
    cp = await _boot(rig, authority)
    update = order(
        files.put("new.bin", IMAGE),
        IMAGE,
        signer(authority),
        retrieveDateTime="2026-01-01T00:10:00Z",
        installDateTime="2026-01-01T00:20:00Z",
    )
    assert await _status(rig, update) == "Accepted"
    await rig.run(500)
    assert _told(rig) == ["DownloadScheduled"]
    await rig.run(200)
    assert _told(rig)[1:] == ["Downloading", "Downloaded", "SignatureVerified", "InstallScheduled"]
    cp.cut_power()
    await rig.run(10)
    cp.restore_power()
    await rig.run(400)
    assert _told(rig)[-1] == "InstallScheduled"
    await rig.run(200)
    assert _told(rig)[-3:] == ["Installing", "InstallRebooting", "Installed"]


async def test_a_good_signature_does_not_make_an_image_usable(
    rig: Any, files: HttpFiles, authority: Any
) -> None:
    await _boot(rig, authority)
    content = b"not an image at all"
    update = order(files.put("new.bin", content), content, signer(authority))
    await _status(rig, update)
    await rig.run(120)
    assert _told(rig)[-2:] == ["Installing", "InstallVerificationFailed"]
    assert rig.central.statuses(1)[-1] == "Available"


async def test_a_further_order_cancels_one_that_is_not_being_installed(
    rig: Any, files: HttpFiles, authority: Any
) -> None:
    await _boot(rig, authority)
    location, by = files.put("new.bin", IMAGE), signer(authority)
    later = order(location, IMAGE, by, retrieveDateTime="2026-01-01T01:00:00Z")
    assert await _status(rig, later) == "Accepted"
    assert await _status(rig, order(location, IMAGE, by, request_id=2)) == "AcceptedCanceled"
    await rig.until(lambda: "Installing" in _told(rig, 2))
    assert await _status(rig, order(location, IMAGE, by, request_id=3)) == "Rejected"
    await rig.run(120)
    assert _told(rig, 2)[-1] == "Installed"
    assert (_told(rig), _told(rig, 3)) == (["DownloadScheduled"], [])


async def test_numbers_are_taken_as_json_may_write_them(
    rig: Any, files: HttpFiles, authority: Any
) -> None:
    await _boot(rig, authority)
    update = order(files.put("new.bin", IMAGE), IMAGE, signer(authority))
    assert await _status(rig, {**update, "requestId": 1 << 70}) == "Rejected"
    files.failures = 1
    written = {"requestId": 8.0, "retries": 1.0, "retryInterval": 2.0}
    assert await _status(rig, {**update, **written}) == "Accepted"
    await rig.run(10)
    assert _told(rig, 8)[-1] == "Installing"
    log = {"logType": "SecurityLog", "log": {"remoteLocation": files.url}}
    assert (await rig.ask("GetLog", {**log, "requestId": -(1 << 70)}))["status"] == "Rejected"


async def test_firmware_without_a_signature_is_not_taken(
    rig: Any, authority: Any, refusal: Any
) -> None:
    await _boot(rig, authority)
    update = {"location": "http://127.0.0.1:9/a", "retrieveDate": "2026-01-01T00:00:00Z"}
    with pytest.raises(refusal, match="NotSupported"):
        await rig.ask("UpdateFirmware", update)


async def test_signatures_are_not_for_a_charger_without_the_extension(
    rig: Any, authority: Any, refusal: Any
) -> None:
    await rig.boot()
    with pytest.raises(refusal, match="NotSupported"):
        await rig.ask("SignedUpdateFirmware", order("http://a/b", IMAGE, signer(authority)))
    log = {"remoteLocation": "http://127.0.0.1:9/"}
    with pytest.raises(refusal, match="NotSupported"):
        await rig.ask("GetLog", {"logType": "DiagnosticsLog", "requestId": 1, "log": log})


async def test_an_extended_trigger_tells_where_it_is(
    rig: Any, files: HttpFiles, authority: Any
) -> None:
    await _boot(rig, authority)
    await _status(rig, order(files.put("new.bin", IMAGE), IMAGE, signer(authority)))
    await rig.until(lambda: "Installing" in _told(rig))
    for message in ("FirmwareStatusNotification", "LogStatusNotification"):
        await rig.ask("ExtendedTriggerMessage", {"requestedMessage": message})
    await rig.run(1)
    assert _told(rig)[-2:] == ["Installing", "Installing"]
    assert rig.central.of("LogStatusNotification") == [{"status": "Idle"}]


async def test_diagnostics_come_by_get_log_too_and_a_further_order_cancels(
    rig: Any, files: HttpFiles
) -> None:
    await rig.boot(security=SecuritySetup())
    files.failures = 1
    asked = {"logType": "SecurityLog", "log": {"remoteLocation": files.url}, "retryInterval": 60}
    assert (await rig.ask("GetLog", {**asked, "requestId": 1}))["status"] == "Accepted"
    await rig.run(5)
    asked["logType"] = "DiagnosticsLog"
    assert (await rig.ask("GetLog", {**asked, "requestId": 2}))["status"] == "AcceptedCanceled"
    await rig.run(100)
    told = [(each["requestId"], each["status"]) for each in rig.central.of("LogStatusNotification")]
    assert told == [(1, "Uploading"), (2, "Uploading"), (2, "Uploaded")]
    ((_, content),) = files.received.items()
    assert "events.log" in ZipFile(BytesIO(content)).namelist()


async def test_get_log_needs_the_security_extension_and_no_firmware_management(
    rig: Any, files: HttpFiles, refusal: Any
) -> None:
    await rig.boot(security=SecuritySetup(), profiles=["Core"])
    asked = {"logType": "SecurityLog", "log": {"remoteLocation": files.url}, "requestId": 1}
    assert (await rig.ask("GetLog", asked))["status"] == "Accepted"
    await rig.run(5)
    told = [each["status"] for each in rig.central.of("LogStatusNotification")]
    assert told == ["Uploading", "Uploaded"]
    with pytest.raises(refusal, match="NotSupported"):
        await rig.ask("GetDiagnostics", {"location": files.url})


async def test_a_log_that_nobody_takes_is_told_with_its_reason(rig: Any, files: HttpFiles) -> None:
    await rig.boot(security=SecuritySetup())
    files.login = "somebody:else"
    asked = {"logType": "SecurityLog", "retries": 0, "requestId": 1}
    await rig.ask("GetLog", {**asked, "log": {"remoteLocation": files.url}})
    await rig.run(5)
    assert rig.central.of("LogStatusNotification")[-1]["status"] == "PermissionDenied"
    answer = await rig.ask("GetLog", {**asked, "log": {"remoteLocation": "gopher://a/b"}})
    assert answer == {"status": "Rejected"}
