"""Security: certificates (whitepaper, edition 2)."""

from __future__ import annotations

import ssl
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from tests.octt.charge_point.secured import SERIAL, ask, boot, signing_request, signs

CENTRAL = "CentralSystemRootCertificate"
MANUFACTURER = "ManufacturerRootCertificate"


def _hash_data(root: x509.Certificate) -> dict[str, str]:
    """What the tool works out on its own: by the edition 3 of the whitepaper."""

    def sha256(data: bytes) -> str:
        digest = hashes.Hash(hashes.SHA256())
        digest.update(data)
        return digest.finalize().hex()

    der = root.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    key = root.public_key()
    # The bit string is the end of the DER of the key's information.
    length = (
        (1 + 2 * 32)
        if isinstance(key, ec.EllipticCurvePublicKey)
        else len(key.public_bytes(Encoding.DER, PublicFormat.PKCS1))
    )
    return {
        "hashAlgorithm": "SHA256",
        "issuerNameHash": sha256(root.issuer.public_bytes()),
        "issuerKeyHash": sha256(der[-length:]),
        "serialNumber": hex(root.serial_number).removeprefix("0x"),
    }


async def test_tc_074_cs_a_renewed_certificate_is_used_from_the_next_connection(
    rig: Any, authority: Any, secure_central: Any
) -> None:
    central = await boot(rig, authority, secure_central, 3)
    signs(central)
    old = x509.load_der_x509_certificate(central.sessions[0].getpeercert(binary_form=True))
    csr = await signing_request(rig, central)
    request = x509.load_pem_x509_csr(csr.encode())
    assert request.is_signature_valid
    assert request.public_key() != old.public_key(), "a fresh key pair"
    (name,) = request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    (organisation,) = request.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    assert (name.value, organisation.value) == (SERIAL, "Operator")
    chain = authority.answer(csr)
    answer = await ask(rig, central, "CertificateSigned", {"certificateChain": chain})
    assert answer == {"status": "Accepted"}
    await rig.until(lambda: len(central.sessions) == 2)
    await rig.until(lambda: rig.cp.online)
    assert central.sessions[1].getpeercert(binary_form=True) == ssl.PEM_cert_to_DER_cert(chain)
    assert "Authorization" not in central.headers[1]


async def _installed(rig: Any, central: Any, kind: str, root: Any) -> list[dict[str, str]]:
    install = {"certificateType": kind, "certificate": root.pem}
    answer = await ask(rig, central, "InstallCertificate", install)
    assert answer == {"status": "Accepted"}
    listed = await ask(rig, central, "GetInstalledCertificateIds", {"certificateType": kind})
    assert listed["status"] == "Accepted"
    assert _hash_data(root.root.certificate) in listed["certificateHashData"]
    return list(listed["certificateHashData"])


async def test_tc_075_1_cs_a_root_of_the_manufacturer_is_installed(
    rig: Any, authority: Any, secure_central: Any, pki: Any
) -> None:
    central = await boot(rig, authority, secure_central, 2)
    none = await ask(rig, central, "GetInstalledCertificateIds", {"certificateType": MANUFACTURER})
    assert none == {"status": "NotFound"}
    listed = await _installed(rig, central, MANUFACTURER, pki.Authority("Maker", key=pki.rsa_key()))
    assert len(listed) == 1


async def test_tc_075_2_cs_a_root_of_the_central_system_is_installed(
    rig: Any, authority: Any, secure_central: Any, pki: Any
) -> None:
    central = await boot(rig, authority, secure_central, 2)
    # A serial number whose hexadecimal would begin with a zero.
    listed = await _installed(rig, central, CENTRAL, pki.Authority("New root", serial=0x0ABC))
    assert len(listed) == 2, "beside the one that the connection stands on"
    assert _hash_data(authority.root.certificate) in listed


async def test_tc_076_cs_a_deleted_certificate_is_gone_from_the_list(
    rig: Any, authority: Any, secure_central: Any, pki: Any
) -> None:
    central = await boot(rig, authority, secure_central, 2)
    for kind in (CENTRAL, MANUFACTURER):
        other = pki.Authority(f"Another {kind}")
        listed = await _installed(rig, central, kind, other)
        meant = _hash_data(other.root.certificate)
        delete = {"certificateHashData": meant}
        answer = await ask(rig, central, "DeleteCertificate", delete)
        assert answer == {"status": "Accepted"}
        again = await ask(rig, central, "GetInstalledCertificateIds", {"certificateType": kind})
        assert meant not in again.get("certificateHashData", [])
        assert len(again.get("certificateHashData", [])) == len(listed) - 1
        answer = await ask(rig, central, "DeleteCertificate", delete)
        assert answer == {"status": "NotFound"}


async def test_tc_077_cs_a_bad_certificate_of_the_charger_is_rejected_and_told(
    rig: Any, authority: Any, secure_central: Any, pki: Any
) -> None:
    central = await boot(rig, authority, secure_central, 3)
    signs(central)
    csr = await signing_request(rig, central)
    chain = pki.Authority("Somebody else").answer(csr)
    answer = await ask(rig, central, "CertificateSigned", {"certificateChain": chain})
    assert answer == {"status": "Rejected"}
    await rig.until(lambda: "InvalidChargePointCertificate" in central.events())
    await rig.run(30)
    assert len(central.sessions) == 1, "the old one stays in use"


@pytest.mark.parametrize("flaw", ["expired", "no authority"])
async def test_tc_078_cs_a_bad_root_of_the_central_system_is_rejected_and_told(
    rig: Any, authority: Any, secure_central: Any, pki: Any, flaw: str
) -> None:
    central = await boot(rig, authority, secure_central, 2)
    before = pki.EPOCH - timedelta(days=30)
    bad = (
        pki.Authority("Old root", end=before).pem
        if flaw == "expired"
        else authority.server("csms.example.org").pem
    )
    install = {"certificateType": CENTRAL, "certificate": bad}
    answer = await ask(rig, central, "InstallCertificate", install)
    assert answer == {"status": "Rejected"}
    await rig.until(lambda: "InvalidCentralSystemCertificate" in central.events())
    listed = await ask(rig, central, "GetInstalledCertificateIds", {"certificateType": CENTRAL})
    assert listed["certificateHashData"] == [_hash_data(authority.root.certificate)]
