"""The way from one security profile to the next, and back where it does not work."""

from __future__ import annotations

from typing import Any

import pytest

from twin.charge_point import SecuritySetup

KEY = b"0123456789abcdef"


def _log(rig: Any) -> list[str]:
    return [said for _, said in rig.cp._running.context.security_log()]


async def _raise(rig: Any, central: Any, profile: int) -> str:
    async with rig.driver.exchange():
        change = {"key": "SecurityProfile", "value": str(profile)}
        return str((await central.call("ChangeConfiguration", change))["status"])


async def test_profile_0_shows_no_key_and_profile_1_does(rig: Any) -> None:
    cp = await rig.boot(key=KEY, security=SecuritySetup())
    assert "Authorization" not in rig.central.headers[0]
    assert await _raise(rig, rig.central, 1) == "Accepted"
    await rig.until(lambda: len(rig.central.headers) == 2)
    await rig.until(lambda: cp.online)
    assert rig.central.credentials() == b"CP1:" + KEY
    assert len(rig.central.of("BootNotification")) == 1, "a mere reconnection is no boot"
    assert "ReconfigurationOfSecurityParameters: security profile 1" in _log(rig)


@pytest.mark.parametrize(
    ("has", "wanted"),
    [({"root"}, 1), ({"key"}, 2), ({"root"}, 2), ({"root", "key"}, 3), ({"key"}, 3)],
)
async def test_a_profile_without_what_it_needs_is_rejected(
    rig: Any, authority: Any, has: set[str], wanted: int
) -> None:
    await rig.boot(
        key=KEY if "key" in has else None,
        security=SecuritySetup(central_roots=authority.pem if "root" in has else ""),
    )
    assert await _raise(rig, rig.central, wanted) == "Rejected"
    await rig.run(10)
    assert len(rig.central.headers) == 1


async def test_what_it_needs_may_come_over_ocpp(
    rig: Any, authority: Any, secure_central: Any
) -> None:
    secure = await secure_central()
    await rig.boot(security=SecuritySetup(tls_url=secure.url))
    assert await _raise(rig, rig.central, 2) == "Rejected"
    root = {"certificateType": "CentralSystemRootCertificate", "certificate": authority.pem}
    assert await rig.ask("InstallCertificate", root) == {"status": "Accepted"}
    new = {"key": "AuthorizationKey", "value": KEY.hex()}
    assert await rig.ask("ChangeConfiguration", new) == {"status": "Accepted"}
    await rig.run(10)
    assert len(rig.central.headers) == 1, "on profile 0 no connection stands on the key"
    assert await _raise(rig, rig.central, 2) == "Accepted"
    await rig.until(lambda: bool(secure.headers))
    assert secure.credentials() == b"CP1:" + KEY


async def test_the_profile_that_is_in_use_is_accepted_and_changes_nothing(rig: Any) -> None:
    await rig.boot(key=KEY, security=SecuritySetup(profile=1))
    assert await _raise(rig, rig.central, 1) == "Accepted"
    await rig.run(10)
    assert len(rig.central.headers) == 1
    assert not any("ReconfigurationOf" in each for each in _log(rig))


async def test_a_profile_that_does_not_work_is_left_for_the_last_one_that_did(
    rig: Any, authority: Any, secure_central: Any, pki: Any
) -> None:
    wrong = await secure_central(pki.Authority("Another").server())
    setup = SecuritySetup(profile=1, central_roots=authority.pem, tls_url=wrong.url)
    cp = await rig.boot(key=KEY, security=setup)
    assert await _raise(rig, rig.central, 2) == "Accepted"
    await rig.until(lambda: len(rig.central.headers) == 2, 120)
    await rig.until(lambda: cp.settled)
    assert wrong.headers == []
    read = await rig.ask("GetConfiguration", {"key": ["SecurityProfile"]})
    assert read["configurationKey"][0]["value"] == "1"
    assert "InvalidCentralSystemCertificate" in rig.central.events()
    assert any("security profile 2 does not work, back to 1" in each for each in _log(rig))
    cp.kill()
    cp.start()
    await rig.until(lambda: len(rig.central.headers) == 3)


async def test_a_power_cut_on_the_way_to_a_profile_loses_neither_it_nor_the_way_back(
    rig: Any, authority: Any, secure_central: Any, pki: Any
) -> None:
    wrong = await secure_central(pki.Authority("Another").server())
    setup = SecuritySetup(profile=1, central_roots=authority.pem, tls_url=wrong.url)
    cp = await rig.boot(key=KEY, security=setup)
    assert await _raise(rig, rig.central, 2) == "Accepted"
    cp.kill()
    await rig.driver.settle()
    cp.start()
    await rig.run(1)
    assert any("certificate verify failed" in each for each in rig.events)
    await rig.until(lambda: len(rig.central.headers) == 2, 120)


async def test_a_network_that_is_down_is_no_reason_to_go_back(
    rig: Any, authority: Any, secure_central: Any
) -> None:
    secure = await secure_central()
    setup = SecuritySetup(profile=1, central_roots=authority.pem, tls_url=secure.url)
    cp = await rig.boot(key=KEY, security=setup)
    assert await _raise(rig, rig.central, 2) == "Accepted"
    cp.cut_network()
    await rig.run(3_600)
    cp.restore_network()
    await rig.until(lambda: len(secure.headers) == 1)


async def test_a_profile_that_has_worked_is_kept_however_long_the_central_system_is_gone(
    rig: Any, authority: Any, secure_central: Any
) -> None:
    secure = await secure_central()
    setup = SecuritySetup(profile=1, central_roots=authority.pem, tls_url=secure.url)
    cp = await rig.boot(key=KEY, security=setup)
    assert await _raise(rig, rig.central, 2) == "Accepted"
    await rig.until(lambda: len(secure.headers) == 1)
    await rig.until(lambda: cp.online)
    await secure.stop()
    await rig.run(7_200)
    assert len(rig.central.headers) == 1
    await secure.start()
    await rig.until(lambda: cp.online, 400)


async def test_on_profile_3_a_new_key_is_kept_and_breaks_no_link(
    rig: Any, authority: Any, secure_central: Any
) -> None:
    central = await secure_central(clients=True)
    own = authority.client("CP1")
    setup = SecuritySetup(
        profile=3, central_roots=authority.pem, certificate=own.pem, key=own.key_pem
    )
    await rig.boot(url=central.url, security=setup)
    async with rig.driver.exchange():
        change = {"key": "AuthorizationKey", "value": KEY.hex()}
        answer = await central.call("ChangeConfiguration", change)
    assert answer == {"status": "Accepted"}
    await rig.run(30)
    assert len(central.headers) == 1


async def test_the_keys_of_the_extension_are_listed(rig: Any) -> None:
    await rig.boot(key=KEY, security=SecuritySetup(cpo_name="Operator"))
    listed = (await rig.ask("GetConfiguration", {}))["configurationKey"]
    values = {each["key"]: (each["value"], each["readonly"]) for each in listed}
    assert values["SecurityProfile"] == ("0", False)
    assert values["CpoName"] == ("Operator", False)
    assert values["AdditionalRootCertificateCheck"] == ("false", True)
    assert values["CertificateSignedMaxChainSize"] == ("10000", True)
    assert values["CertificateStoreMaxLength"] == ("20", True)
    assert "AuthorizationKey" not in values
    # Security is no feature profile (OCPP 1.6 section 3.2).
    assert "Security" not in values["SupportedFeatureProfiles"][0]
    for name in ("", "x" * 65):
        change = {"key": "CpoName", "value": name}
        assert await rig.ask("ChangeConfiguration", change) == {"status": "Rejected"}
