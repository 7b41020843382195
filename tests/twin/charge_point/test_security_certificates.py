"""Certificates: what is installed, what is refused, and the charger's own."""

from __future__ import annotations

import stat
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.peers.odd_certificates import with_an_extension_twice, with_serial
from twin.charge_point import SecuritySetup, TypePlate
from twin.charge_point.security import roots

SERIAL = "SN-1"
CENTRAL = "CentralSystemRootCertificate"
MANUFACTURER = "ManufacturerRootCertificate"
TRIGGER = {"requestedMessage": "SignChargePointCertificate"}
DAY_S = 86_400


async def _boot(rig: Any, authority: Any, **more: Any) -> Any:
    """Boot without TLS: certificates are managed all the same."""
    rig.central.answers["SignCertificate"] = lambda payload: {"status": "Accepted"}
    setup = SecuritySetup(**{"central_roots": authority.pem, "cpo_name": "Operator", **more})
    return await rig.boot(type_plate=TypePlate(serial_number=SERIAL), security=setup)


async def _install(rig: Any, pem: str, kind: str = CENTRAL) -> str:
    answer = await rig.ask("InstallCertificate", {"certificateType": kind, "certificate": pem})
    return str(answer["status"])


async def _ids(rig: Any, kind: str = CENTRAL) -> list[dict[str, str]]:
    listed = await rig.ask("GetInstalledCertificateIds", {"certificateType": kind})
    return list(listed.get("certificateHashData", []))


async def _request(rig: Any) -> str:
    before = len(rig.central.of("SignCertificate"))
    assert await rig.ask("ExtendedTriggerMessage", TRIGGER) == {"status": "Accepted"}
    await rig.until(lambda: len(rig.central.of("SignCertificate")) == before + 1)
    return str(rig.central.of("SignCertificate")[-1]["csr"])


async def _sign(rig: Any, chain: str) -> str:
    return str((await rig.ask("CertificateSigned", {"certificateChain": chain}))["status"])


# --- roots ---


async def test_a_root_is_there_once_however_often_it_is_installed(
    rig: Any, authority: Any, pki: Any
) -> None:
    await _boot(rig, authority)
    other = pki.Authority("Another")
    assert [await _install(rig, other.pem) for _ in range(3)] == ["Accepted"] * 3
    assert len(await _ids(rig)) == 2
    assert await _install(rig, other.pem, MANUFACTURER) == "Accepted", "of either type"
    assert len(await _ids(rig, MANUFACTURER)) == 1


async def test_installed_roots_outlive_a_power_cut_and_deleted_ones_stay_deleted(
    rig: Any, authority: Any, pki: Any
) -> None:
    cp = await _boot(rig, authority)
    (factory,) = await _ids(rig)
    assert await _install(rig, pki.Authority("Another").pem) == "Accepted"
    deleted = await rig.ask("DeleteCertificate", {"certificateHashData": factory})
    assert deleted == {"status": "Accepted"}
    before = await _ids(rig)
    cp.kill()
    await rig.driver.settle()
    cp.start()
    await rig.until(lambda: cp.online)
    assert await _ids(rig) == before
    assert factory not in before


@pytest.mark.parametrize(
    "make",
    [
        lambda pki, authority: "nonsense",
        lambda pki, authority: authority.pem.replace("M", "N"),
        lambda pki, authority: authority.pem + pki.Authority("Another").pem,
        lambda pki, authority: authority.intermediate().pem,
        lambda pki, authority: authority.client("CP1").pem,
        lambda pki, authority: pki.Authority("x", end=pki.EPOCH - timedelta(days=1)).pem,
        lambda pki, authority: pki.Authority("x", begin=pki.EPOCH + timedelta(days=1)).pem,
        lambda pki, authority: pki.Authority("x", key=pki.rsa_key(1024)).pem,
        lambda pki, authority: with_serial(authority, 1 << 160),
        lambda pki, authority: with_an_extension_twice(authority),
    ],
)
@pytest.mark.parametrize(
    ("kind", "event"),
    [
        (CENTRAL, "InvalidCentralSystemCertificate"),
        (MANUFACTURER, "InvalidFirmwareSigningCertificate"),
    ],
)
async def test_what_is_no_good_root_is_rejected_and_told(
    rig: Any, authority: Any, pki: Any, make: Any, kind: str, event: str
) -> None:
    await _boot(rig, authority)
    before = await _ids(rig, kind)
    assert await _install(rig, make(pki, authority), kind) == "Rejected"
    await rig.until(lambda: event in rig.central.events())
    assert await _ids(rig, kind) == before


async def test_more_roots_than_there_is_room_for_are_rejected(
    rig: Any, authority: Any, pki: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roots, "MAX_ROOTS", 2)
    await _boot(rig, authority)
    assert await _install(rig, pki.Authority("1").pem, MANUFACTURER) == "Accepted"
    assert await _install(rig, pki.Authority("2").pem) == "Rejected"
    assert await _install(rig, authority.pem) == "Accepted", "it is there already"
    await rig.run(5)
    assert rig.central.events() == ["StartupOfTheDevice"], "nothing is wrong with the certificate"


@pytest.mark.parametrize("algorithm", ["SHA256", "SHA384", "SHA512"])
async def test_a_root_is_deleted_by_any_algorithm_in_any_case(
    rig: Any, authority: Any, pki: Any, algorithm: str
) -> None:
    from twin.charge_point.security.hashes import hash_data

    await _boot(rig, authority)
    other = pki.Authority("Another", serial=0x0ABC)
    await _install(rig, other.pem)
    root = other.root.certificate
    asked = {name: text.upper() for name, text in hash_data(root, root, algorithm).items()}
    asked["serialNumber"] = "0" + asked["serialNumber"]
    deleted = await rig.ask("DeleteCertificate", {"certificateHashData": asked})
    assert deleted == {"status": "Accepted"}
    assert len(await _ids(rig)) == 1


async def test_the_last_root_that_the_connection_stands_on_is_not_deleted(
    rig: Any, authority: Any, secure_central: Any
) -> None:
    central = await secure_central()
    setup = SecuritySetup(profile=2, central_roots=authority.pem)
    await rig.boot(url=central.url, key=b"0123456789abcdef", security=setup)
    async with rig.driver.exchange():
        listed = await central.call("GetInstalledCertificateIds", {"certificateType": CENTRAL})
        (only,) = listed["certificateHashData"]
        deleted = await central.call("DeleteCertificate", {"certificateHashData": only})
    assert deleted == {"status": "Failed"}


async def test_the_chargers_own_certificate_is_not_deleted(rig: Any, authority: Any) -> None:
    from twin.charge_point.security.hashes import hash_data

    own = authority.client(SERIAL)
    await _boot(rig, authority, certificate=own.pem, key=own.key_pem)
    meant = hash_data(own.certificate, authority.root.certificate)
    deleted = await rig.ask("DeleteCertificate", {"certificateHashData": meant})
    assert deleted == {"status": "Failed"}


# --- its own ---


async def test_a_chain_with_an_authority_in_between_is_taken_with_the_root_or_without(
    rig: Any, authority: Any
) -> None:
    await _boot(rig, authority)
    between = authority.intermediate()
    chain = authority.answer(await _request(rig), between)
    assert await _sign(rig, chain + authority.pem) == "Accepted"
    chain = authority.answer(await _request(rig), between)
    assert await _sign(rig, chain) == "Accepted"
    assert "InvalidChargePointCertificate" not in rig.central.events()


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda pki, authority, csr: "nonsense", "no certificate in PEM"),
        (lambda pki, authority, csr: pki.Authority("x").answer(csr), "no installed root"),
        (lambda pki, authority, csr: pki.Authority().answer(csr), "no installed root"),
        (lambda pki, authority, csr: authority.client(SERIAL).pem, "for another key"),
        (
            lambda pki, authority, csr: authority.answer(csr, end=pki.EPOCH - timedelta(hours=1)),
            "expired",
        ),
        (
            lambda pki, authority, csr: authority.answer(csr, begin=pki.EPOCH + timedelta(hours=1)),
            "not valid before",
        ),
        (
            lambda pki, authority, csr: authority.answer(csr, subject=pki.name("Another")),
            "common name",
        ),
        (
            lambda pki, authority, csr: authority.answer(csr, subject=pki.name(SERIAL, "Other")),
            "organisation",
        ),
        (
            lambda pki, authority, csr: authority.answer(
                csr, extensions=(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),)
            ),
            "authentication of a client",
        ),
        (
            # What stands between it and the root is left out.
            lambda pki, authority, csr: pki.first(authority.answer(csr, authority.intermediate())),
            "no installed root",
        ),
        (
            lambda pki, authority, csr: authority.answer(
                csr, pki.Issued(authority.client("x").certificate, pki.ec_key())
            ),
            "no installed root",
        ),
    ],
)
async def test_what_is_no_good_certificate_is_rejected_and_told(
    rig: Any, authority: Any, pki: Any, make: Any, word: str
) -> None:
    await _boot(rig, authority)
    csr = await _request(rig)
    assert await _sign(rig, make(pki, authority, csr)) == "Rejected"
    await rig.until(lambda: "InvalidChargePointCertificate" in rig.central.events())
    assert word in rig.central.of("SecurityEventNotification")[-1]["techInfo"]
    assert await _sign(rig, authority.answer(csr)) == "Accepted", "the request still stands"


async def test_a_certificate_that_was_not_asked_for_is_rejected(rig: Any, authority: Any) -> None:
    await _boot(rig, authority)
    chain = authority.answer(await _request(rig))
    assert await _sign(rig, chain) == "Accepted"
    assert await _sign(rig, chain) == "Rejected"


async def test_a_central_system_that_does_not_sign_is_asked_once(rig: Any, authority: Any) -> None:
    await _boot(rig, authority)
    rig.central.answers["SignCertificate"] = lambda payload: {"status": "Rejected"}
    csr = await _request(rig)
    await rig.run(DAY_S)
    assert len(rig.central.of("SignCertificate")) == 1
    assert await _sign(rig, authority.answer(csr)) == "Rejected"


async def test_a_request_and_its_key_outlive_a_power_cut(rig: Any, authority: Any) -> None:
    cp = await _boot(rig, authority)
    csr = await _request(rig)
    cp.cut_power()
    await rig.run(5)
    cp.restore_power()
    await rig.until(lambda: cp.online)
    await rig.run(30)
    assert len(rig.central.of("SignCertificate")) == 1
    assert await _sign(rig, authority.answer(csr)) == "Accepted"


async def test_a_request_that_did_not_get_through_is_made_again(
    rig: Any, authority: Any, silent: object
) -> None:
    cp = await _boot(rig, authority)
    rig.central.answers["SignCertificate"] = lambda payload: silent
    with rig.driver.unheld():
        await _request(rig)
        cp.kill()
        await rig.driver.settle()
    rig.central.answers["SignCertificate"] = lambda payload: {"status": "Accepted"}
    cp.start()
    await rig.until(lambda: len(rig.central.of("SignCertificate")) == 2)
    csr = rig.central.of("SignCertificate")[-1]["csr"]
    await rig.run(1)
    assert await _sign(rig, authority.answer(csr)) == "Accepted"


async def test_a_certificate_is_renewed_in_time_and_used(
    rig: Any, authority: Any, pki: Any, secure_central: Any
) -> None:
    central = await secure_central(clients=True)
    central.answers["SignCertificate"] = lambda payload: {"status": "Accepted"}
    own = authority.client(SERIAL, begin=pki.EPOCH, end=pki.EPOCH + timedelta(days=9))
    setup = SecuritySetup(
        profile=3, central_roots=authority.pem, certificate=own.pem, key=own.key_pem
    )
    await rig.boot(
        url=central.url,
        type_plate=TypePlate(serial_number=SERIAL),
        security=setup,
        configuration={"WebSocketPingInterval": "0"},
    )
    await rig.run(5.9 * DAY_S)
    assert central.of("SignCertificate") == []
    await rig.until(lambda: bool(central.of("SignCertificate")), 1.1 * DAY_S)
    chain = authority.answer(
        central.of("SignCertificate")[0]["csr"], end=pki.EPOCH + timedelta(days=400)
    )
    async with rig.driver.exchange():
        answer = await central.call("CertificateSigned", {"certificateChain": chain})
    assert answer == {"status": "Accepted"}
    await rig.until(lambda: len(central.sessions) == 2)
    await rig.run(4 * DAY_S)
    assert len(central.of("SignCertificate")) == 1
    assert rig.cp.connected


async def test_a_new_certificate_that_does_not_work_is_left_for_the_one_before(
    rig: Any, authority: Any, pki: Any, secure_central: Any
) -> None:
    other = pki.Authority("Another")
    central = await secure_central(clients=True)
    central.answers["SignCertificate"] = lambda payload: {"status": "Accepted"}
    own = authority.client(SERIAL)
    setup = SecuritySetup(
        profile=3,
        # The central system itself does not believe the second.
        central_roots=authority.pem + other.pem,
        certificate=own.pem,
        key=own.key_pem,
    )
    await rig.boot(url=central.url, type_plate=TypePlate(serial_number=SERIAL), security=setup)
    async with rig.driver.exchange():
        await central.call("ExtendedTriggerMessage", TRIGGER)
    await rig.until(lambda: bool(central.of("SignCertificate")))
    chain = other.answer(central.of("SignCertificate")[0]["csr"])
    async with rig.driver.exchange():
        answer = await central.call("CertificateSigned", {"certificateChain": chain})
    assert answer == {"status": "Accepted"}
    await rig.until(lambda: len(central.sessions) == 2, 120)
    await rig.until(lambda: rig.cp.online)
    shown = x509.load_der_x509_certificate(central.sessions[1].getpeercert(binary_form=True))
    assert shown == own.certificate


async def test_private_keys_are_in_the_store_alone(rig: Any, authority: Any) -> None:
    own = authority.client(SERIAL)
    frames: list[str] = []
    cp = rig.build(
        security=SecuritySetup(central_roots=authority.pem, certificate=own.pem, key=own.key_pem),
        type_plate=TypePlate(serial_number=SERIAL),
    )
    cp.on_frame(lambda at_us, direction, text: frames.append(text))
    cp.start()
    await rig.until(lambda: cp.online)
    rig.central.answers["SignCertificate"] = lambda payload: {"status": "Accepted"}
    assert await _sign(rig, authority.answer(await _request(rig))) == "Accepted"
    await rig.ask("GetConfiguration", {})
    said = "".join([*frames, *rig.events, str(cp._running.context.security_log())])
    assert "PRIVATE KEY" not in said
    files = {path for path in rig.folder.rglob("*") if path.is_file()}
    assert rig.folder / "charge-point.db" in files
    holding = {path for path in files if b"PRIVATE KEY" in path.read_bytes()}
    assert holding
    assert all(path.name.startswith("charge-point.db") for path in holding)
    for path in holding:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
