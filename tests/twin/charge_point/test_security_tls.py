"""Security profiles 2 and 3: whom the charger believes, what it shows, what it says of failures."""

from __future__ import annotations

import ssl
from datetime import timedelta
from typing import Any

import pytest

from twin.charge_point import SecuritySetup

KEY = b"0123456789abcdef"


async def _refused(rig: Any, setup: SecuritySetup, url: str) -> list[str]:
    """Let the charger try for half a minute; return what is in its security log."""
    cp = rig.build(url=url, key=KEY, security=setup)
    cp.start()
    await rig.run(30)
    assert not cp.connected
    return [said for _, said in cp._running.context.security_log()]


async def test_on_profile_2_the_key_goes_over_tls(
    rig: Any, authority: Any, secure_central: Any
) -> None:
    central = await secure_central()
    setup = SecuritySetup(profile=2, central_roots=authority.pem)
    cp = await rig.boot(url=central.url, key=KEY, security=setup)
    assert central.credentials() == b"CP1:" + KEY
    assert central.sessions[0].version() == "TLSv1.3"
    assert central.sessions[0].compression() is None
    assert central.headers[0]["Sec-WebSocket-Protocol"] == "ocpp1.6"
    assert cp.online


async def test_on_profile_3_a_certificate_takes_the_place_of_the_key(
    rig: Any, authority: Any, secure_central: Any
) -> None:
    central = await secure_central(clients=True)
    own = authority.client("CP1")
    setup = SecuritySetup(
        profile=3, central_roots=authority.pem, certificate=own.pem, key=own.key_pem
    )
    await rig.boot(url=central.url, key=KEY, security=setup)
    assert "Authorization" not in central.headers[0]
    shown = central.sessions[0].getpeercert(binary_form=True)
    assert shown == ssl.PEM_cert_to_DER_cert(own.pem)


async def test_tls_works_in_held_time_as_plain_does(
    rig: Any, authority: Any, secure_central: Any
) -> None:
    central = await secure_central()
    setup = SecuritySetup(profile=2, central_roots=authority.pem)
    cp = await rig.boot(url=central.url, key=KEY, security=setup)
    begun_us = rig.clock.now_us
    rig.plug_in()
    await rig.run(1)
    rig.tag()
    await rig.until(lambda: cp.transaction_id() is not None)
    assert rig.clock.now_us - begun_us < 2_500_000, "the slowness of this machine does not count"
    await rig.run(3_600)
    central.drop()
    await rig.run(60)
    assert cp.online
    assert len(central.of("BootNotification")) == 1
    cp.cut_network()
    await rig.run(60)
    assert not cp.connected
    cp.restore_network()
    await rig.until(lambda: cp.online)


@pytest.mark.parametrize(
    ("version", "suite"),
    [
        ("TLSv1.3", "TLS_AES_256_GCM_SHA384"),
        ("TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256"),
        ("TLSv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384"),
        ("TLSv1.2", "AES128-GCM-SHA256"),
        ("TLSv1.2", "AES256-GCM-SHA384"),
    ],
)
async def test_each_suite_that_the_whitepaper_names_will_do(
    rig: Any, authority: Any, secure_central: Any, pki: Any, version: str, suite: str
) -> None:
    server = authority.server(key=pki.rsa_key() if suite.startswith("AES") else None)
    limit = {} if version == "TLSv1.3" else {"maximum_version": ssl.TLSVersion.TLSv1_2}
    ciphers = "ALL" if version == "TLSv1.3" else suite
    central = await secure_central(server, ciphers=ciphers, **limit)
    setup = SecuritySetup(profile=2, central_roots=authority.pem)
    await rig.boot(url=central.url, key=KEY, security=setup)
    chosen = central.sessions[0].cipher()
    assert chosen[0] == suite
    assert central.sessions[0].version() == version


async def test_a_central_system_of_another_root_is_not_believed(
    rig: Any, authority: Any, secure_central: Any, pki: Any
) -> None:
    central = await secure_central(pki.Authority("Another").server())
    setup = SecuritySetup(profile=2, central_roots=authority.pem)
    log = await _refused(rig, setup, central.url)
    assert sum("InvalidCentralSystemCertificate" in each for each in log) == 1, "told but once"
    assert central.headers == [], "the key has not left the charger"


async def test_a_central_system_of_another_name_is_not_believed(
    rig: Any, authority: Any, secure_central: Any
) -> None:
    central = await secure_central(authority.server("csms.example.org"))
    setup = SecuritySetup(profile=2, central_roots=authority.pem)
    log = await _refused(rig, setup, central.url)
    assert any("InvalidCentralSystemCertificate" in each for each in log)
    assert central.headers == []


@pytest.mark.parametrize("days", [-400, 400])
async def test_dates_are_those_of_the_chargers_own_clock(
    rig: Any, authority: Any, secure_central: Any, pki: Any, days: int
) -> None:
    begin = pki.EPOCH + timedelta(days=days)
    server = authority.server(begin=begin, end=begin + timedelta(days=30))
    central = await secure_central(server)
    setup = SecuritySetup(profile=2, central_roots=pki.Authority("Other").pem + authority.pem)
    log = await _refused(rig, setup, central.url)
    word = "expired" if days < 0 else "not valid before"
    assert any("InvalidCentralSystemCertificate" in each and word in each for each in log)
    assert central.headers == []
    await rig.cp.close()
    await rig.boot(url=central.url, key=KEY, security=setup, utc_at_zero=begin + timedelta(days=15))
    assert len(central.headers) == 1


async def test_a_tls_that_is_too_old_is_named(
    rig: Any, authority: Any, pki: Any, tmp_path: Any
) -> None:
    old = pki.too_old_tls(tmp_path, authority.server())
    setup = SecuritySetup(profile=2, central_roots=authority.pem)
    with pki.blunt_server(old) as url:
        log = await _refused(rig, setup, url)
    assert any("InvalidTLSVersion" in each for each in log)


async def test_cipher_suites_that_will_not_do_are_named(
    rig: Any, authority: Any, pki: Any, tmp_path: Any
) -> None:
    other = pki.server_tls(
        tmp_path,
        authority.server(),
        ciphers="ECDHE-ECDSA-CHACHA20-POLY1305",
        maximum_version=ssl.TLSVersion.TLSv1_2,
    )
    setup = SecuritySetup(profile=2, central_roots=authority.pem)
    with pki.blunt_server(other) as url:
        log = await _refused(rig, setup, url)
    assert any("InvalidTLSCipherSuite" in each for each in log)


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_certificate_that_is_not_taken_is_named(
    rig: Any, authority: Any, pki: Any, tmp_path: Any, newest: ssl.TLSVersion
) -> None:
    strict = pki.server_tls(tmp_path, authority.server(), authority, maximum_version=newest)
    own = pki.Authority("Another").client("CP1")
    setup = SecuritySetup(
        profile=3, central_roots=authority.pem, certificate=own.pem, key=own.key_pem
    )
    with pki.blunt_server(strict) as url:
        log = await _refused(rig, setup, url)
    assert any("FailedToAuthenticateAtCentralSystem" in each for each in log)


async def test_a_key_that_is_not_taken_is_named(
    rig: Any, authority: Any, secure_central: Any
) -> None:
    central = await secure_central()
    central.refuse = lambda headers: True
    setup = SecuritySetup(profile=2, central_roots=authority.pem)
    log = await _refused(rig, setup, central.url)
    assert sum("FailedToAuthenticateAtCentralSystem" in each for each in log) == 1
    central.refuse = lambda headers: False
    await rig.until(lambda: rig.cp.online, 400)


async def test_what_is_no_tls_at_all_is_but_a_failure(rig: Any, authority: Any) -> None:
    setup = SecuritySetup(profile=2, central_roots=authority.pem)
    log = await _refused(rig, setup, rig.central.url.replace("ws:", "wss:"))
    assert [each for each in log if "TLS" in each or "Certificate" in each] == []
    assert any("not connected" in each for each in rig.events)


def test_a_setup_that_cannot_be_is_refused_with_what_is_missing(authority: Any, rig: Any) -> None:
    own, other = authority.client("CP1"), authority.client("CP1")
    for facts, complaint in [
        ({"profile": 4}, "there are 0, 1, 2 and 3"),
        ({"profile": 2}, "needs the root certificate of the central system"),
        ({"profile": 3, "central_roots": authority.pem}, "needs a certificate of the charger"),
        ({"certificate": own.pem}, "belong together"),
        ({"certificate": own.pem, "key": other.key_pem}, "belongs to another certificate"),
        ({"certificate": own.pem, "key": "nonsense"}, "no private key in PEM"),
        ({"central_roots": "nonsense"}, "no certificate in PEM"),
        ({"tls_url": "ws://here"}, "begins with wss://"),
    ]:
        with pytest.raises(ValueError, match=complaint):
            SecuritySetup(**facts)
    with pytest.raises(ValueError, match="needs an authorization key"):
        rig.build(security=SecuritySetup(profile=1))
    with pytest.raises(ValueError, match="is without TLS"):
        rig.build(url="wss://127.0.0.1:1", key=KEY, security=SecuritySetup(profile=1))
    with pytest.raises(ValueError, match="is with TLS"):
        rig.build(key=KEY, security=SecuritySetup(profile=2, central_roots=authority.pem))
    setup = SecuritySetup(certificate=own.pem, key=own.key_pem)
    assert own.key_pem not in repr(setup)
