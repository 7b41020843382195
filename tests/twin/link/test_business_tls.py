"""TLS of a program at the business link: with what it keeps; it hears why an attempt failed."""

from __future__ import annotations

import ssl
import stat
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.peers.charge_point_fixtures import central
from tests.peers.firmware_rig import FirmwareRig
from tests.peers.host_program import host_program
from tests.peers.scripted_central import ScriptedCentral
from tests.peers.security_fixtures import KEY, authority, pki, secure_central
from twin.charge_point import SecuritySetup, TypePlate
from twin.link.frames import LinkError

__all__ = ["authority", "central", "host_program", "pki", "secure_central"]

PLATE = TypePlate(serial_number="SN-1")


@pytest.fixture
async def rig(
    central: ScriptedCentral, tmp_path: Path, host_program: Path
) -> AsyncIterator[FirmwareRig]:
    made = FirmwareRig(central, tmp_path, host_program)
    yield made
    if made.charge_point is not None:
        await made.charge_point.close()


async def _refused(rig: Any, setup: SecuritySetup, url: str) -> list[str]:
    """Let the charger try for half a minute; return the security events it has had."""
    cp = rig.build(url=url, key=KEY, security=setup)
    cp.start()
    await rig.run(30)
    assert not cp.connected
    said = "security event "
    events = [each.removeprefix(said).split(":")[0] for each in rig.events if said in each]
    return [each for each in events if each != "StartupOfTheDevice"]


def _believing(authority: Any) -> SecuritySetup:
    return SecuritySetup(profile=2, central_roots=authority.pem)


@pytest.mark.parametrize("server", ["another authority", "another name", "expired", "not yet"])
async def test_who_is_not_believed_hears_nothing_and_is_told_once(
    rig: Any, authority: Any, secure_central: Any, pki: Any, server: str
) -> None:
    begin = pki.EPOCH + timedelta(days=400 if server == "not yet" else -400)
    dated = {"begin": begin, "end": begin + timedelta(days=30)}
    impostor = {
        "another authority": lambda: pki.Authority("Another").server(),
        "another name": lambda: authority.server("csms.example.org"),
        "expired": lambda: authority.server(**dated),
        "not yet": lambda: authority.server(**dated),
    }[server]()
    central = await secure_central(impostor)
    told = await _refused(rig, _believing(authority), central.url)
    assert told == ["InvalidCentralSystemCertificate"]
    assert central.headers == []


async def test_a_tls_that_is_too_old_is_named(
    rig: Any, authority: Any, pki: Any, tmp_path: Any
) -> None:
    old = pki.too_old_tls(tmp_path, authority.server())
    with pki.blunt_server(old) as url:
        assert await _refused(rig, _believing(authority), url) == ["InvalidTLSVersion"]


async def test_cipher_suites_that_will_not_do_are_named(
    rig: Any, authority: Any, pki: Any, tmp_path: Any
) -> None:
    other = pki.server_tls(
        tmp_path,
        authority.server(),
        ciphers="ECDHE-ECDSA-CHACHA20-POLY1305",
        maximum_version=ssl.TLSVersion.TLSv1_2,
    )
    with pki.blunt_server(other) as url:
        assert await _refused(rig, _believing(authority), url) == ["InvalidTLSCipherSuite"]


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
        assert await _refused(rig, setup, url) == ["FailedToAuthenticateAtCentralSystem"]


async def test_a_key_that_is_not_taken_is_named(
    rig: Any, authority: Any, secure_central: Any
) -> None:
    central = await secure_central()
    central.refuse = lambda headers: True
    told = await _refused(rig, _believing(authority), central.url)
    assert told == ["FailedToAuthenticateAtCentralSystem"]


@pytest.mark.parametrize("nobody", ["no TLS", "nobody listens"])
async def test_what_is_no_tls_at_all_says_nothing_of_security(
    rig: Any, authority: Any, secure_central: Any, nobody: str
) -> None:
    url = rig.central.url.replace("ws:", "wss:")
    if nobody == "nobody listens":
        await rig.central.stop()
    assert await _refused(rig, _believing(authority), url) == []


async def test_what_left_the_factory_is_put_there_once_and_readable_by_nobody_else(
    rig: Any, authority: Any, secure_central: Any, pki: Any
) -> None:
    central = await secure_central(clients=True)
    other, own = pki.Authority("Second"), authority.client("SN-1")
    setup = SecuritySetup(
        profile=3,
        central_roots=authority.pem + other.pem,
        manufacturer_roots=other.pem,
        certificate=own.pem,
        key=own.key_pem,
    )
    await rig.boot(url=central.url, key=KEY, type_plate=PLATE, security=setup)
    folder = rig.folder / "ocpp" / "certificates"
    names = ["central0.pem", "central1.pem", "manufacturer0.pem", "own.pem"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    (folder / "central1.pem").unlink()
    rig.cp.kill()
    rig.cp.start()
    await rig.until(lambda: rig.cp.online)
    assert not (folder / "central1.pem").exists(), "what was deleted stays deleted"


async def test_a_private_key_is_in_no_message_and_no_event(
    rig: Any, authority: Any, secure_central: Any
) -> None:
    central = await secure_central(clients=True)
    central.answers["SignCertificate"] = lambda payload: {"status": "Accepted"}
    own = authority.client("SN-1")
    setup = SecuritySetup(
        profile=3,
        central_roots=authority.pem,
        certificate=own.pem,
        key=own.key_pem,
        cpo_name="Operator",
    )
    frames: list[str] = []
    cp = rig.build(url=central.url, key=KEY, type_plate=PLATE, security=setup)
    cp.on_frame(lambda now_us, way, text: frames.append(text))
    cp.start()
    await rig.until(lambda: cp.online)
    trigger = {"requestedMessage": "SignChargePointCertificate"}
    async with rig.driver.exchange():
        await central.call("ExtendedTriggerMessage", trigger)
    await rig.until(lambda: central.of("SignCertificate"))
    chain = authority.answer(central.of("SignCertificate")[0]["csr"])
    async with rig.driver.exchange():
        answer = await central.call("CertificateSigned", {"certificateChain": chain})
    assert answer == {"status": "Accepted"}
    await rig.until(lambda: len(central.sessions) == 2)
    await rig.until(lambda: cp.online)
    kept = (rig.folder / "ocpp" / "certificates" / "own.pem").read_text()
    assert kept.endswith(chain)
    secret = kept.splitlines()[1]
    assert not any(secret in each for each in [*frames, *rig.events])
    assert not any("PRIVATE" in each for each in [*frames, *rig.events])


async def test_a_memory_with_something_else_in_it_ends_the_scenario_with_a_word(
    rig: Any, authority: Any, secure_central: Any
) -> None:
    central = await secure_central()
    cp = rig.build(url=central.url, key=KEY, security=_believing(authority))
    folder = rig.folder / "ocpp" / "certificates"
    folder.mkdir()
    (folder / "central0.pem").write_text("nonsense")
    with pytest.raises(LinkError, match="program keeps what is no certificate: no cert"):
        cp.start()
    cp.kill()
