"""One running central system for all cases, and for each case a charger of its own."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.octt.central.case import Case, boot
from tests.octt.central.judged_wire import faults
from tests.peers.central_process import CentralProcess, central_processes
from tests.peers.charger_certificates import Pki
from tests.peers.played_charger import PlayedCharger
from tests.peers.secure_central import Operator


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[CentralProcess, str]]:
    """Run the central system as certification wants it; gives it and an operator's token."""
    with central_processes(tmp_path_factory.mktemp("central")) as start:
        central = start(OCPP_STRICT="true")
        with central.admin() as admin:
            yield central, admin.headers["Authorization"]


@pytest.fixture
def links() -> defaultdict[str, list[PlayedCharger]]:
    """The connections of each charger so far, in their order."""
    return defaultdict(list)


@pytest.fixture
async def play_charger(
    play_charger: Callable[..., Awaitable[PlayedCharger]],
    links: defaultdict[str, list[PlayedCharger]],
) -> AsyncIterator[Callable[..., Awaitable[PlayedCharger]]]:
    """Connect played chargers, and judge at the end what went over their wires."""

    async def play(
        ocpp: str, charge_point_id: str, key: str | None = None, **more: Any
    ) -> PlayedCharger:
        charger = await play_charger(ocpp, charge_point_id, key, **more)
        links[charge_point_id].append(charger)
        return charger

    yield play
    assert {name: found for name, of_one in links.items() if (found := faults(of_one))} == {}


_numbers = itertools.count(1)


@pytest.fixture
async def case(
    running: tuple[CentralProcess, str],
    play_charger: Callable[..., Awaitable[PlayedCharger]],
) -> AsyncIterator[Case]:
    """Admit and connect the charger of a case; it has not booted yet."""
    central, token = running
    charge_point_id = f"CASE-{next(_numbers)}"
    headers = {"Authorization": token}
    async with httpx.AsyncClient(base_url=central.http, timeout=30, headers=headers) as rest:
        added = await rest.post("/api/chargers", json={"charge_point_id": charge_point_id})
        key = added.json()["key"]

        async def connect() -> PlayedCharger:
            return await play_charger(central.ocpp, charge_point_id, key)

        case = Case(rest, charge_point_id, key, connect)
        await case.come()
        yield case
        assert await case.violations() == []
        records = await case.commands()
        got = [call.action for link in case.links for call in link.commands]
        assert [record["action"] for record in records] == got
        assert None not in [record["requested_by"] for record in records], "nobody asked for it"


@pytest.fixture
async def nothing_unasked(
    operator: Operator, charger_id: str, links: defaultdict[str, list[PlayedCharger]]
) -> AsyncIterator[None]:
    """Of its own accord the central system sends certificates and nothing else."""
    yield
    records = await operator.get("/api/admin/commands", charger=charger_id)
    got = [call.action for link in links[charger_id] for call in link.commands]
    assert [record["action"] for record in reversed(records)] == got
    unasked = {record["action"] for record in records if record["requested_by"] is None}
    assert unasked <= {"CertificateSigned"}
    assert await operator.get("/api/violations", charge_point_id=charger_id) == []


@pytest.fixture
def connect(
    secure_central: CentralProcess,
    play_charger: Callable[..., Awaitable[PlayedCharger]],
    made_pki: Pki,
) -> Callable[..., Awaitable[PlayedCharger]]:
    """Connect over TLS with a key or `own` certificate files, or `plain`."""

    async def open_(
        charge_point_id: str,
        key: str | None = None,
        *,
        own: tuple[Path, Path] | None = None,
        plain: bool = False,
        **answers: Any,
    ) -> PlayedCharger:
        if plain:
            return await play_charger(secure_central.ocpp, charge_point_id, key, **answers)
        return await play_charger(
            secure_central.ocpp_tls, charge_point_id, key, tls=made_pki.client(own), **answers
        )

    return open_


@pytest.fixture
async def tls_charger(
    operator: Operator, connect: Callable[..., Awaitable[PlayedCharger]], charger_id: str
) -> PlayedCharger:
    """A booted charger of security profile 2."""
    charger = await connect(charger_id, await operator.admit(charger_id))
    await boot(charger)
    return charger
