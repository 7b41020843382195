"""Keys, security profiles and TLS (security whitepaper, sections 2.2 to 2.5, A01 and A05)."""

from __future__ import annotations

import asyncio
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from websockets.exceptions import InvalidMessage, InvalidStatus

from tests.octt.central.case import boot

pytestmark = pytest.mark.usefixtures("nothing_unasked")

NEW_KEY = b"OCA_OCTT_admin_test"
ACCEPTED = {"status": "Accepted"}

SUITES = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "AES128-GCM-SHA256",
    "AES256-GCM-SHA384",
)
"""Those of TLS 1.2 that a server has to offer (whitepaper, 2.4), by OpenSSL's names: ECDHE_ECDSA
and RSA, with AES of 128 and 256 bits."""

BETTER_SUITES = ("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384")
"""Not asked for: forward secrecy for chargers that take RSA certificates only."""


async def refusal(opening) -> int:
    with pytest.raises(InvalidStatus) as caught:
        await opening
    return int(caught.value.response.status_code)


@pytest.mark.parametrize("plain", [True, False], ids=["profile-1", "profile-2"])
async def test_tc_073_csms_a_changed_password_is_the_only_one_that_lets_the_charger_in(
    operator, connect, charger_id, plain
):
    old = await operator.admit(charger_id)
    charger = await connect(charger_id, old, plain=plain, ChangeConfiguration=ACCEPTED)
    await boot(charger)
    value = NEW_KEY.hex().upper()
    told = await operator.change(charger_id, "AuthorizationKey", value)
    assert (told["success"], told["status"]) == (True, "Accepted")
    [call] = charger.commands
    assert call.payload == {"key": "AuthorizationKey", "value": value}
    assert 16 <= len(bytes.fromhex(value)) <= 20
    await charger.websocket.close()
    charger = await connect(charger_id, NEW_KEY.hex(), plain=plain)
    await boot(charger)
    assert await refusal(connect(charger_id, old, plain=plain)) == 401
    assert (await operator.get(f"/api/chargers/{charger_id}/status"))["status"] == "online"
    [record] = await operator.get("/api/admin/commands", charger=charger_id)
    assert value not in str(record)


async def test_tc_083_csms_after_an_upgrade_to_profile_2_the_old_one_is_refused(
    operator, connect, charger_id
):
    key = await operator.admit(charger_id)
    await _upgrade(
        operator,
        charger_id,
        "2",
        old=lambda **answers: connect(charger_id, key, plain=True, **answers),
        new=lambda: connect(charger_id, key),
    )


async def test_after_an_upgrade_to_profile_3_the_old_one_is_refused(
    operator, connect, own_key, charger_id
):
    key, own = await operator.admit(charger_id), own_key()
    charger = await connect(charger_id, key, CertificateSigned=ACCEPTED)
    await boot(charger)
    await charger.call("SignCertificate", csr=own.csr(charger_id, "evseloop"))
    signed = await charger.command("CertificateSigned")
    await charger.websocket.close()
    files = own.files(signed.payload["certificateChain"])
    await _upgrade(
        operator,
        charger_id,
        "3",
        old=lambda **answers: connect(charger_id, key, **answers),
        new=lambda: connect(charger_id, own=files),
    )


async def _upgrade(operator, charger_id, profile, old, new) -> None:
    charger = await old(ChangeConfiguration=ACCEPTED, Reset=ACCEPTED)
    await boot(charger)
    told = await operator.change(charger_id, "SecurityProfile", profile)
    assert (told["success"], told["status"]) == (True, "Accepted")
    told = await operator.command(charger_id, "reset", type="Hard")
    assert (told["success"], told["status"]) == (True, "Accepted")
    change, reset = charger.commands
    assert change.payload == {"key": "SecurityProfile", "value": profile}
    assert reset.payload == {"type": "Hard"}
    await charger.websocket.close()
    # Had the upgrade failed, the charger would come with the old one: so it is still let in.
    await (await old()).websocket.close()
    seen = await operator.get(f"/api/chargers/{charger_id}/status")
    assert seen["ordered_security_profile"] == int(profile)
    await boot(await new())
    assert await refusal(old()) == 403
    seen = await operator.get(f"/api/chargers/{charger_id}/status")
    assert (seen["min_security_profile"], seen["status"]) == (int(profile), "online")
    assert seen["ordered_security_profile"] is None


async def test_tc_085_csms_right_credentials_let_the_charger_in_and_a_missing_header_gets_401(
    operator, connect, charger_id
):
    key = await operator.admit(charger_id)
    for plain in (True, False):
        assert await refusal(connect(charger_id, plain=plain)) == 401
        assert await refusal(connect(charger_id, "00" * 20, plain=plain)) == 401
        seen = await operator.get(f"/api/chargers/{charger_id}/status")
        assert seen["status"] == "offline"
        charger = await connect(charger_id, key, plain=plain)
        await boot(charger)
        seen = await operator.get(f"/api/chargers/{charger_id}/status")
        assert (seen["status"], seen["registration"]) == ("online", "Accepted")
        await charger.websocket.close()


@pytest.mark.parametrize("suite", SUITES + BETTER_SUITES)
async def test_tc_086_csms_the_server_offers_each_suite_with_a_certificate_that_is_its_own(
    operator, play_charger, secure_central, made_pki, charger_id, suite
):
    tls = made_pki.client()
    tls.maximum_version = ssl.TLSVersion.TLSv1_2
    tls.set_ciphers(suite)
    key = await operator.admit(charger_id)
    address = secure_central.ocpp_tls.replace("127.0.0.1", "localhost")
    charger = await play_charger(address, charger_id, key, tls=tls)
    await boot(charger)
    session = charger.websocket.transport.get_extra_info("ssl_object")
    assert (session.version(), session.compression()) == ("TLSv1.2", None)
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
    assert await refusal(connect(charger_id)) == 401
    charger = await connect(charger_id, own=own)
    await boot(charger)
    foreign = own_key()
    files = foreign.files(made_pki.signed_by("manufacturer-root", charger_id, foreign.key))
    # In TLS 1.3 the refusal comes after the client has ended its part of the handshake.
    with pytest.raises((ssl.SSLError, ConnectionError, InvalidMessage)):
        await connect(charger_id, own=files)
    await charger.status("Available")
    assert (await operator.get(f"/api/chargers/{charger_id}/status"))["status"] == "online"
