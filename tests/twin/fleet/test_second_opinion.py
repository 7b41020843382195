"""A charger that does not do as it was ordered is caught, whatever it thinks of itself."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.peers.charging_profiles import MAX, TX, profile
from twin.charge_point.smart_charging import SmartCharging, limits, schedule
from twin.clock import Clock
from twin.driver import HeldDriver
from twin.fleet import Allow, Description, Fleet, draw
from twin.fleet.report import checks, summary
from twin.fleet.second_opinion import offered_a

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE_US = 60_000_000
Orders = list[tuple[float, int, dict[str, Any]]]
"""Minute, connector and profile."""


def described(**make: Any) -> Description:
    """One car at each connector, plugged in in the second minute, for a quarter of an hour."""
    usual = {
        "vehicles": {"renault-zoe-ze50": 1},
        "visits": [
            {
                "between": ["00:01", "00:02"],
                "per_connector": 1,
                "stay_h": [0.25, 0.25],
                "soc_percent": [20, 20],
            }
        ],
        "drivers": {"tag_first": 0, "forget_to_stop": 0},
    }
    fleet = {"about": "one visit each", "hours": 0.3, "boot_within_s": 20}
    return msgspec.convert({**fleet, "chargers": [{**usual, **make}]}, Description)


@asynccontextmanager
async def playing(central: Any, chargers: int = 1, **make: Any) -> AsyncIterator[Fleet]:
    """Play a fleet until all of them have booted."""
    driver = HeldDriver(Clock(), wall_timeout_s=20)
    central.now = lambda: BEGIN + timedelta(microseconds=driver.clock.now_us)
    plans = draw(described(**make), chargers, 1)
    now_s = time.perf_counter
    fleet = Fleet(plans, central.url, driver, utc_at_zero=BEGIN, now_s=now_s)
    try:
        fleet.start()
        await fleet.run(MINUTE_US // 2)
        yield fleet
    finally:
        await fleet.close()


async def ordered(fleet: Fleet, central: Any, action: str, payload: dict[str, Any]) -> None:
    async with fleet.driver.exchange():
        answer = await central.call(action, payload)
    assert answer == {"status": "Accepted"}


async def install(fleet: Fleet, central: Any, connector: int, wanted: dict[str, Any]) -> None:
    payload = {"connectorId": connector, "csChargingProfiles": wanted}
    await ordered(fleet, central, "SetChargingProfile", payload)


async def until_minute(fleet: Fleet, minute: float) -> None:
    await fleet.run(round(minute * MINUTE_US) - fleet.driver.clock.now_us)


def failed(fleet: Fleet) -> set[str]:
    return {check.name for check in checks(fleet, Allow()) if not check.passed}


def ignores_limits(fleet: Fleet, number: int) -> None:
    """Plant a charger whose charge point tells no limit to its controller."""
    evse = fleet.players[number].evses[0]
    command = evse.command

    def deaf(**changes: Any) -> None:
        changes.pop("limit_a", None)
        command(**changes)

    evse.command = deaf  # type: ignore[method-assign]


async def test_a_wrong_charger_in_a_fleet_is_named_with_time_wanted_and_offered(
    central: Any,
) -> None:
    sockets: dict[str, Any] = {}
    central.on_call = lambda *_: sockets.setdefault(central.identity, central._socket)
    async with playing(central, 3) as fleet:
        ignores_limits(fleet, 1)
        for socket in sockets.values():
            central._socket = socket
            await install(fleet, central, 0, profile((0, 10.0), (300, 8.0)))
        await until_minute(fleet, 16)
        assert failed(fleet) == {"disobeyed"}, "the current is within what its controller was told"
        assert summary(fleet)["limits"]["orders"] == 3
        examples = fleet.findings.examples["disobeyed"]
        # 32 A are a duty of 53.33 %, of which the edges take a little away.
        sentence = re.compile(
            r"FLEET00001/1 at 2026-01-01T00:(\d\d:\d\d\.\d{3})Z: "
            r"wanted at most (.+) A \(TxDefaultProfile 1\), offered 31\.\d A"
        )
        told = {found[1]: found[2] for text in examples if (found := sentence.fullmatch(text))}
        assert len(told) == len(examples) == min(20, fleet.findings.complaints["disobeyed"])
        assert set(told.values()) == {"10.0", "8.0"}
        # A period that begins after five minutes is looked at after 5 s, not at the next round.
        assert told["05:05.100"] == "8.0"


async def run_orders(central: Any, orders: Orders, **make: Any) -> set[str]:
    async with playing(central, **make) as fleet:
        for minute, connector, wanted in orders:
            await until_minute(fleet, minute)
            await install(fleet, central, connector, wanted)
        await until_minute(fleet, 18)
        assert fleet.kept.compared > 20
        return failed(fleet)


def lowest_level_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = limits._stack
    monkeypatch.setattr(limits, "_stack", lambda *given: stack(*given)[::-1])


def never_falls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant a charger for which a schedule that is over allows everything."""
    at = limits.prevailing

    def first_only(stack: Any, now_us: int) -> Any:
        return at(list(stack)[:1], now_us)

    monkeypatch.setattr(limits, "prevailing", first_only)


def knows_no_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    period_at = schedule.period_at

    def once(wanted: Any, *given: Any) -> Any:
        return period_at(replace(wanted, round_us=None), *given)

    monkeypatch.setattr(schedule, "period_at", once)


def watts_are_of_one_phase(monkeypatch: pytest.MonkeyPatch) -> None:
    in_amps = limits._in_amps
    monkeypatch.setattr(limits, "_in_amps", lambda wanted, _: in_amps(wanted, 230.0))


def uses_all_phases(monkeypatch: pytest.MonkeyPatch) -> None:
    own = limits._own
    monkeypatch.setattr(limits, "_own", lambda *given: (own(*given)[0], 3))


def shares_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        limits, "share", lambda cap, claims: [min(cap, each.most_a) for each in claims]
    )


def is_an_hour_late(monkeypatch: pytest.MonkeyPatch) -> None:
    period_at = schedule.period_at

    def late(wanted: Any, now_us: int, began_us: int | None) -> Any:
        return period_at(wanted, now_us - 60 * MINUTE_US, began_us)

    monkeypatch.setattr(schedule, "period_at", late)


TWO = {"connectors": 2}
DAILY = {"kind": "Recurring", "recurrencyKind": "Daily", "start_s": -86_400}
CASES: list[tuple[Callable[[pytest.MonkeyPatch], None], dict[str, Any], Orders]] = [
    (
        lowest_level_wins,
        {},
        [(1, 1, profile((0, 20.0), level=1)), (1, 1, profile((0, 8.0), level=2, number=2))],
    ),
    (
        never_falls_back,
        {},
        [(1, 0, profile((0, 8.0))), (5, 1, profile((0, 16.0), purpose=TX, number=2, duration=400))],
    ),
    (knows_no_rounds, {}, [(1, 0, profile((0, 10.0), (1_200, 32.0), **DAILY))]),
    (watts_are_of_one_phase, {}, [(1, 0, profile((0, 6_900.0), unit="W"))]),
    (uses_all_phases, {}, [(1, 0, profile((0, 10.0), phases=1))]),
    (shares_nothing, TWO, [(1, 0, profile((0, 32.0), purpose=MAX))]),
    (shares_nothing, TWO, [(1, 0, profile((0, 14_000.0), purpose=MAX, unit="W"))]),
    (is_an_hour_late, {}, [(1, 0, profile((0, 10.0), start_s=300))]),
]


@pytest.mark.parametrize(("make", "orders"), [case[1:] for case in CASES])
async def test_a_right_charger_is_found_right(
    central: Any, make: dict[str, Any], orders: Orders
) -> None:
    assert await run_orders(central, orders, **make) == set()


@pytest.mark.parametrize(("wrong", "make", "orders"), CASES)
async def test_a_charger_that_reads_its_profiles_wrongly_is_caught(
    central: Any,
    monkeypatch: pytest.MonkeyPatch,
    wrong: Callable[[pytest.MonkeyPatch], None],
    make: dict[str, Any],
    orders: Orders,
) -> None:
    wrong(monkeypatch)
    assert await run_orders(central, orders, **make) == {"disobeyed"}


# A quarter of a minute before the vehicle comes, and when it has come and waits for a tag.
BEFORE, AFTER = 1.5, 1.8


async def start(
    fleet: Fleet, central: Any, wanted: dict[str, Any], minute: float = BEFORE, **where: int
) -> None:
    payload = {"idTag": "APP", "chargingProfile": wanted, **where}
    await until_minute(fleet, minute)
    await ordered(fleet, central, "RemoteStartTransaction", payload)


async def test_a_central_system_that_takes_the_profile_of_a_remote_start_back_finds_it_gone(
    central: Any,
) -> None:
    async with playing(central) as fleet:
        wanted = profile((0, 8.0), purpose=TX, kind="Relative", number=7)
        await start(fleet, central, wanted)
        assert fleet.players[0].books.transactions == {}, "no vehicle yet"
        await ordered(fleet, central, "ClearChargingProfile", {"id": 7})
        await until_minute(fleet, 8)
        assert len(fleet.players[0].books.transactions) == 1
        assert offered_a(fleet.players[0].evses[0]) > 20
        assert failed(fleet) == set()


@pytest.mark.parametrize("authorizes", ["true", "false"])
@pytest.mark.parametrize("where", [{}, {"connectorId": 1}], ids=["anywhere", "at-1"])
@pytest.mark.parametrize("minute", [BEFORE, AFTER], ids=["before", "after"])
@pytest.mark.parametrize("forgets", [False, True], ids=["right", "forgets"])
async def test_a_charger_that_forgets_the_profile_of_a_remote_start_is_caught_and_no_other(
    central: Any,
    monkeypatch: pytest.MonkeyPatch,
    forgets: bool,
    minute: float,
    where: dict[str, int],
    authorizes: str,
) -> None:
    if forgets:
        monkeypatch.setattr(SmartCharging, "promise", lambda *_: None)
    configuration = {"AuthorizeRemoteTxRequests": authorizes}
    async with playing(central, configuration=configuration) as fleet:
        # 8 A of its own, where everybody else gets 16 A, or 6 A.
        await install(fleet, central, 0, profile((0, 6.0 if not forgets else 16.0)))
        wanted = profile((0, 8.0), purpose=TX, kind="Relative", number=7)
        await start(fleet, central, wanted, minute, **where)
        await until_minute(fleet, 8)
        assert len(fleet.players[0].books.transactions) == 1
        assert fleet.kept.compared > 5
        assert failed(fleet) == ({"disobeyed"} if forgets else set())
