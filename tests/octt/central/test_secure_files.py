"""The security log and signed firmware (security whitepaper, N01 and L01)."""

from __future__ import annotations

import base64

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.octt.central.case import boot, moment

pytestmark = pytest.mark.usefixtures("nothing_unasked")

ACCEPTED = {"status": "Accepted"}
FIRMWARE = b"firmware"


async def test_tc_079_csms_the_security_log_is_asked_for_and_its_upload_followed(
    operator, tls_charger, charger_id
):
    tls_charger.answers["GetLog"] = {"status": "Accepted", "filename": "security.log"}
    told = await operator.command(
        charger_id,
        "get-log",
        log_type="SecurityLog",
        request_id=79,
        log={"remote_location": "https://files.example/logs/"},
    )
    assert (told["success"], told["status"]) == (True, "Accepted")
    assert told["response"]["filename"] == "security.log"
    [call] = tls_charger.commands
    assert call.payload == {
        "logType": "SecurityLog",
        "requestId": 79,
        "log": {"remoteLocation": "https://files.example/logs/"},
    }
    for status in ("Uploading", "Uploaded"):
        answer = await tls_charger.call("LogStatusNotification", status=status, requestId=79)
        assert answer == {}
        charger = await operator.get(f"/api/chargers/{charger_id}/status")
        assert (charger["log_status"], charger["log_request_id"]) == (status, 79)


async def _update(operator, charger, charger_id, made_pki, signed: bytes) -> None:
    """Order an update with a signature over some bytes; all of it gets to the charger."""
    key = load_pem_private_key((made_pki.directory / "firmware-signing.key").read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    signature = base64.b64encode(key.sign(signed, padding.PKCS1v15(), SHA256())).decode()
    charger.answers["SignedUpdateFirmware"] = ACCEPTED
    date, location = moment(), "https://files.example/firmware.bin"
    told = await operator.command(
        charger_id,
        "signed-update-firmware",
        request_id=80,
        firmware={
            "location": location,
            "retrieve_date_time": date,
            "signing_certificate": made_pki.pem("firmware-signing"),
            "signature": signature,
        },
    )
    assert (told["success"], told["status"]) == (True, "Accepted")
    [call] = charger.commands
    assert call.payload == {
        "requestId": 80,
        "firmware": {
            "location": location,
            "retrieveDateTime": date,
            "signingCertificate": made_pki.pem("firmware-signing"),
            "signature": signature,
        },
    }


def _check_signature(charger) -> None:
    """Check what was sent as the charger does."""
    sent = charger.commands[0].payload["firmware"]
    certificate = x509.load_pem_x509_certificate(sent["signingCertificate"].encode())
    public = certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    public.verify(base64.b64decode(sent["signature"]), FIRMWARE, padding.PKCS1v15(), SHA256())


async def _reports_firmware(operator, charger, charger_id, *statuses: str) -> None:
    for status in statuses:
        answer = await charger.call("SignedFirmwareStatusNotification", status=status, requestId=80)
        assert answer == {}
        seen = await operator.get(f"/api/chargers/{charger_id}/status")
        assert (seen["firmware_status"], seen["firmware_request_id"]) == (status, 80)


async def _reports_event(operator, charger, charger_id, kind: str) -> None:
    answer = await charger.call("SecurityEventNotification", type=kind, timestamp=moment())
    assert answer == {}
    assert await operator.events(charger_id) == [kind]


async def test_tc_080_csms_a_signed_firmware_update_is_followed_until_it_is_installed(
    operator, connect, charger_id, made_pki
):
    key = await operator.admit(charger_id)
    charger = await connect(charger_id, key)
    await boot(charger)
    await _update(operator, charger, charger_id, made_pki, FIRMWARE)
    _check_signature(charger)
    statuses = "Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting"
    await _reports_firmware(operator, charger, charger_id, *statuses)
    await charger.websocket.close()
    charger = await connect(charger_id, key)
    await boot(charger, firmwareVersion="1.3")
    await _reports_event(operator, charger, charger_id, "FirmwareUpdated")
    await _reports_firmware(operator, charger, charger_id, "Installed")
    seen = await operator.get(f"/api/chargers/{charger_id}/status")
    assert (seen["firmware_version"], seen["availability"]) == ("1.3", "available")


async def test_tc_081_csms_firmware_with_a_wrong_signature_is_reported_as_such(
    operator, tls_charger, charger_id, made_pki
):
    await _update(operator, tls_charger, charger_id, made_pki, b"other firmware")
    with pytest.raises(InvalidSignature):
        _check_signature(tls_charger)
    statuses = "Downloading", "Downloaded", "InvalidSignature"
    await _reports_firmware(operator, tls_charger, charger_id, *statuses)
    await _reports_event(operator, tls_charger, charger_id, "InvalidFirmwareSignature")
