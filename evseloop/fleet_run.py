"""Runs a fleet for `evseloop fleet`: driver, progress, wind-up, report."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import resource
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uvloop
from rich.console import Console
from rich.live import Live
from rich.table import Table

from evseloop.errors import CommandError
from twin.clock import Clock
from twin.driver import Driver, ExternalClock, HeldDriver, PacedDriver
from twin.fleet import ChargerPlan, Description, Fleet
from twin.fleet.fleet import SETTLE_US
from twin.fleet.report import Check, books, checks, summary
from twin.fleet.rest import Rest

HOUR_US = 3_600_000_000
FILES_BESIDE_SOCKETS = 64
LINE_EVERY_S = 10.0
SETTLE_WALL_S = 300.0
"""How long a fleet at a pace may take at its end: wall time, but no more than `SETTLE_US`."""


@dataclass(frozen=True)
class Job:
    """What to run.

    Attributes:
        speed: Seconds of twin time in a second of wall time; None: as fast as it is answered.
        utc_at_zero: What the chargers' clocks show when the fleet begins.
        clock_socket: Control socket of a central system whose time the fleet sets.
    """

    description: Description
    plans: Sequence[ChargerPlan]
    central: str
    hours: float
    speed: float | None
    utc_at_zero: datetime
    clock_socket: Path | None = None
    keys: Mapping[str, bytes] | None = None
    state: Path | None = None
    rest: Rest | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    checks: list[Check]
    summary: dict[str, Any]
    books: dict[str, Any]


def run(job: Job, console: Console) -> Outcome:
    """Run a fleet to its end; blocks, main thread only.

    SIGINT ends it early, in order; a second one does not wait for the chargers to settle.
    """
    _allow_sockets(len(job.plans))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_run(job, console))


async def _run(job: Job, console: Console) -> Outcome:
    signals = 0

    def interrupted() -> None:
        nonlocal signals
        signals += 1

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, interrupted)
    clock = None if job.clock_socket is None else ExternalClock(job.clock_socket, job.utc_at_zero)
    driver = _driver(job, clock)
    fleet = Fleet(
        job.plans,
        job.central,
        driver,
        utc_at_zero=job.utc_at_zero,
        now_s=time.perf_counter,
        keys=job.keys,
        state=job.state,
        remote=None if job.rest is None else job.rest.carry_out,
    )
    # A thousand chargers are millions of objects that stay: nothing to look through again.
    gc.collect()
    gc.freeze()
    progress = Progress(fleet, job)
    async with driver:
        with progress.shown(console):
            fleet.start()
            await fleet.run(round(job.hours * HOUR_US), until=lambda: signals > 0)
            progress.phase = "winding up"
            await fleet.wind_up(_settle_us(job.speed), until=lambda: signals > 1)
        figures = summary(fleet) | progress.figures()
        if job.rest is not None:
            figures["people"]["remote_refused"] = job.rest.refused
        outcome = Outcome(checks(fleet, job.description.allow), figures, books(fleet))
        await fleet.close()
    if clock is not None:
        await clock.close()
    return outcome


def _settle_us(speed: float | None) -> int:
    """Return how long the end may take, the twin's time: in life no more than some minutes."""
    if speed is None:
        return SETTLE_US
    return min(SETTLE_US, round(SETTLE_WALL_S * 1e6 * max(1.0, speed)))


def _driver(job: Job, clock: ExternalClock | None) -> Driver:
    tell = None if clock is None else clock.tell
    if job.speed is None:
        return HeldDriver(Clock(), wall_timeout_s=60, on_exchange=tell)
    return PacedDriver(Clock(), factor=job.speed, on_exchange=tell)


def _allow_sockets(count: int) -> None:
    """Raise the number of open files to what the sockets need.

    Raises:
        CommandError: The system does not let this process have so many.
    """
    need = count + FILES_BESIDE_SOCKETS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= need or soft == resource.RLIM_INFINITY:
        return
    if hard != resource.RLIM_INFINITY and hard < need:
        raise CommandError(
            f"--chargers {count}: this process may open {hard} files and sockets; raise the "
            f"limit (ulimit -n {need}), or take fewer chargers"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (need, hard))


class Progress:
    """Shows how a fleet gets on: a table on a terminal, otherwise a line now and then."""

    def __init__(self, fleet: Fleet, job: Job) -> None:
        self.phase = "playing"
        self._fleet = fleet
        self._job = job
        self._begin_s = asyncio.get_running_loop().time()
        self._max_lag_us = 0

    @contextlib.contextmanager
    def shown(self, console: Console) -> Iterator[None]:
        """Show it while the context is open."""
        with contextlib.ExitStack() as stack:
            if console.is_terminal:
                live = stack.enter_context(Live(self._table(), console=console))
                show: Callable[[], None] = lambda: live.update(self._table())  # noqa: E731
                every_s = 0.5
            else:
                show, every_s = lambda: console.print(self._line(), soft_wrap=True), LINE_EVERY_S
            task = asyncio.get_running_loop().create_task(self._keep_showing(show, every_s))
            try:
                yield
            finally:
                task.cancel()
                show()

    async def _keep_showing(self, show: Callable[[], None], every_s: float) -> None:
        loop = asyncio.get_running_loop()
        due_s = loop.time() + every_s
        all_came = False
        while True:
            await asyncio.sleep(0.25)
            driver = self._fleet.driver
            if not all_came and self._fleet.online == len(self._fleet.players):
                all_came = True
                show()
            if isinstance(driver, PacedDriver):
                self._max_lag_us = max(self._max_lag_us, driver.lag_us)
            if loop.time() >= due_s:
                due_s += every_s
                show()

    def _rows(self) -> dict[str, str]:
        fleet = self._fleet
        at = self._job.utc_at_zero + timedelta(microseconds=fleet.driver.clock.now_us)
        answer_ms = fleet.findings.recent_ms()
        wrong = ", ".join(f"{kind} {n}" for kind, n in fleet.findings.complaints.items())
        return {
            "time": f"{at:%Y-%m-%d %H:%M:%S}, {self.phase}",
            "behind": f"{self._max_lag_us / 1e6:.1f} s of twin time at most",
            "online": f"{fleet.online} of {len(fleet.players)}",
            "in session": str(fleet.in_session),
            "sessions": f"{fleet.sessions}, {fleet.energy_wh / 1000:.1f} kWh",
            "frames": f"{fleet.findings.sent} sent, {fleet.findings.received} received",
            "answers": ", ".join(f"{name} {ms:g} ms" for name, ms in answer_ms.items()),
            "not right": wrong or "nothing",
        }

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for name, text in self._rows().items():
            table.add_row(name, text)
        return table

    def _line(self) -> str:
        return "; ".join(f"{name}: {text}" for name, text in self._rows().items() if text)

    def figures(self) -> dict[str, Any]:
        """Return wall time and how far the twin was behind it at most."""
        wall_s = asyncio.get_running_loop().time() - self._begin_s
        return {"wall_s": round(wall_s, 3), "max_lag_twin_s": round(self._max_lag_us / 1e6, 3)}
