"""Certificates of chargers and of what they trust (security whitepaper, A02, M03 to M05)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from tests.octt.central.case import boot, moment

pytestmark = pytest.mark.usefixtures("nothing_unasked")

ACCEPTED = {"status": "Accepted"}
MANUFACTURER = "ManufacturerRootCertificate"
CENTRAL_SYSTEM = "CentralSystemRootCertificate"


async def _connect_to_renew(connect, charger_id, own, signed):
    charger = await connect(
        charger_id, own=own, ExtendedTriggerMessage=ACCEPTED, CertificateSigned=signed
    )
    await boot(charger)
    return charger


async def _told_to_renew(operator, charger, charger_id):
    """Have the operator ask for a request for a certificate."""
    told = await operator.command(
        charger_id, "extended-trigger-message", requested_message="SignChargePointCertificate"
    )
    assert (told["success"], told["status"]) == (True, "Accepted")
    [trigger] = charger.commands
    assert trigger.payload == {"requestedMessage": "SignChargePointCertificate"}


async def _newest(operator, charger_id):
    """Return the newest certificate once the central system has nothing left to do about it."""
    async with asyncio.timeout(30):
        while True:
            newest, *_ = await operator.get("/api/certificates", charge_point_id=charger_id)
            if newest["state"] not in {"requested", "signed"}:
                return newest


def _name(subject: x509.Name, oid: x509.ObjectIdentifier) -> str | bytes:
    return subject.get_attributes_for_oid(oid)[0].value


@pytest.mark.parametrize("rsa_bits", [2048, None], ids=["rsa", "ec"])
async def test_tc_074_csms_a_renewed_certificate_fits_its_request_and_lets_the_charger_in(
    operator, connect, certified, own_key, charger_id, rsa_bits
):
    charger = await _connect_to_renew(connect, charger_id, await certified(charger_id), ACCEPTED)
    await _told_to_renew(operator, charger, charger_id)
    key = own_key(rsa_bits=rsa_bits)
    assert await charger.call("SignCertificate", csr=key.csr(charger_id, "evseloop")) == ACCEPTED
    pem = (await charger.command("CertificateSigned")).payload["certificateChain"]
    certificate, issuer = x509.load_pem_x509_certificates(pem.encode())
    certificate.verify_directly_issued_by(issuer)
    assert certificate.public_key() == key.key.public_key()
    assert _name(certificate.subject, NameOID.COMMON_NAME) == charger_id
    assert _name(certificate.subject, NameOID.ORGANIZATION_NAME) == "evseloop"
    assert certificate.not_valid_before_utc <= datetime.now(UTC) < certificate.not_valid_after_utc
    # Not RSA-PSS, which few chargers read.
    assert certificate.signature_algorithm_oid._name == "sha256WithRSAEncryption"
    newest = await _newest(operator, charger_id)
    assert newest["state"] == "installed"
    assert newest["serial_number"] == f"{certificate.serial_number:x}"
    await charger.websocket.close()
    await boot(await connect(charger_id, own=key.files(pem)))
    assert (await operator.get(f"/api/chargers/{charger_id}/status"))["status"] == "online"


async def test_a_request_in_a_name_of_its_own_is_signed_by_the_operator_and_lets_the_charger_in(
    operator, connect, certified, own_key, charger_id
):
    """The compliance tool says nothing of the name in its request."""
    charger = await _connect_to_renew(connect, charger_id, await certified(charger_id), ACCEPTED)
    await _told_to_renew(operator, charger, charger_id)
    key = own_key(rsa_bits=2048)
    csr = key.csr(f"serial-of-{charger_id}", "somebody")
    assert await charger.call("SignCertificate", csr=csr) == ACCEPTED
    newest = await _newest(operator, charger_id)
    assert newest["state"] == "held"
    await operator.post(f"/api/certificates/{newest['id']}/sign")
    pem = (await charger.command("CertificateSigned")).payload["certificateChain"]
    await charger.websocket.close()
    await boot(await connect(charger_id, own=key.files(pem)))


async def test_tc_075_1_csms_a_manufacturer_root_is_installed_and_listed(
    operator, tls_charger, charger_id, made_pki
):
    pem = made_pki.pem("manufacturer-root")
    await _install(operator, tls_charger, charger_id, MANUFACTURER, pem)


async def test_tc_075_2_csms_a_central_system_root_is_installed_and_listed(
    operator, tls_charger, charger_id, made_pki
):
    pem = made_pki.pem("central-root")
    await _install(operator, tls_charger, charger_id, CENTRAL_SYSTEM, pem)


async def _install(operator, charger, charger_id, kind, pem):
    listed = {"status": "Accepted", "certificateHashData": [hash_data(pem)]}
    charger.answers |= {"InstallCertificate": ACCEPTED, "GetInstalledCertificateIds": listed}
    told = await operator.command(
        charger_id, "install-certificate", certificate_type=kind, certificate=pem
    )
    assert (told["success"], told["status"]) == (True, "Accepted")
    told = await operator.command(
        charger_id, "get-installed-certificate-ids", certificate_type=kind
    )
    assert told["success"]
    assert told["response"] == listed
    install, ask = charger.commands
    assert install.payload == {"certificateType": kind, "certificate": pem}
    assert ask.payload == {"certificateType": kind}
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


async def test_tc_076_csms_a_certificate_is_deleted_by_the_hash_data_that_the_charger_told(
    operator, tls_charger, charger_id, made_pki
):
    data = hash_data(made_pki.pem("manufacturer-root"))
    tls_charger.answers |= {
        "GetInstalledCertificateIds": {"status": "Accepted", "certificateHashData": [data]},
        "DeleteCertificate": ACCEPTED,
    }
    ask = {"operation": "get-installed-certificate-ids", "certificate_type": MANUFACTURER}
    told = await operator.command(charger_id, **ask)
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
    assert (told["success"], told["status"]) == (True, "Accepted")
    asked, deleted = tls_charger.commands
    assert asked.payload == {"certificateType": MANUFACTURER}
    assert deleted.payload == {"certificateHashData": data}
    tls_charger.answers["GetInstalledCertificateIds"] = {"status": "NotFound"}
    told = await operator.command(charger_id, **ask)
    assert (told["success"], told["status"]) == (True, "NotFound")


async def test_tc_077_csms_a_rejected_charger_certificate_and_its_event_are_recorded(
    operator, connect, certified, own_key, charger_id
):
    old = await certified(charger_id)
    charger = await _connect_to_renew(connect, charger_id, old, {"status": "Rejected"})
    await _told_to_renew(operator, charger, charger_id)
    csr = own_key().csr(charger_id, "evseloop")
    assert await charger.call("SignCertificate", csr=csr) == ACCEPTED
    await charger.command("CertificateSigned")
    await _reports_event(operator, charger, charger_id, "InvalidChargePointCertificate")
    newest = await _newest(operator, charger_id)
    assert (newest["state"], newest["detail"]) == ("rejected", "Rejected")
    await charger.websocket.close()
    # It has none but the old one, which is as good as before.
    await boot(await connect(charger_id, own=old))


async def test_tc_078_csms_a_rejected_root_and_its_event_are_recorded(
    operator, tls_charger, charger_id, made_pki
):
    tls_charger.answers["InstallCertificate"] = {"status": "Rejected"}
    no_root = made_pki.pem("server-ec")
    told = await operator.command(
        charger_id, "install-certificate", certificate_type=CENTRAL_SYSTEM, certificate=no_root
    )
    assert (told["success"], told["status"]) == (False, "Rejected")
    [install] = tls_charger.commands
    assert install.payload == {"certificateType": CENTRAL_SYSTEM, "certificate": no_root}
    await _reports_event(operator, tls_charger, charger_id, "InvalidCentralSystemCertificate")


async def _reports_event(operator, charger, charger_id, kind):
    at = moment()
    answer = await charger.call(
        "SecurityEventNotification", type=kind, timestamp=at, techInfo="no authority"
    )
    assert answer == {}
    [event] = await operator.get("/api/security-events", charge_point_id=charger_id, alert=True)
    assert (event["type"], event["tech_info"]) == (kind, "no authority")
    assert datetime.fromisoformat(event["at"]) == datetime.fromisoformat(at)
