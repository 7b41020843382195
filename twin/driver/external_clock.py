"""Tells a central system with an external clock what time it is in the twin."""

from __future__ import annotations

import asyncio
import contextlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path


class ExternalClockError(Exception):
    """The central system could not be told the time; the message says why."""


class ExternalClock:
    """Sets the business time of `evseloop central --clock external` over its control socket.

    Give `tell` to a driver as `on_exchange`, so that the central system knows
    the twin's time before every exchange.

    Args:
        path: The Unix control socket of the central system.
        epoch: What UTC is when the twin's clock stands at 0; with a zone.
    """

    def __init__(self, path: Path, epoch: datetime) -> None:
        if epoch.tzinfo is None:
            raise ValueError("the epoch needs a zone")
        self.path = path
        self._epoch = epoch.astimezone(UTC)
        self._told_us = -1
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._one_at_a_time = asyncio.Lock()

    async def tell(self, now_us: int) -> None:
        """Set the central system's time to the twin's `now_us`, and wait until it is set.

        A central system that is not there is told nothing: it learns the time
        at the first exchange after it is back.

        Raises:
            ExternalClockError: The central system refused the time.
        """
        async with self._one_at_a_time:
            if self._streams is not None and now_us == self._told_us:
                return
            try:
                await self._set(now_us)
            except (ConnectionError, FileNotFoundError):
                await self._drop()
                return
            self._told_us = now_us

    async def _set(self, now_us: int) -> None:
        if self._streams is None:
            self._streams = await asyncio.open_unix_connection(self.path)
        reader, writer = self._streams
        moment = self._epoch + timedelta(microseconds=now_us)
        text = moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
        writer.write(json.dumps({"set": text}).encode() + b"\n")
        await writer.drain()
        line = await reader.readline()
        if not line:
            raise ConnectionResetError
        answer = json.loads(line)
        if not answer.get("ok"):
            raise ExternalClockError(f"the central system refused {text}: {answer.get('error')}")

    async def _drop(self) -> None:
        if self._streams is not None:
            _, writer = self._streams
            self._streams = None
            writer.close()
            with contextlib.suppress(ConnectionError):  # the other end may be gone already
                await writer.wait_closed()

    async def close(self) -> None:
        """Let go of the control socket."""
        async with self._one_at_a_time:
            await self._drop()
