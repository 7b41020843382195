"""A central system with TLS, its operator, and what chargers of security profile 3 need."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.peers.central_process import CentralProcess, central_processes
from tests.peers.charger_certificates import ChargerKey, Pki
from tests.peers.played_charger import PlayedCharger

_NUMBERS = itertools.count(1)


class Operator:
    """What an administrator does over REST while a played charger answers."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, **body: Any) -> Any:
        answer = await self.client.post(path, json=body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def command(self, charge_point_id: str, operation: str, **body: Any) -> Any:
        """Send a command; gives the whole answer."""
        return await self.post(f"/api/ocpp/{charge_point_id}/{operation}", **body)

    async def change(self, charge_point_id: str, key: str, value: str) -> Any:
        return await self.command(charge_point_id, "change-configuration", key=key, value=value)

    async def admit(self, charge_point_id: str) -> str:
        """Admit a charger; gives its key."""
        return str((await self.post("/api/chargers", charge_point_id=charge_point_id))["key"])

    async def events(self, charge_point_id: str) -> list[str]:
        """The types of the security events of a charger, oldest first."""
        found = await self.get("/api/security-events", charge_point_id=charge_point_id)
        return [event["type"] for event in reversed(found)]


@pytest.fixture(scope="session")
def made_pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """The certificates of `evseloop central pki`, made once."""
    directory = tmp_path_factory.mktemp("pki") / "made"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "evseloop", "central", "pki", str(directory)),
            *("--host", "localhost", "--host", "127.0.0.1"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line.removeprefix("export ") for line in done.stdout.splitlines()]
    return Pki(directory, dict(line.split("=", 1) for line in lines))


@pytest.fixture(scope="session")
def secure_central(
    tmp_path_factory: pytest.TempPathFactory, made_pki: Pki
) -> Iterator[CentralProcess]:
    """One running central system with TLS; the chargers of each test are its own."""
    with central_processes(tmp_path_factory.mktemp("central")) as start:
        yield start("--ocpp-tls-port", "0", OCPP_CPO_NAME="evseloop", **made_pki.settings)


@pytest.fixture
async def operator(secure_central: CentralProcess) -> AsyncIterator[Operator]:
    with secure_central.admin() as logged_in:
        headers = logged_in.headers
    async with httpx.AsyncClient(
        base_url=secure_central.http, headers=headers, timeout=30
    ) as client:
        yield Operator(client)


@pytest.fixture
def charger_id() -> str:
    """A charger that no other test has."""
    return f"SP{next(_NUMBERS):03}"


@pytest.fixture
def own_key(tmp_path: Path) -> Callable[..., ChargerKey]:
    """Make a charger's private key: `own_key(rsa_bits=2048)`, or one on P-256."""

    def make(**options: Any) -> ChargerKey:
        return ChargerKey(tmp_path, **options)

    return make


@pytest.fixture
def certified(
    secure_central: CentralProcess,
    operator: Operator,
    play_charger: Callable[..., Awaitable[PlayedCharger]],
    made_pki: Pki,
    own_key: Callable[..., ChargerKey],
) -> Callable[[str], Awaitable[tuple[Path, Path]]]:
    """Admit a charger and let it get a certificate; gives the files of chain and key."""

    async def get(charge_point_id: str) -> tuple[Path, Path]:
        basic, key = await operator.admit(charge_point_id), own_key()
        charger = await play_charger(
            secure_central.ocpp_tls,
            charge_point_id,
            basic,
            tls=made_pki.client(),
            CertificateSigned={"status": "Accepted"},
        )
        await charger.boot()
        answer = await charger.call("SignCertificate", csr=key.csr(charge_point_id, "evseloop"))
        assert answer == {"status": "Accepted"}
        signed = await charger.command("CertificateSigned")
        await charger.websocket.close()
        return key.files(signed.payload["certificateChain"])

    return get
