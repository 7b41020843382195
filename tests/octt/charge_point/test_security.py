"""Security: keys, certificates, security profiles (whitepaper, edition 2)."""

from __future__ import annotations

import ssl
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from twin.charge_point import SecuritySetup, TypePlate

KEY = b"0123456789abcdef"
SERIAL = "SN-1"
PLATE = TypePlate(serial_number=SERIAL)
CENTRAL = "CentralSystemRootCertificate"
MANUFACTURER = "ManufacturerRootCertificate"
TRIGGER = {"requestedMessage": "SignChargePointCertificate"}
ECDSA_SUITES = {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"}
RSA_SUITES = {"AES128-GCM-SHA256", "AES256-GCM-SHA384"}


def _setup(authority: Any, profile: int, **more: Any) -> SecuritySetup:
    own = authority.client(SERIAL)
    certificate = {"certificate": own.pem, "key": own.key_pem} if profile == 3 else {}
    return SecuritySetup(
        profile=profile,
        central_roots=authority.pem if profile >= 2 else "",
        cpo_name="Operator",
        **{**certificate, **more},
    )


async def _boot(
    rig: Any, authority: Any, secure_central: Any, profile: int, **settings: Any
) -> Any:
    """Boot on TLS with a security profile; return the central system."""
    central = await secure_central(clients=profile == 3, **settings)
    await rig.boot(url=central.url, key=KEY, type_plate=PLATE, security=_setup(authority, profile))
    return central


async def _ask(rig: Any, central: Any, action: str, payload: Any) -> Any:
    """Ask something of the charge point, which answers first, and then does it."""
    before = len(central.calls)
    async with rig.driver.exchange():
        answer = await central.call(action, payload)
    assert central.answered[-1] == (action, before), "told before it answered"
    return answer


async def _reset(rig: Any, central: Any) -> None:
    """Reset Hard, and see that the boot and the statuses follow."""
    boots = len(central.of("BootNotification"))
    assert await _ask(rig, central, "Reset", {"type": "Hard"}) == {"status": "Accepted"}
    await rig.until(lambda: len(central.of("BootNotification")) == boots + 1)
    await rig.until(lambda: rig.cp.online)
    await rig.run(2)
    boot = len(central.actions) - central.actions[::-1].index("BootNotification")
    assert central.actions[boot : boot + 2] == ["StatusNotification"] * 2
    assert central.statuses(0)[-1] == central.statuses(1)[-1] == "Available"


async def _signing_request(rig: Any, central: Any) -> str:
    """Have the charger ask for a certificate; return its request."""
    before = len(central.of("SignCertificate"))
    answer = await _ask(rig, central, "ExtendedTriggerMessage", TRIGGER)
    assert answer == {"status": "Accepted"}
    await rig.until(lambda: len(central.of("SignCertificate")) == before + 1)
    return str(central.of("SignCertificate")[-1]["csr"])


def _signs(central: Any) -> None:
    central.answers["SignCertificate"] = lambda payload: {"status": "Accepted"}


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


@pytest.mark.parametrize("profile", [1, 2])
async def test_tc_073_cs_a_new_authorization_key_is_used_from_the_next_connection(
    rig: Any, authority: Any, secure_central: Any, profile: int
) -> None:
    central = rig.central if profile == 1 else await secure_central()
    setup = _setup(authority, profile)
    cp = await rig.boot(url=central.url, key=KEY, security=setup)
    assert central.credentials() == b"CP1:" + KEY
    new = b"OCA_OCTT_admin_test"
    change = {"key": "AuthorizationKey", "value": new.hex()}
    assert await _ask(rig, central, "ChangeConfiguration", change) == {"status": "Accepted"}
    await rig.until(lambda: not cp.connected)
    await rig.until(lambda: len(central.headers) == 2)
    assert central.credentials() == b"CP1:" + new
    await rig.until(lambda: cp.online)
    cp.kill()
    cp.start()
    await rig.until(lambda: cp.online)
    assert central.credentials() == b"CP1:" + new, "kept over a restart"


async def test_tc_074_cs_a_renewed_certificate_is_used_from_the_next_connection(
    rig: Any, authority: Any, secure_central: Any
) -> None:
    central = await _boot(rig, authority, secure_central, 3)
    _signs(central)
    old = x509.load_der_x509_certificate(central.sessions[0].getpeercert(binary_form=True))
    csr = await _signing_request(rig, central)
    request = x509.load_pem_x509_csr(csr.encode())
    assert request.is_signature_valid
    assert request.public_key() != old.public_key(), "a fresh key pair"
    (name,) = request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    (organisation,) = request.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    assert (name.value, organisation.value) == (SERIAL, "Operator")
    chain = authority.answer(csr)
    answer = await _ask(rig, central, "CertificateSigned", {"certificateChain": chain})
    assert answer == {"status": "Accepted"}
    await rig.until(lambda: len(central.sessions) == 2)
    await rig.until(lambda: rig.cp.online)
    assert central.sessions[1].getpeercert(binary_form=True) == ssl.PEM_cert_to_DER_cert(chain)
    assert "Authorization" not in central.headers[1]


async def _installed(rig: Any, central: Any, kind: str, root: Any) -> list[dict[str, str]]:
    install = {"certificateType": kind, "certificate": root.pem}
    answer = await _ask(rig, central, "InstallCertificate", install)
    assert answer == {"status": "Accepted"}
    listed = await _ask(rig, central, "GetInstalledCertificateIds", {"certificateType": kind})
    assert listed["status"] == "Accepted"
    assert _hash_data(root.root.certificate) in listed["certificateHashData"]
    return list(listed["certificateHashData"])


async def test_tc_075_1_cs_a_root_of_the_manufacturer_is_installed(
    rig: Any, authority: Any, secure_central: Any, pki: Any
) -> None:
    central = await _boot(rig, authority, secure_central, 2)
    none = await _ask(rig, central, "GetInstalledCertificateIds", {"certificateType": MANUFACTURER})
    assert none == {"status": "NotFound"}
    listed = await _installed(rig, central, MANUFACTURER, pki.Authority("Maker", key=pki.rsa_key()))
    assert len(listed) == 1


async def test_tc_075_2_cs_a_root_of_the_central_system_is_installed(
    rig: Any, authority: Any, secure_central: Any, pki: Any
) -> None:
    central = await _boot(rig, authority, secure_central, 2)
    # A serial number whose hexadecimal would begin with a zero.
    listed = await _installed(rig, central, CENTRAL, pki.Authority("New root", serial=0x0ABC))
    assert len(listed) == 2, "beside the one that the connection stands on"
    assert _hash_data(authority.root.certificate) in listed


async def test_tc_076_cs_a_deleted_certificate_is_gone_from_the_list(
    rig: Any, authority: Any, secure_central: Any, pki: Any
) -> None:
    central = await _boot(rig, authority, secure_central, 2)
    for kind in (CENTRAL, MANUFACTURER):
        other = pki.Authority(f"Another {kind}")
        listed = await _installed(rig, central, kind, other)
        meant = _hash_data(other.root.certificate)
        delete = {"certificateHashData": meant}
        answer = await _ask(rig, central, "DeleteCertificate", delete)
        assert answer == {"status": "Accepted"}
        again = await _ask(rig, central, "GetInstalledCertificateIds", {"certificateType": kind})
        assert meant not in again.get("certificateHashData", [])
        assert len(again.get("certificateHashData", [])) == len(listed) - 1
        answer = await _ask(rig, central, "DeleteCertificate", delete)
        assert answer == {"status": "NotFound"}


async def test_tc_077_cs_a_bad_certificate_of_the_charger_is_rejected_and_told(
    rig: Any, authority: Any, secure_central: Any, pki: Any
) -> None:
    central = await _boot(rig, authority, secure_central, 3)
    _signs(central)
    csr = await _signing_request(rig, central)
    chain = pki.Authority("Somebody else").answer(csr)
    answer = await _ask(rig, central, "CertificateSigned", {"certificateChain": chain})
    assert answer == {"status": "Rejected"}
    await rig.until(lambda: "InvalidChargePointCertificate" in central.events())
    await rig.run(30)
    assert len(central.sessions) == 1, "the old one stays in use"


@pytest.mark.parametrize("flaw", ["expired", "no authority"])
async def test_tc_078_cs_a_bad_root_of_the_central_system_is_rejected_and_told(
    rig: Any, authority: Any, secure_central: Any, pki: Any, flaw: str
) -> None:
    central = await _boot(rig, authority, secure_central, 2)
    before = pki.EPOCH - timedelta(days=30)
    bad = (
        pki.Authority("Old root", end=before).pem
        if flaw == "expired"
        else authority.server("csms.example.org").pem
    )
    install = {"certificateType": CENTRAL, "certificate": bad}
    answer = await _ask(rig, central, "InstallCertificate", install)
    assert answer == {"status": "Rejected"}
    await rig.until(lambda: "InvalidCentralSystemCertificate" in central.events())
    listed = await _ask(rig, central, "GetInstalledCertificateIds", {"certificateType": CENTRAL})
    assert listed["certificateHashData"] == [_hash_data(authority.root.certificate)]


@pytest.mark.parametrize("profile", [1, 2])
async def test_tc_083_cs_the_next_security_profile_is_used_from_the_next_connection(
    rig: Any, authority: Any, secure_central: Any, pki: Any, profile: int
) -> None:
    below = rig.central if profile == 1 else await secure_central()
    above = await secure_central() if profile == 1 else below
    own = authority.client(SERIAL)
    setup = SecuritySetup(
        profile=profile,
        central_roots=authority.pem,
        certificate=own.pem,
        key=own.key_pem,
        tls_url=above.url,
    )
    cp = await rig.boot(url=below.url, key=KEY, type_plate=PLATE, security=setup)
    if profile == 2:
        # From now on the central system asks who comes.
        pki.ask_for_certificates(above.tls, authority)
    connections = len(above.headers)
    change = {"key": "SecurityProfile", "value": str(profile + 1)}
    assert await _ask(rig, below, "ChangeConfiguration", change) == {"status": "Accepted"}
    await rig.until(lambda: len(above.headers) == connections + 1)
    await rig.until(lambda: cp.connected)
    assert ("Authorization" in above.headers[-1]) == (profile + 1 == 2)
    shown = above.sessions[-1].getpeercert(binary_form=True)
    assert (shown is not None) == (profile + 1 == 3)
    await _reset(rig, above)
    assert ("Authorization" in above.headers[-1]) == (profile + 1 == 2)
    read = await _ask(rig, above, "GetConfiguration", {"key": ["SecurityProfile"]})
    assert read["configurationKey"][0]["value"] == str(profile + 1)


@pytest.mark.parametrize("profile", [2, 3])
async def test_tc_084_cs_a_lower_security_profile_is_rejected(
    rig: Any, authority: Any, secure_central: Any, profile: int
) -> None:
    central = await _boot(rig, authority, secure_central, profile)
    change = {"key": "SecurityProfile", "value": str(profile - 1)}
    assert await _ask(rig, central, "ChangeConfiguration", change) == {"status": "Rejected"}
    await rig.run(60)
    assert len(central.headers) == 1
    read = await _ask(rig, central, "GetConfiguration", {"key": ["SecurityProfile"]})
    assert read["configurationKey"][0]["value"] == str(profile)


@pytest.mark.parametrize("profile", [1, 2])
async def test_tc_085_cs_the_identity_and_the_key_are_presented(
    rig: Any, authority: Any, secure_central: Any, profile: int
) -> None:
    central = rig.central if profile == 1 else await secure_central()
    key = bytes(range(16))
    setup = _setup(authority, profile)
    await rig.boot(identity="CP/1", url=central.url, key=key, security=setup)
    await _reset(rig, central)
    assert len(central.headers) == 2
    assert central.identity == "CP/1"
    assert central.credentials() == b"CP/1:" + key
    assert 16 <= len(central.credentials().removeprefix(b"CP/1:")) <= 20


def _offered(session: ssl.SSLObject) -> set[str]:
    return {suite for suite, _, _ in session.shared_ciphers() or []}


@pytest.mark.parametrize("profile", [2, 3])
@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_tc_086_cs_tls_is_new_enough_and_offers_the_suites(
    rig: Any, authority: Any, secure_central: Any, profile: int, newest: ssl.TLSVersion
) -> None:
    central = await _boot(rig, authority, secure_central, profile, maximum_version=newest)
    await _reset(rig, central)
    session = central.sessions[-1]
    assert session.version() == ("TLSv1.2" if newest is ssl.TLSVersion.TLSv1_2 else "TLSv1.3")
    assert _offered(session) >= ECDSA_SUITES | RSA_SUITES
    assert session.compression() is None
    assert ("Authorization" in central.headers[-1]) == (profile == 2)


async def test_tc_087_cs_the_charger_shows_a_certificate_in_its_name(
    rig: Any, authority: Any, secure_central: Any
) -> None:
    central = await _boot(rig, authority, secure_central, 3)
    _signs(central)
    chain = authority.answer(await _signing_request(rig, central))
    answer = await _ask(rig, central, "CertificateSigned", {"certificateChain": chain})
    assert answer == {"status": "Accepted"}
    await rig.until(lambda: len(central.sessions) == 2)
    await rig.until(lambda: rig.cp.online)
    await _reset(rig, central)
    session = central.sessions[-1]
    assert _offered(session) >= ECDSA_SUITES
    certificate = x509.load_der_x509_certificate(session.getpeercert(binary_form=True))
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
    assert key.key_size >= (2048 if isinstance(key, rsa.RSAPublicKey) else 224)
    assert certificate.serial_number > 0
    (name,) = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert name.value == central.of("BootNotification")[-1]["chargePointSerialNumber"] == SERIAL
