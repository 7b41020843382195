"""A fleet in trouble against our real central system: at the end both have the same books."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from twin.clock import Clock
from twin.driver import ExternalClock, HeldDriver
from twin.fleet import Fleet, draw, profile
from twin.fleet.report import books
from wire.times import parse_time

BEGIN = datetime(2026, 6, 1, tzinfo=UTC)
HOUR_US = 3_600_000_000
MINUTE_US = 60_000_000
OPEN = {
    "OCPP_UNKNOWN_CHARGERS": "accept",
    "OCPP_UNKNOWN_TAGS": "accept",
    "OCPP_MIN_SECURITY_PROFILE": "0",
}


@pytest.fixture
def start_external(start_central: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Start a central system whose time is set from outside, the next time on the same ports."""
    options = ["--clock", "external", "--control-socket", str(tmp_path / "control")]

    def start() -> Any:
        central = start_central(*options, **OPEN)
        options[4:] = [
            *("--http-port", central.http.rpartition(":")[2]),
            *("--ocpp-port", central.ocpp.rpartition(":")[2]),
        ]
        return central

    return start


class Assassin:
    """Kills the central system while an exchange is in flight, and starts it again later."""

    def __init__(self, central: Any, start: Callable[[], Any], seed: int) -> None:
        self.central = central
        self.kills = 0
        self._start = start
        self._random = Random(seed)
        self._armed = -1

    async def before_exchange(self) -> None:
        """Look at every exchange, before it begins; kill in the midst of the one that counts."""
        self._armed -= 1
        if self._armed == 0:
            # A message takes a few milliseconds: the blow falls before, in or after its commit.
            delay_s = self._random.uniform(0, 0.008)
            asyncio.get_running_loop().call_later(delay_s, self.central.process.kill)

    async def strike(self, fleet: Fleet) -> None:
        """Kill during one of the next exchanges; be away for some minutes of the twin's time."""
        self._armed = self._random.randint(1, 40)
        process = self.central.process
        await fleet.run(2 * HOUR_US, until=lambda: process.poll() is not None)
        if process.poll() is None:
            process.kill()
        process.wait()
        self.kills += 1
        await fleet.run(self._random.randint(1, 10 * MINUTE_US))
        self.central = await asyncio.to_thread(self._start)


def all_sessions(admin: Any) -> Iterator[dict[str, Any]]:
    before: dict[str, int] = {}
    while True:
        page = admin.get("/api/sessions", params={"limit": 1000, **before}).json()
        yield from page
        if len(page) < 1000:
            return
        before = {"before_id": page[-1]["id"]}


def books_of_central(central: Any) -> dict[str, Any]:
    """Return what the central system holds, in the form of the chargers' own books."""
    with central.admin() as admin:
        held = {
            charger["charge_point_id"]: {
                "statuses": {
                    str(each["connector_id"]): each["status"] for each in charger["connectors"]
                },
                "transactions": {},
            }
            for charger in admin.get("/api/chargers").json()
        }
        for session in all_sessions(admin):
            assert not session["provisional"], session
            assert not session["orphan"], session
            held[session["charge_point_id"]]["transactions"][session["id"]] = (
                session["connector_id"],
                session["id_tag"],
                session["meter_start_wh"],
                parse_time(session["start_time"]),
                session["meter_stop_wh"],
                parse_time(session["stop_time"]),
                session["stop_reason"],
                session["energy_wh"],
            )
    return held


def books_of_chargers(fleet: Fleet) -> dict[str, Any]:
    return {
        identity: {
            "statuses": book["statuses"],
            "transactions": {
                each["transaction_id"]: (
                    each["connector"],
                    each["id_tag"],
                    each["meter_start_wh"],
                    parse_time(each["started_at"]),
                    each["meter_stop_wh"],
                    parse_time(each["stopped_at"]),
                    each["reason"],
                    each["energy_wh"],
                )
                for each in book["transactions"]
            },
        }
        for identity, book in books(fleet).items()
    }


@asynccontextmanager
async def played(
    start: Callable[[], Any], socket: Path, chargers: int, hours: float, seed: int, kills: int = 0
) -> AsyncIterator[tuple[Fleet, Any]]:
    """Play a fleet of the profile chaos to its end; gives it and the last central system."""
    assassin = Assassin(await asyncio.to_thread(start), start, seed)
    clock = ExternalClock(socket, BEGIN)

    async def before_exchange(now_us: int) -> None:
        await assassin.before_exchange()
        await clock.tell(now_us)

    description = profile("chaos")
    driver = HeldDriver(Clock(), wall_timeout_s=60, on_exchange=before_exchange)
    plans = draw(description, chargers, seed, hours=hours)
    fleet = Fleet(plans, assassin.central.ocpp, driver, utc_at_zero=BEGIN, now_s=time.perf_counter)
    end_us = round(hours * HOUR_US)
    async with driver:
        try:
            fleet.start()
            for _ in range(kills):
                pause_us = round(end_us / (kills + 1) * Random(seed).uniform(0.5, 1.0))
                await fleet.run(pause_us)
                await assassin.strike(fleet)
            assert assassin.kills == kills
            await fleet.run(max(0, end_us - driver.clock.now_us))
            settled = await fleet.wind_up()
            assert settled, fleet.findings.examples["not_settled"]
            yield fleet, assassin.central
        finally:
            await fleet.close()
            await clock.close()


@pytest.mark.parametrize(
    ("chargers", "hours", "seed", "kills"),
    [
        (5, 3, 11, 0),
        (5, 3, 12, 2),
        pytest.param(20, 24, 1, 0, marks=pytest.mark.full),
        pytest.param(20, 24, 2, 20, marks=pytest.mark.full),
    ],
)
async def test_after_a_day_of_chaos_the_central_system_has_the_chargers_own_books(
    start_external: Callable[[], Any],
    tmp_path: Path,
    chargers: int,
    hours: float,
    seed: int,
    kills: int,
) -> None:
    socket = tmp_path / "control"
    async with played(start_external, socket, chargers, hours, seed, kills) as (fleet, central):
        own = books_of_chargers(fleet)
        assert books_of_central(central) == own
        assert sum(len(book["transactions"]) for book in own.values()) >= chargers * hours / 24
        complaints = fleet.findings.complaints
        if not kills:
            assert complaints == {}, fleet.findings.examples
        if kills >= 10:
            assert complaints["unanswered_calls"] > 0, "some of the blows fell in mid-message"
        for kind in ("schema_violations", "refused_calls", "lost_messages", "numbers_given_twice"):
            assert kind not in complaints, fleet.findings.examples[kind]
        transactions = [
            each for player in fleet.players for each in player.books.transactions.values()
        ]
        assert all(transaction.delivered for transaction in transactions)
    assert central.end() == 0
