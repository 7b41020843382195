"""Security: keys and security profiles (whitepaper, edition 2)."""

from __future__ import annotations

import ssl
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from tests.octt.charge_point.secured import (
    KEY,
    PLATE,
    SERIAL,
    ask,
    boot,
    reset,
    setup,
    signing_request,
    signs,
)
from twin.charge_point import SecuritySetup

ECDSA_SUITES = {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"}
RSA_SUITES = {"AES128-GCM-SHA256", "AES256-GCM-SHA384"}


@pytest.mark.parametrize("profile", [1, 2])
async def test_tc_073_cs_a_new_authorization_key_is_used_from_the_next_connection(
    rig: Any, authority: Any, secure_central: Any, profile: int
) -> None:
    central = rig.central if profile == 1 else await secure_central()
    security = setup(authority, profile)
    cp = await rig.boot(url=central.url, key=KEY, security=security)
    assert central.credentials() == b"CP1:" + KEY
    new = b"OCA_OCTT_admin_test"
    change = {"key": "AuthorizationKey", "value": new.hex()}
    assert await ask(rig, central, "ChangeConfiguration", change) == {"status": "Accepted"}
    await rig.until(lambda: not cp.connected)
    await rig.until(lambda: len(central.headers) == 2)
    assert central.credentials() == b"CP1:" + new
    await rig.until(lambda: cp.online)
    cp.kill()
    cp.start()
    await rig.until(lambda: cp.online)
    assert central.credentials() == b"CP1:" + new, "kept over a restart"


@pytest.mark.parametrize("profile", [1, 2])
async def test_tc_083_cs_the_next_security_profile_is_used_from_the_next_connection(
    rig: Any, authority: Any, secure_central: Any, pki: Any, profile: int
) -> None:
    below = rig.central if profile == 1 else await secure_central()
    above = await secure_central() if profile == 1 else below
    own = authority.client(SERIAL)
    security = SecuritySetup(
        profile=profile,
        central_roots=authority.pem,
        certificate=own.pem,
        key=own.key_pem,
        tls_url=above.url,
    )
    cp = await rig.boot(url=below.url, key=KEY, type_plate=PLATE, security=security)
    if profile == 2:
        # From now on the central system asks who comes.
        pki.ask_for_certificates(above.tls, authority)
    connections = len(above.headers)
    change = {"key": "SecurityProfile", "value": str(profile + 1)}
    assert await ask(rig, below, "ChangeConfiguration", change) == {"status": "Accepted"}
    await rig.until(lambda: len(above.headers) == connections + 1)
    await rig.until(lambda: cp.connected)
    assert ("Authorization" in above.headers[-1]) == (profile + 1 == 2)
    shown = above.sessions[-1].getpeercert(binary_form=True)
    assert (shown is not None) == (profile + 1 == 3)
    await reset(rig, above)
    assert ("Authorization" in above.headers[-1]) == (profile + 1 == 2)
    read = await ask(rig, above, "GetConfiguration", {"key": ["SecurityProfile"]})
    assert read["configurationKey"][0]["value"] == str(profile + 1)


@pytest.mark.parametrize("profile", [2, 3])
async def test_tc_084_cs_a_lower_security_profile_is_rejected(
    rig: Any, authority: Any, secure_central: Any, profile: int
) -> None:
    central = await boot(rig, authority, secure_central, profile)
    change = {"key": "SecurityProfile", "value": str(profile - 1)}
    assert await ask(rig, central, "ChangeConfiguration", change) == {"status": "Rejected"}
    await rig.run(60)
    assert len(central.headers) == 1
    read = await ask(rig, central, "GetConfiguration", {"key": ["SecurityProfile"]})
    assert read["configurationKey"][0]["value"] == str(profile)


@pytest.mark.parametrize("profile", [1, 2])
async def test_tc_085_cs_the_identity_and_the_key_are_presented(
    rig: Any, authority: Any, secure_central: Any, profile: int
) -> None:
    central = rig.central if profile == 1 else await secure_central()
    key = bytes(range(16))
    security = setup(authority, profile)
    await rig.boot(identity="CP/1", url=central.url, key=key, security=security)
    await reset(rig, central)
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
    central = await boot(rig, authority, secure_central, profile, maximum_version=newest)
    await reset(rig, central)
    session = central.sessions[-1]
    assert session.version() == ("TLSv1.2" if newest is ssl.TLSVersion.TLSv1_2 else "TLSv1.3")
    assert _offered(session) >= ECDSA_SUITES | RSA_SUITES
    assert session.compression() is None
    assert ("Authorization" in central.headers[-1]) == (profile == 2)


async def test_tc_087_cs_the_charger_shows_a_certificate_in_its_name(
    rig: Any, authority: Any, secure_central: Any
) -> None:
    central = await boot(rig, authority, secure_central, 3)
    signs(central)
    chain = authority.answer(await signing_request(rig, central))
    answer = await ask(rig, central, "CertificateSigned", {"certificateChain": chain})
    assert answer == {"status": "Accepted"}
    await rig.until(lambda: len(central.sessions) == 2)
    await rig.until(lambda: rig.cp.online)
    await reset(rig, central)
    session = central.sessions[-1]
    assert _offered(session) >= ECDSA_SUITES
    certificate = x509.load_der_x509_certificate(session.getpeercert(binary_form=True))
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
    assert key.key_size >= (2048 if isinstance(key, rsa.RSAPublicKey) else 224)
    assert certificate.serial_number > 0
    (name,) = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert name.value == central.of("BootNotification")[-1]["chargePointSerialNumber"] == SERIAL
