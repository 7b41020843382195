"""The twins of the fleet benchmark, a process of its own: `python -m bench.fleet_twins` < job.

The job is one JSON object on standard input, the result one on standard output.
"""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
import uvloop

from bench.fleet_process import pin
from twin.clock import Clock
from twin.driver import PacedDriver
from twin.fleet import Fleet, draw, profile
from twin.fleet.report import summary
from twin.fleet.rest import Rest

HOUR_US = 3_600_000_000
BOOT_TIMEOUT_S = 300.0


@dataclass(frozen=True)
class Job:
    """What the twins are to do.

    Attributes:
        core: to run on; negative: wherever.
        hours: of the profile that are played; 0 ends after the boot.
    """

    ocpp: str
    http: str
    email: str
    password: str
    chargers: int
    profile: str
    speed: float
    hours: float
    core: int = -1
    seed: int = 1


@dataclass
class Result:
    """What came of it.

    Attributes:
        build_s: to make the twins; their admission at the central system is not in it.
        boot_s: from switching all of them on to the last accepted boot, wall time, and the
        processor time of the twins for it.
        rss_mb: resident before, after the boot, and at most, MB (10⁶ bytes).
        lag_s: how far the twin was behind wall time × speed, at most: wall seconds.
        complaints, examples: what ought not to have been; it is judged by nobody here.
        totals: transactions with a known number, and their energy.
    """

    build_s: float = 0.0
    boot_s: float = 0.0
    boot_cpu_s: float = 0.0
    online: int = 0
    rss_mb: dict[str, float] = field(default_factory=dict)
    lag_s: float = 0.0
    play_s: float = 0.0
    cpu_cores: float = 0.0
    settled: bool = False
    summary: dict[str, Any] = field(default_factory=dict)
    complaints: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)


async def run(job: Job) -> Result:
    """Admit, build, boot and play the fleet."""
    described = msgspec.structs.replace(profile(job.profile), boot_within_s=0.0)
    # At least a minute of the twin's time, so that a fleet that only boots has plans too.
    plans = draw(described, job.chargers, job.seed, hours=max(job.hours, 0.1))
    rest = await asyncio.to_thread(Rest, job.http, job.email, job.password)
    keys = await asyncio.to_thread(rest.admit, [plan.identity for plan in plans])
    tags = sorted({tag for plan in plans for tag in plan.id_tags()})
    await asyncio.to_thread(rest.add_tags, tags)
    result = Result()
    gc.collect()
    result.rss_mb["before"] = _rss_mb()
    begin = time.perf_counter()
    driver = PacedDriver(Clock(), factor=job.speed)
    fleet = Fleet(
        plans,
        job.ocpp,
        driver,
        utc_at_zero=datetime.now(UTC),
        now_s=time.perf_counter,
        keys=keys,
        remote=rest.carry_out,
    )
    gc.collect()
    gc.freeze()
    result.build_s = round(time.perf_counter() - begin, 2)
    print("built", file=sys.stderr, flush=True)
    async with driver:
        await _boot(fleet, result)
        if job.hours:
            await _play(fleet, job, result)
        result.rss_mb["most"] = round(
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, 1
        )
        result.summary = summary(fleet)
        result.complaints = dict(fleet.findings.complaints)
        result.examples = {kind: examples[:3] for kind, examples in fleet.findings.examples.items()}
        transactions = [
            each for player in fleet.players for each in player.books.transactions.values()
        ]
        result.totals = {
            "sessions": len(transactions),
            "energy_wh": sum(each.energy_wh for each in transactions),
        }
        await fleet.close()
    return result


async def _boot(fleet: Fleet, result: Result) -> None:
    begin, begin_cpu = time.perf_counter(), time.process_time()
    fleet.start()
    running = asyncio.create_task(fleet.run(10**15))
    with suppress(TimeoutError):
        async with asyncio.timeout(BOOT_TIMEOUT_S):
            while fleet.online < len(fleet.players):  # noqa: ASYNC110 -- there is no event
                await asyncio.sleep(0.02)
    result.boot_cpu_s = round(time.process_time() - begin_cpu, 2)
    result.boot_s = round(time.perf_counter() - begin, 2)
    result.online = fleet.online
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    result.rss_mb["booted"] = _rss_mb()


async def _play(fleet: Fleet, job: Job, result: Result) -> None:
    driver = fleet.driver
    assert isinstance(driver, PacedDriver)
    most_us = 0

    async def watch() -> None:
        nonlocal most_us
        while True:
            await asyncio.sleep(0.02)
            most_us = max(most_us, driver.lag_us)

    # What the boot of all at once has cost is behind it now.
    while driver.lag_us > job.speed * 100_000:  # noqa: ASYNC110 -- there is no event
        await asyncio.sleep(0.05)
    watching = asyncio.create_task(watch())
    begin, begin_cpu = time.perf_counter(), time.process_time()
    await fleet.run(round(job.hours * HOUR_US) - driver.clock.now_us)
    result.play_s = round(time.perf_counter() - begin, 1)
    result.cpu_cores = round((time.process_time() - begin_cpu) / (result.play_s or 1), 3)
    watching.cancel()
    result.lag_s = round(most_us / 1e6 / job.speed, 3)
    result.settled = await fleet.wind_up()


def _rss_mb() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        return round(int(file.read().split()[1]) * resource.getpagesize() / 1e6, 1)


if __name__ == "__main__":
    asked = Job(**json.load(sys.stdin))
    pin(asked.core)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(asdict(runner.run(run(asked)))))
