"""A power cut at any commit leaves nothing of the security extension half done."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.peers.power_cuts import Killed, dying_at
from twin.charge_point import SecuritySetup, TypePlate

KEY = b"0123456789abcdef"
SERIAL = "SN-1"
PLATE = TypePlate(serial_number=SERIAL)


async def _restart(rig: Any) -> None:
    rig.cp.kill()
    await rig.driver.settle()
    rig.cp.start()
    await rig.until(lambda: rig.cp.settled, 120)


async def test_a_new_certificate_is_in_use_where_it_was_acknowledged_and_the_old_one_else(
    central: Any, make_rig: Any, authority: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    central.answers["SignCertificate"] = lambda payload: {"status": "Accepted"}
    for step in itertools.count(1):
        rig = make_rig(central)
        rig.folder = tmp_path / str(step)
        old = authority.client(SERIAL)
        setup = SecuritySetup(central_roots=authority.pem, certificate=old.pem, key=old.key_pem)
        cp = await rig.boot(type_plate=PLATE, security=setup)
        await rig.ask("ExtendedTriggerMessage", {"requestedMessage": "SignChargePointCertificate"})
        await rig.run(1)
        new = authority.answer(central.of("SignCertificate")[-1]["csr"])
        answered: list[str] = []
        died = False
        with dying_at(step, monkeypatch):
            try:
                cp._running.calls.handlers["CertificateSigned"](
                    {"certificateChain": new},
                    lambda payload, answered=answered: answered.append(payload["status"]),
                )
            except Killed:
                died = True
        await _restart(rig)
        identities = cp._running.security._identities
        current = identities.current
        assert current is not None
        shown = current.certificate.public_bytes(Encoding.PEM).decode()
        assert shown in {old.pem, new}
        if "Accepted" in answered:
            assert shown == new
        # Certificate and key still belong together, whichever they are.
        assert current.key.public_key() == current.certificate.public_key()
        await cp.close()
        if not died:
            assert shown == new
            break
    assert step > 3


async def test_a_profile_is_in_force_where_it_was_acknowledged(
    central: Any, make_rig: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in itertools.count(1):
        rig = make_rig(central)
        rig.folder = tmp_path / str(step)
        cp = await rig.boot(key=KEY, security=SecuritySetup())
        answered: list[str] = []
        died = False
        with dying_at(step, monkeypatch):
            try:
                cp._running.calls.handlers["ChangeConfiguration"](
                    {"key": "SecurityProfile", "value": "1"},
                    lambda payload, answered=answered: answered.append(payload["status"]),
                )
            except Killed:
                died = True
        before = len(central.headers)
        await _restart(rig)
        presented = "Authorization" in central.headers[before]
        if answered:
            assert presented
        await cp.close()
        if not died:
            assert presented
            break
    assert step > 3
