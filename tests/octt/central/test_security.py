"""Security profiles, certificates, logs and signed firmware (security whitepaper)."""

from __future__ import annotations

import asyncio
import base64
import ssl
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID
from websockets.exceptions import InvalidMessage, InvalidStatus

from central.pki.tls import CIPHER_SUITES

NEW_KEY = b"OCA_OCTT_admin_test"
ACCEPTED = {"status": "Accepted"}


def now() -> str:
    return datetime.now(UTC).isoformat()


@pytest.fixture
def connect(secure_central, play_charger, made_pki):
    """Connect over TLS with a key or `own` certificate files, or `plain`."""

    async def open_(charge_point_id, key=None, *, own=None, plain=False, **answers):
        if plain:
            return await play_charger(secure_central.ocpp, charge_point_id, key, **answers)
        return await play_charger(
            secure_central.ocpp_tls, charge_point_id, key, tls=made_pki.client(own), **answers
        )

    return open_


@pytest.fixture
async def tls_charger(operator, connect, charger_id):
    """A booted charger of security profile 2."""
    charger = await connect(charger_id, await operator.admit(charger_id))
    await charger.boot()
    return charger


async def refusal(opening) -> int:
    with pytest.raises(InvalidStatus) as caught:
        await opening
    return int(caught.value.response.status_code)


async def test_tc_073_csms_a_changed_password_is_the_only_one_that_lets_the_charger_in(
    operator, connect, charger_id
):
    old = await operator.admit(charger_id)
    charger = await connect(charger_id, old, ChangeConfiguration=ACCEPTED)
    await charger.boot()
    told = await operator.change(charger_id, "AuthorizationKey", NEW_KEY.hex())
    assert told["status"] == "Accepted"
    [call] = charger.commands
    assert call.payload["key"] == "AuthorizationKey"
    assert 16 <= len(bytes.fromhex(call.payload["value"])) <= 20
    await charger.websocket.close()
    charger = await connect(charger_id, NEW_KEY.hex())
    await charger.boot()
    assert await refusal(connect(charger_id, old)) == 401


async def test_tc_074_csms_a_renewed_certificate_fits_its_request_and_lets_the_charger_in(
    operator, connect, certified, own_key, charger_id
):
    charger = await connect(
        charger_id,
        own=await certified(charger_id),
        ExtendedTriggerMessage=ACCEPTED,
        CertificateSigned=ACCEPTED,
    )
    await charger.boot()
    told = await operator.command(
        charger_id,
        "extended-trigger-message",
        requested_message="SignChargePointCertificate",
    )
    assert told["status"] == "Accepted"
    [trigger] = charger.commands
    assert trigger.payload == {"requestedMessage": "SignChargePointCertificate"}
    key = own_key(rsa_bits=2048)
    assert await charger.call("SignCertificate", csr=key.csr(charger_id, "evseloop")) == ACCEPTED
    pem = (await charger.command("CertificateSigned")).payload["certificateChain"]
    certificate, issuer = x509.load_pem_x509_certificates(pem.encode())
    certificate.verify_directly_issued_by(issuer)
    assert certificate.public_key() == key.key.public_key()
    assert certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == charger_id
    assert certificate.signature_algorithm_oid._name == "sha256WithRSAEncryption"
    await charger.websocket.close()
    charger = await connect(charger_id, own=key.files(pem))
    await charger.boot()
    newest, *_ = await operator.get("/api/certificates", charge_point_id=charger_id)
    assert newest["state"] == "installed"
    assert newest["serial_number"] == f"{certificate.serial_number:x}"


async def _install(operator, charger, charger_id, kind, pem):
    charger.answers |= {
        "InstallCertificate": ACCEPTED,
        "GetInstalledCertificateIds": {
            "status": "Accepted",
            "certificateHashData": [hash_data(pem)],
        },
    }
    told = await operator.command(
        charger_id, "install-certificate", certificate_type=kind, certificate=pem
    )
    assert told["status"] == "Accepted"
    told = await operator.command(
        charger_id, "get-installed-certificate-ids", certificate_type=kind
    )
    assert told["response"]["certificateHashData"] == [hash_data(pem)]
    install, ask = charger.commands
    assert install.payload["certificateType"] == ask.payload["certificateType"] == kind
    root = x509.load_pem_x509_certificate(install.payload["certificate"].encode())
    root.verify_directly_issued_by(root)


def hash_data(pem: str) -> dict[str, str]:
    root = x509.load_pem_x509_certificate(pem.encode())
    return {
        "hashAlgorithm": "SHA384",
        "issuerNameHash": "ab" * 48,
        "issuerKeyHash": "cd" * 48,
        "serialNumber": f"{root.serial_number:x}",
    }


async def test_tc_075_1_csms_a_manufacturer_root_is_installed_and_listed(
    operator, tls_charger, charger_id, made_pki
):
    pem = made_pki.pem("manufacturer-root")
    await _install(operator, tls_charger, charger_id, "ManufacturerRootCertificate", pem)


async def test_tc_075_2_csms_a_central_system_root_is_installed_and_listed(
    operator, tls_charger, charger_id, made_pki
):
    pem = made_pki.pem("central-root")
    await _install(operator, tls_charger, charger_id, "CentralSystemRootCertificate", pem)


async def test_tc_076_csms_a_certificate_is_deleted_by_the_hash_data_that_the_charger_told(
    operator, tls_charger, charger_id, made_pki
):
    data = hash_data(made_pki.pem("manufacturer-root"))
    tls_charger.answers |= {
        "GetInstalledCertificateIds": {"status": "Accepted", "certificateHashData": [data]},
        "DeleteCertificate": ACCEPTED,
    }
    kind = "ManufacturerRootCertificate"
    told = await operator.command(
        charger_id, "get-installed-certificate-ids", certificate_type=kind
    )
    [listed] = told["response"]["certificateHashData"]
    told = await operator.command(
        charger_id,
        "delete-certificate",
        certificate_hash_data={
            "hash_algorithm": listed["hashAlgorithm"],
            "issuer_name_hash": listed["issuerNameHash"],
            "issuer_key_hash": listed["issuerKeyHash"],
            "serial_number": listed["serialNumber"],
        },
    )
    assert told["status"] == "Accepted"
    assert tls_charger.commands[-1].payload == {"certificateHashData": data}
    tls_charger.answers["GetInstalledCertificateIds"] = {"status": "NotFound"}
    told = await operator.command(
        charger_id, "get-installed-certificate-ids", certificate_type=kind
    )
    assert told["success"] is True
    assert told["status"] == "NotFound"


async def test_tc_077_csms_a_rejected_charger_certificate_and_its_event_are_recorded(
    operator, connect, certified, own_key, charger_id
):
    charger = await connect(
        charger_id,
        own=await certified(charger_id),
        ExtendedTriggerMessage=ACCEPTED,
        CertificateSigned={"status": "Rejected"},
    )
    await charger.boot()
    await operator.command(
        charger_id,
        "extended-trigger-message",
        requested_message="SignChargePointCertificate",
    )
    csr = own_key().csr(charger_id, "evseloop")
    assert await charger.call("SignCertificate", csr=csr) == ACCEPTED
    await charger.command("CertificateSigned")
    kind = "InvalidChargePointCertificate"
    assert await charger.call("SecurityEventNotification", type=kind, timestamp=now()) == {}
    [event] = await operator.get("/api/security-events", charge_point_id=charger_id, alert=True)
    assert event["type"] == kind
    newest, *_ = await operator.get("/api/certificates", charge_point_id=charger_id)
    assert newest["state"] == "rejected"


async def test_tc_078_csms_a_rejected_root_and_its_event_are_recorded(
    operator, tls_charger, charger_id, made_pki
):
    tls_charger.answers["InstallCertificate"] = {"status": "Rejected"}
    told = await operator.command(
        charger_id,
        "install-certificate",
        certificate_type="CentralSystemRootCertificate",
        certificate=made_pki.pem("server-ec"),
    )
    assert told["success"] is False
    assert told["status"] == "Rejected"
    kind = "InvalidCentralSystemCertificate"
    answer = await tls_charger.call(
        "SecurityEventNotification", type=kind, timestamp=now(), techInfo="no authority"
    )
    assert answer == {}
    assert await operator.events(charger_id) == [kind]


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
    assert told["status"] == "Accepted"
    [call] = tls_charger.commands
    assert call.payload["logType"] == "SecurityLog"
    assert call.payload["log"]["remoteLocation"] == "https://files.example/logs/"
    for status in ("Uploading", "Uploaded"):
        answer = await tls_charger.call("LogStatusNotification", status=status, requestId=79)
        assert answer == {}
        charger = await operator.get(f"/api/chargers/{charger_id}/status")
        assert (charger["log_status"], charger["log_request_id"]) == (status, 79)


async def _update(operator, charger, charger_id, made_pki, firmware: bytes) -> None:
    key = load_pem_private_key((made_pki.directory / "firmware-signing.key").read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    signature = base64.b64encode(key.sign(firmware, padding.PKCS1v15(), SHA256())).decode()
    charger.answers["SignedUpdateFirmware"] = ACCEPTED
    told = await operator.command(
        charger_id,
        "signed-update-firmware",
        request_id=80,
        firmware={
            "location": "https://files.example/firmware.bin",
            "retrieve_date_time": now(),
            "signing_certificate": made_pki.pem("firmware-signing"),
            "signature": signature,
        },
    )
    assert told["status"] == "Accepted"
    [call] = charger.commands
    assert call.payload["firmware"]["signature"] == signature
    assert call.payload["firmware"]["location"] == "https://files.example/firmware.bin"
    assert "BEGIN CERTIFICATE" in call.payload["firmware"]["signingCertificate"]


async def _firmware_status(charger, status: str) -> None:
    answer = await charger.call("SignedFirmwareStatusNotification", status=status, requestId=80)
    assert answer == {}


async def test_tc_080_csms_a_signed_firmware_update_is_followed_until_it_is_installed(
    operator, connect, charger_id, made_pki
):
    key = await operator.admit(charger_id)
    charger = await connect(charger_id, key)
    await charger.boot()
    await _update(operator, charger, charger_id, made_pki, b"firmware")
    for status in (
        "Downloading",
        "Downloaded",
        "SignatureVerified",
        "Installing",
        "InstallRebooting",
    ):
        await _firmware_status(charger, status)
    await charger.websocket.close()
    charger = await connect(charger_id, key)
    await charger.boot(firmwareVersion="1.3")
    kind = "FirmwareUpdated"
    assert await charger.call("SecurityEventNotification", type=kind, timestamp=now()) == {}
    await _firmware_status(charger, "Installed")
    seen = await operator.get(f"/api/chargers/{charger_id}/status")
    assert (seen["firmware_status"], seen["firmware_request_id"]) == ("Installed", 80)
    assert seen["firmware_version"] == "1.3"
    assert await operator.events(charger_id) == [kind]


async def test_tc_081_csms_firmware_with_a_wrong_signature_is_reported_as_such(
    operator, tls_charger, charger_id, made_pki
):
    await _update(operator, tls_charger, charger_id, made_pki, b"other firmware")
    for status in ("Downloading", "Downloaded", "InvalidSignature"):
        await _firmware_status(tls_charger, status)
    kind = "InvalidFirmwareSignature"
    assert await tls_charger.call("SecurityEventNotification", type=kind, timestamp=now()) == {}
    seen = await operator.get(f"/api/chargers/{charger_id}/status")
    assert seen["firmware_status"] == "InvalidSignature"
    assert await operator.events(charger_id) == [kind]


async def test_tc_083_csms_after_an_upgrade_of_the_security_profile_the_old_one_is_refused(
    operator, connect, charger_id
):
    key = await operator.admit(charger_id)
    charger = await connect(
        charger_id, key, plain=True, ChangeConfiguration=ACCEPTED, Reset=ACCEPTED
    )
    await charger.boot()
    assert (await operator.change(charger_id, "SecurityProfile", "2"))["status"] == "Accepted"
    assert (await operator.command(charger_id, "reset", type="Hard"))["status"] == "Accepted"
    change, reset = charger.commands
    assert change.payload == {"key": "SecurityProfile", "value": "2"}
    assert reset.payload == {"type": "Hard"}
    await charger.websocket.close()
    # Had the upgrade failed, the charger would come with the old one: so it is still let in.
    await (await connect(charger_id, key, plain=True)).websocket.close()
    charger = await connect(charger_id, key)
    await charger.boot()
    assert await refusal(connect(charger_id, key, plain=True)) == 403
    seen = await operator.get(f"/api/chargers/{charger_id}/status")
    assert seen["min_security_profile"] == 2
    assert seen["status"] == "online"


async def test_tc_085_csms_right_credentials_let_the_charger_in_and_a_missing_header_gets_401(
    operator, connect, charger_id
):
    key = await operator.admit(charger_id)
    assert await refusal(connect(charger_id)) == 401
    assert await refusal(connect(charger_id, "00" * 20)) == 401
    for plain in (True, False):
        charger = await connect(charger_id, key, plain=plain)
        await charger.boot()
        await charger.websocket.close()


@pytest.mark.parametrize("suite", CIPHER_SUITES)
async def test_tc_086_csms_the_server_offers_each_suite_with_a_certificate_that_is_its_own(
    operator, play_charger, secure_central, made_pki, charger_id, suite
):
    tls = made_pki.client()
    tls.maximum_version = ssl.TLSVersion.TLSv1_2
    tls.set_ciphers(suite)
    key = await operator.admit(charger_id)
    address = secure_central.ocpp_tls.replace("127.0.0.1", "localhost")
    charger = await play_charger(address, charger_id, key, tls=tls)
    await charger.boot()
    session = charger.websocket.transport.get_extra_info("ssl_object")
    assert session.version() == "TLSv1.2"
    assert session.cipher()[0] == suite
    certificate = x509.load_der_x509_certificate(session.getpeercert(binary_form=True))
    public = certificate.public_key()
    if "ECDSA" in suite:
        assert isinstance(public, ec.EllipticCurvePublicKey)
        assert public.key_size >= 224
    else:
        assert isinstance(public, rsa.RSAPublicKey)
        assert public.key_size >= 2048
    assert certificate.serial_number > 0
    assert certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "localhost"


async def test_tls_older_than_1_2_gets_no_handshake(secure_central, made_pki):
    tls = made_pki.client()
    with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated"):
        tls.minimum_version = ssl.TLSVersion.TLSv1_1
    with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated"):
        tls.maximum_version = ssl.TLSVersion.TLSv1_1
    tls.set_ciphers("ALL:@SECLEVEL=0")
    host, port = secure_central.ocpp_tls.removeprefix("wss://").split(":")
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        await asyncio.open_connection(host, int(port), ssl=tls)


async def test_tc_087_csms_a_charger_with_its_certificate_is_let_in_without_a_password(
    operator, connect, certified, own_key, made_pki, charger_id
):
    own = await certified(charger_id)
    charger = await connect(charger_id, own=own)
    await charger.boot()
    foreign = own_key()
    files = foreign.files(made_pki.signed_by("manufacturer-root", charger_id, foreign.key))
    # In TLS 1.3 the refusal comes after the client has ended its part of the handshake.
    with pytest.raises((ssl.SSLError, ConnectionError, InvalidMessage)):
        await connect(charger_id, own=files)
    await charger.status("Available")
