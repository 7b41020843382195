"""Telling a central system the time of the twin, over a Unix socket."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from twin.driver import ExternalClock, ExternalClockError

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def path() -> Iterator[Path]:
    # A Unix socket's path is short: at most 107 bytes.
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "control"


@asynccontextmanager
async def _listener(path: Path, answer: dict[str, object]) -> AsyncIterator[list[str]]:
    heard: list[str] = []
    serving: list[asyncio.Task[None] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.current_task())
        while line := await reader.readline():
            heard.append(json.loads(line)["set"])
            writer.write(json.dumps(answer).encode() + b"\n")
        writer.close()

    async with await asyncio.start_unix_server(serve, path) as server:
        yield heard
        server.close()
        await asyncio.gather(*(task for task in serving if task is not None))


async def test_the_time_is_told_in_utc_to_the_microsecond(path: Path) -> None:
    async with _listener(path, {"ok": True}) as heard:
        clock = ExternalClock(path, EPOCH)
        await clock.tell(0)
        await clock.tell(61_000_001)
        await clock.close()
    assert heard == ["2026-01-01T00:00:00.000000Z", "2026-01-01T00:01:01.000001Z"]


async def test_the_same_time_is_told_once(path: Path) -> None:
    async with _listener(path, {"ok": True}) as heard:
        clock = ExternalClock(path, EPOCH)
        for _ in range(3):
            await clock.tell(5)
        await clock.close()
    assert len(heard) == 1


async def test_a_refusal_is_an_error_with_its_reason(path: Path) -> None:
    async with _listener(path, {"ok": False, "error": "time never goes backwards"}):
        clock = ExternalClock(path, EPOCH)
        with pytest.raises(ExternalClockError, match="never goes backwards"):
            await clock.tell(5)
        await clock.close()


async def test_a_central_system_that_is_away_learns_the_time_when_it_is_back(path: Path) -> None:
    clock = ExternalClock(path, EPOCH)
    await clock.tell(5)
    async with _listener(path, {"ok": True}) as heard:
        await clock.tell(5)
        await clock.close()
    await clock.tell(6)
    async with _listener(path, {"ok": True}) as again:
        await clock.tell(7)
        await clock.close()
    assert (len(heard), len(again)) == (1, 1)


def test_an_epoch_without_a_zone_is_refused(path: Path) -> None:
    with pytest.raises(ValueError, match="zone"):
        ExternalClock(path, datetime(2026, 1, 1))  # noqa: DTZ001
