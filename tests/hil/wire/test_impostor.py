"""An impostor counts who talks to him, and not who turns away from his certificate."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import get_args

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from hil.central_pki import CentralPki
from hil.wire.impostor import Impostor, WeakTls

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> CentralPki:
    return CentralPki(tmp_path_factory.mktemp("pki") / "made", EPOCH)


@pytest.fixture
async def impostor(pki: CentralPki) -> AsyncIterator[Impostor]:
    made = Impostor()
    await made.start(*pki.impostor("foreign authority"))
    yield made
    await made.close()


async def call(impostor: Impostor, pki: CentralPki, *, believing: bool) -> None:
    context = ssl.create_default_context(cadata=pki.root)
    if believing:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    await connect("wss://{}:{}/CP1".format(*impostor.address), ssl=context)


async def test_who_does_not_believe_him_says_nothing(impostor: Impostor, pki: CentralPki) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await call(impostor, pki, believing=False)
    assert impostor.requests == 0


async def test_who_believes_him_is_counted_and_gets_an_answer(
    impostor: Impostor, pki: CentralPki
) -> None:
    for _ in range(2):
        with pytest.raises(InvalidStatus, match="403"):
            await call(impostor, pki, believing=True)
    assert impostor.requests == impostor.connections == 2


@pytest.mark.parametrize("weak", get_args(WeakTls))
async def test_weak_tls_is_refused_by_who_has_none_and_counted_of_who_has(
    pki: CentralPki, weak: WeakTls
) -> None:
    impostor = Impostor()
    await impostor.start(*pki.server, weak)
    address = "wss://{}:{}/CP1".format(*impostor.address)
    good = ssl.create_default_context(cadata=pki.root)
    good.set_ciphers("ECDHE+AESGCM")
    # asyncio hangs up without an alert; the wrong client below shows that it is not for another
    # reason.
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        await connect(address, ssl=good)
    assert impostor.requests == 0
    bad = ssl.create_default_context(cadata=pki.root)
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        bad.minimum_version = ssl.TLSVersion.TLSv1_1
    bad.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(InvalidStatus, match="403"):
        await connect(address, ssl=bad)
    assert impostor.requests == 1
    await impostor.close()


def test_private_keys_are_their_owners_alone(pki: CentralPki) -> None:
    keys = list(pki.folder.glob("*.key"))
    assert len(keys) >= 2
    assert {key.stat().st_mode & 0o777 for key in keys} == {0o600}
    assert pki.folder.stat().st_mode & 0o777 == 0o700
