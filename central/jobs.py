"""Work that is done again and again, by the business clock: sweeps, retention, clean-up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from central.domain.clock import BusinessClock
from central.domain.errors import BusyError

log = structlog.get_logger(__name__)

LEAST_SLEEP_S = 0.01
"""A clock that runs very fast does not turn the schedule into a busy loop."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do every so often; `run` gets the business time."""

    name: str
    every: timedelta
    run: Callable[[datetime], Awaitable[None]]


class Schedule:
    """Runs jobs when they are due by the business clock, each at most once per look.

    A clock that jumps over many periods runs a job once, at the new time: each
    of these jobs brings everything up to the time it is given.
    """

    def __init__(self, clock: BusinessClock, jobs: Sequence[Job]) -> None:
        self._clock = clock
        self._jobs = jobs
        self._due = {job.name: clock.now() for job in jobs}
        self._lock = asyncio.Lock()

    async def run_due(self) -> None:
        """Run every job that is due now. A database that fails is logged; the next turn tries."""
        async with self._lock:
            now = self._clock.now()
            for job in self._jobs:
                if self._due[job.name] > now:
                    continue
                self._due[job.name] = now + job.every
                try:
                    await job.run(now)
                except (SQLAlchemyError, BusyError, OSError):
                    log.exception("a periodic job failed, its next turn tries again", job=job.name)

    async def run_forever(self) -> None:
        """Run the jobs as time passes; for clocks that move by themselves."""
        factor = self._clock.factor
        if factor is None:
            raise ValueError("this clock moves only when it is set: call run_due after setting it")
        while True:
            await self.run_due()
            wait = min(self._due.values()) - self._clock.now()
            await asyncio.sleep(max(wait.total_seconds() / factor, LEAST_SLEEP_S))
