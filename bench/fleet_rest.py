"""What the central system holds after a fleet: counted over REST."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from bench.central_process import Server
from bench.central_rest import AT_ONCE, logged_in


def count_sessions(server: Server) -> tuple[int, int]:
    """Return how many sessions there are, and the energy of those that have ended, Wh."""
    return asyncio.run(_count_sessions(server))


def count_values(server: Server, identities: list[str]) -> int:
    """Return how many meter values there are of these chargers."""
    return asyncio.run(_count_values(server, identities))


async def _count_sessions(server: Server) -> tuple[int, int]:
    count = energy_wh = 0
    async with logged_in(server) as client:
        url: str | None = "/api/sessions?limit=1000"
        while url is not None:
            answer = await client.get(url)
            answer.raise_for_status()
            page: list[dict[str, Any]] = answer.json()
            count += len(page)
            energy_wh += sum(
                session["energy_wh"] for session in page if session["status"] == "completed"
            )
            following = answer.links.get("next")
            url = None if following is None else following["url"]
    return count, energy_wh


async def _count_values(server: Server, identities: list[str]) -> int:
    async with logged_in(server) as client:
        gate = asyncio.Semaphore(AT_ONCE)

        async def count(identity: str) -> int:
            async with gate:
                answer: httpx.Response = await client.get(f"/api/metering/{identity}")
                answer.raise_for_status()
                return len(answer.json())

        return sum(await asyncio.gather(*map(count, identities)))
