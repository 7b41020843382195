"""The REST side of the benchmark: chargers are added, and every value is read back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from bench.central_frames import MEASURANDS, moment, values
from bench.central_process import ADMIN_EMAIL, Server

PAGE = 10_000
AT_ONCE = 16


@dataclass
class ReadBack:
    """What was found of what was answered.

    Attributes:
        expected: values whose message was answered.
        missing, wrong: those not found, and found with another content.
        unanswered: messages found that had not been answered when the server was killed.
    """

    expected: int = 0
    missing: int = 0
    wrong: int = 0
    unanswered: int = 0


def add_chargers(server: Server, identities: list[str]) -> dict[str, str]:
    """Add chargers, and a tag for their sessions; gives the key of each."""
    return asyncio.run(_add_chargers(server, identities))


def read_back(server: Server, identities: list[str], answered: list[int]) -> ReadBack:
    """Read every value over REST, by charger, time and measurand, and compare."""
    return asyncio.run(_read_back(server, identities, answered))


async def _add_chargers(server: Server, identities: list[str]) -> dict[str, str]:
    async with logged_in(server) as client:
        made = await client.post("/api/id-tags", json={"id_tag": "BENCH"})
        made.raise_for_status()
        gate = asyncio.Semaphore(AT_ONCE)

        async def add(identity: str) -> tuple[str, str]:
            async with gate:
                response = await client.post("/api/chargers", json={"charge_point_id": identity})
                response.raise_for_status()
                return identity, str(response.json()["key"])

        return dict(await asyncio.gather(*(add(identity) for identity in identities)))


async def _read_back(server: Server, identities: list[str], answered: list[int]) -> ReadBack:
    found = ReadBack()
    async with logged_in(server) as client:
        for index, (identity, count) in enumerate(zip(identities, answered, strict=True)):
            for position, (measurand, _) in enumerate(MEASURANDS):
                kept = await _values(client, identity, measurand, count)
                found.expected += count
                for number in range(count):
                    value = kept.pop(moment(number).timestamp(), None)
                    found.missing += value is None
                    found.wrong += value not in (None, values(index, number)[position])
                if position == 0:
                    found.unanswered += len(kept)
    return found


async def _values(
    client: httpx.AsyncClient, identity: str, measurand: str, count: int
) -> dict[float, str]:
    """Read a charger's values of one measurand, by time; one message more than was answered."""
    query: dict[str, Any] = {
        "measurand": measurand,
        "from": moment(0).isoformat(),
        "to": moment(count + 1).isoformat(),
        "limit": PAGE,
    }
    url: str | None = f"/api/metering/{identity}"
    kept: dict[float, str] = {}
    while url is not None:
        response = await client.get(url, params=query or None)
        response.raise_for_status()
        for reading in response.json():
            [sampled] = reading["sampled_values"]
            kept[datetime.fromisoformat(reading["timestamp"]).timestamp()] = sampled["value"]
        following = response.links.get("next")
        url = None if following is None else following["url"]
        # The link to the next page carries the whole query.
        query = {}
    return kept


@asynccontextmanager
async def logged_in(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client that is logged in as administrator."""
    async with httpx.AsyncClient(base_url=server.http, timeout=120, trust_env=False) as client:
        credentials = {"email": ADMIN_EMAIL, "password": server.admin_password}
        response = await client.post("/api/admin/login", json=credentials)
        response.raise_for_status()
        client.headers["Authorization"] = f"Bearer {response.json()['token']}"
        yield client
