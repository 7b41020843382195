"""What a fleet sees of a central system: right ones pass, and each wrong one is named."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest

from twin.clock import Clock
from twin.driver import HeldDriver
from twin.fleet import Allow, Description, Fleet, Remote, draw
from twin.fleet.report import books, checks, junit, summary

BEGIN = datetime(2026, 6, 1, tzinfo=UTC)
HOUR_US = 3_600_000_000
CALM: dict[str, Any] = {
    "about": "one vehicle at each connector, for half an hour",
    "hours": 1,
    "boot_within_s": 10,
    "chargers": [
        {
            "vehicles": {"byd-atto-3": 1},
            "visits": [
                {"between": ["00:05", "00:06"], "per_connector": 1, "stay_h": [0.5, 0.5]},
            ],
            "drivers": {"tag_first": 0.5, "forget_to_stop": 0},
        }
    ],
}


def described(**changes: Any) -> Description:
    return msgspec.convert({**CALM, **changes}, Description)


@asynccontextmanager
async def played(
    central: Any, description: Description, chargers: int = 3, **options: Any
) -> AsyncIterator[Fleet]:
    driver = HeldDriver(Clock(), wall_timeout_s=20)
    central.now = lambda: BEGIN + timedelta(microseconds=driver.clock.now_us)
    fleet = Fleet(
        draw(description, chargers, 1),
        central.url,
        driver,
        utc_at_zero=BEGIN,
        now_s=time.perf_counter,
        **options,
    )
    try:
        fleet.start()
        await fleet.run(round(description.hours * HOUR_US))
        await fleet.wind_up()
        yield fleet
    finally:
        await fleet.close()


def failed(fleet: Fleet) -> dict[str, float]:
    return {check.name: check.found for check in checks(fleet, Allow()) if not check.passed}


async def test_a_right_central_system_passes_and_the_books_are_its_calls(central: Any) -> None:
    async with played(central, described()) as fleet:
        assert failed(fleet) == {}
        starts, stops = central.of("StartTransaction"), central.of("StopTransaction")
        assert fleet.sessions == len(starts) == len(stops) == 3
        energy_wh = sum(s["meterStop"] for s in stops) - sum(s["meterStart"] for s in starts)
        assert fleet.energy_wh == energy_wh > 3 * 4_000
        held = books(fleet)
        for start in starts:
            ((transaction, book),) = [
                (each, book)
                for book in held.values()
                for each in book["transactions"]
                if each["id_tag"] == start["idTag"]
            ]
            (stop,) = [
                each for each in stops if each["transactionId"] == transaction["transaction_id"]
            ]
            assert transaction == {
                "connector": 1,
                "id_tag": start["idTag"],
                "meter_start_wh": start["meterStart"],
                "started_at": start["timestamp"],
                "meter_stop_wh": stop["meterStop"],
                "stopped_at": stop["timestamp"],
                "reason": "Local",
                "transaction_id": stop["transactionId"],
                "delivered": True,
                "lost": 0,
                "energy_wh": stop["meterStop"] - start["meterStart"],
            }
            assert book["statuses"] == {"0": "Available", "1": "Available"}


async def test_figures_are_those_of_the_frames(central: Any) -> None:
    async with played(central, described()) as fleet:
        figures = summary(fleet)
        assert figures["calls"] == dict(sorted(Counter(central.actions).items()))
        assert figures["frames"] == {"sent": len(central.calls), "received": len(central.calls)}
        assert figures["answered"] == len(central.calls)
        times = figures["answer_ms"]
        assert 0 < times["p50"] <= times["p95"] <= times["p99"] <= times["max"]
        assert figures["people"]["visits"] == 3
        assert figures["limits"]["looks"] > 100
        assert figures["limits"]["over"] == 0


async def test_the_same_seed_plays_the_same_fleet(central: Any) -> None:
    seen = []
    for _ in range(2):
        central.calls.clear()
        central._transactions.clear()
        async with played(central, described(link={"losses_per_day": 30})) as fleet:
            seen.append((sorted(map(str, central.calls)), books(fleet), fleet.tally))
    assert seen[0] == seen[1]


def wrong_field(_: Any) -> dict[str, Any]:
    return {"unexpected": True}


def same_number(_: Any) -> dict[str, Any]:
    return {"transactionId": 7, "idTagInfo": {"status": "Accepted"}}


async def test_an_answer_that_breaks_the_schema_is_a_violation(central: Any) -> None:
    central.answers["StatusNotification"] = wrong_field
    async with played(central, described(), 1) as fleet:
        found = failed(fleet)
        # The charger goes on asking for an answer to its present statuses, and gets none.
        assert found.keys() == {"schema_violations", "not_settled"}
        assert found["schema_violations"] == len(central.of("StatusNotification"))
        example = fleet.findings.examples["schema_violations"][0]
        assert example.startswith("FLEET00000: answer to StatusNotification: ")
        assert '"unexpected": true' in example


async def test_a_refused_call_is_counted_with_its_code(central: Any, refusal: Any) -> None:
    def refuse(_: Any) -> Any:
        raise refusal("InternalError", "no database")

    central.answers["Heartbeat"] = refuse
    async with played(central, described(), 1) as fleet:
        assert failed(fleet) == {"refused_calls": len(central.of("Heartbeat"))}
        (example, *_) = fleet.findings.examples["refused_calls"]
        assert example == "FLEET00000: Heartbeat: InternalError no database"


async def test_a_transaction_message_that_is_always_refused_is_lost(
    central: Any, refusal: Any
) -> None:
    def refuse(_: Any) -> Any:
        raise refusal("InternalError")

    central.answers["StopTransaction"] = refuse
    async with played(central, described(), 1) as fleet:
        assert failed(fleet) == {"refused_calls": 3, "lost_messages": 1}
        (transaction,) = books(fleet)["FLEET00000"]["transactions"]
        assert not transaction["delivered"]
        assert transaction["stopped_at"] is not None


async def test_a_number_that_is_given_twice_is_named(central: Any) -> None:
    central.answers["StartTransaction"] = same_number
    async with played(central, described(), 3) as fleet:
        assert failed(fleet) == {"numbers_given_twice": 2}
        assert "transaction 7 is one of FLEET0000" in str(fleet.findings.examples)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[2,"1","Rest",{}]', "no action 'Rest'"),
        ('[2,"1","Reset",{"type":"Warm"}]', "type"),
        ('[2,"1","Reset"]', "a CALL has 4 elements"),
        ('[3,"1",{}]', "an answer to no call"),
        ("{", "not JSON"),
    ],
)
async def test_a_frame_that_ocpp_does_not_allow_is_a_violation(
    central: Any, text: str, complaint: str
) -> None:
    async with played(central, described(hours=0.2), 1) as fleet:
        async with fleet.driver.exchange():
            await central.say(text)
        assert failed(fleet) == {"schema_violations": 1}
        assert complaint in fleet.findings.examples["schema_violations"][0]
    central.violations.clear()


async def test_a_link_that_the_central_system_drops_is_counted_and_one_of_the_fleets_own_is_not(
    central: Any,
) -> None:
    def drop(action: str, _: Any) -> None:
        if action == "StartTransaction" and len(central.of("StartTransaction")) == 1:
            central.drop()

    own = described(link={"storms": [{"at": "00:10", "lasts_min": [1, 2]}]})
    async with played(central, own, 1) as fleet:
        assert failed(fleet) == {}
        assert fleet.tally.link_losses == 1
    central.calls.clear()
    central.on_call = drop
    async with played(central, described(), 1) as fleet:
        assert failed(fleet) == {"connection_losses": 1, "unanswered_calls": 1}
        assert fleet.sessions == 1
        assert fleet.findings.examples["unanswered_calls"][0].startswith(
            "FLEET00000: StartTransaction: not connected"
        )


async def test_what_is_left_to_tell_at_the_end_is_named(central: Any) -> None:
    central.answers["BootNotification"] = lambda _: {
        "currentTime": "2026-06-01T00:00:00Z",
        "interval": 600,
        "status": "Rejected",
    }
    async with played(central, described(hours=0.1), 2) as fleet:
        assert failed(fleet) == {"not_settled": 2}


async def test_a_limit_of_the_central_system_is_kept_and_the_report_counts_it(
    central: Any,
) -> None:
    profile = {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": {
            "chargingRateUnit": "A",
            "startSchedule": "2026-06-01T00:00:00Z",
            "chargingSchedulePeriod": [
                {"startPeriod": 0, "limit": 10.0},
                {"startPeriod": 1200, "limit": 0.0},
                {"startPeriod": 1500, "limit": 8.0},
            ],
        },
    }
    driver = HeldDriver(Clock(), wall_timeout_s=20)
    plans = draw(described(), 1, 1)
    fleet = Fleet(plans, central.url, driver, utc_at_zero=BEGIN, now_s=time.perf_counter)
    central.now = lambda: BEGIN + timedelta(microseconds=driver.clock.now_us)
    fleet.start()
    await fleet.run(60_000_000)
    async with driver.exchange():
        answer = await central.call(
            "SetChargingProfile", {"connectorId": 0, "csChargingProfiles": profile}
        )
    assert answer == {"status": "Accepted"}
    (player,) = fleet.players
    currents_a = {}
    for minute in (10, 19, 23, 29):
        await fleet.run(minute * 60_000_000 - driver.clock.now_us)
        currents_a[minute] = player.evses[0].current_a()
    assert 9 < currents_a[10] <= 10 * 1.01
    assert 9 < currents_a[19] <= 10 * 1.01
    assert currents_a[23] == 0
    assert 7 < currents_a[29] <= 8 * 1.01
    await fleet.wind_up()
    assert failed(fleet) == {}
    assert fleet.kept.limited == fleet.kept.looks > 30
    assert fleet.kept.over == 0
    assert summary(fleet)["commands"] == {"SetChargingProfile": 1}
    await fleet.close()


async def test_drivers_start_by_the_app_where_there_is_one_and_by_tag_otherwise(
    central: Any,
) -> None:
    people = {**CALM["chargers"][0], "drivers": {"remote": 1}}
    async with played(central, described(chargers=[people]), 1) as fleet:
        assert fleet.tally.remote_starts == 0
        assert fleet.sessions == 1
    central.calls.clear()
    asked: list[Remote] = []

    async def app(remote: Remote) -> None:
        asked.append(remote)
        if remote.what == "start":
            payload = {"connectorId": remote.connector, "idTag": remote.id_tag}
            await central.call("RemoteStartTransaction", payload)
        else:
            payload = {"transactionId": remote.transaction_id}
            await central.call("RemoteStopTransaction", payload)

    async with played(central, described(chargers=[people]), 1, remote=app) as fleet:
        assert [remote.what for remote in asked] == ["start", "stop"]
        assert fleet.tally.remote_starts == 1
        (transaction,) = books(fleet)["FLEET00000"]["transactions"]
        assert transaction["reason"] == "Remote"
        assert failed(fleet) == {}


async def test_what_is_allowed_passes_and_the_percentile_is_judged_only_where_asked(
    central: Any, refusal: Any
) -> None:
    def refuse(_: Any) -> Any:
        raise refusal("InternalError")

    central.answers["Heartbeat"] = refuse
    async with played(central, described(), 1) as fleet:
        lenient = checks(fleet, Allow(refused_calls=None, p99_ms=20_000))
        assert all(check.passed for check in lenient)
        strict = {check.name: check for check in checks(fleet, Allow(p99_ms=0.001))}
        assert not strict["p99_ms"].passed
        assert not strict["refused_calls"].passed
        text = junit(list(strict.values()), {"seed": 1})
        suite = ElementTree.fromstring(text)
        assert (suite.get("tests"), suite.get("failures")) == ("11", "2")
        cases = {case.get("name"): case for case in suite.iter("testcase")}
        failure = cases["refused_calls"].find("failure")
        assert failure is not None
        assert "InternalError" in str(failure.text)
        assert cases["schema_violations"].find("failure") is None


async def test_signs_that_xml_cannot_carry_do_not_break_the_report(
    central: Any, refusal: Any
) -> None:
    def refuse(_: Any) -> Any:
        raise refusal("InternalError", "bell \a, none \uffff")

    central.answers["Heartbeat"] = refuse
    async with played(central, described(hours=0.2), 1) as fleet:
        text = junit(checks(fleet, Allow()), {})
        assert "bell ?, none ?" in text
        assert ElementTree.fromstring(text).get("failures") == "1"


async def test_with_a_state_folder_the_chargers_remember(central: Any, tmp_path: Path) -> None:
    async with played(central, described(), 1, state=tmp_path) as fleet:
        register_wh = fleet.players[0].evses[0].report().energy_wh
        assert fleet.sessions == 1
    async with played(central, described(hours=0.01), 1, state=tmp_path) as fleet:
        assert 0 <= register_wh - fleet.players[0].evses[0].report().energy_wh < 31
