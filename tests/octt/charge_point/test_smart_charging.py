"""Smart charging: profiles of all purposes, stacked, read back and cleared."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.peers.charging_profiles import DEFAULT, MAX, TX, install, now_s, profile
from tests.peers.scripted_central import EPOCH
from twin.charge_point import Status

UNITS = pytest.mark.parametrize(("unit", "times"), [("A", 1), ("W", 1000)])
"""Every limit in amperes, and a thousand times as many watts."""


def _age_s(rig: Any, started_s: int, answer: Any) -> int:
    """Return how old a schedule was when the composite schedule begins, which is now."""
    begins = datetime.fromisoformat(answer["scheduleStart"])
    now = EPOCH + timedelta(seconds=now_s(rig))
    assert timedelta(0) <= now - begins <= timedelta(seconds=2)
    age_s = (begins - EPOCH).total_seconds() - started_s
    assert age_s == int(age_s)
    return int(age_s)


async def _composite(rig: Any, duration: int, unit: str, connector: int = 1) -> Any:
    """Ask for a composite schedule, and check all of the answer but its periods."""
    answer = await rig.ask(
        "GetCompositeSchedule",
        {"connectorId": connector, "duration": duration, "chargingRateUnit": unit},
    )
    assert (answer["status"], answer["connectorId"]) == ("Accepted", connector)
    schedule = answer["chargingSchedule"]
    assert (schedule["duration"], schedule["chargingRateUnit"]) == (duration, unit)
    assert {each["numberPhases"] for each in schedule["chargingSchedulePeriod"]} == {3}
    return answer


def _periods(answer: Any) -> list[tuple[int, float]]:
    return [
        (each["startPeriod"], each["limit"])
        for each in answer["chargingSchedule"]["chargingSchedulePeriod"]
    ]


def _offers(rig: Any, unit: str) -> None:
    """The vehicle is offered 6 A, or as much of 6000 W as one phase of three gets at 230 V."""
    offered_a = rig.evses[0].report().offered_a
    assert offered_a == (6 if unit == "A" else pytest.approx(6000 / 690, abs=0.001))


def _moment(seconds: float) -> str:
    return (EPOCH + timedelta(seconds=seconds)).isoformat(timespec="seconds").replace("+00:00", "Z")


async def _begin_s(rig: Any) -> int:
    """Return the second at which the profiles of a case start: a few seconds ago."""
    await rig.run(5)
    return int(now_s(rig)) - 3


@UNITS
async def test_tc_056_cs_a_default_profile_is_taken_and_shows_in_the_composite_schedule(
    rig: Any, unit: str, times: int
) -> None:
    await rig.boot()
    begin = await _begin_s(rig)
    wanted = profile(
        (0, 6 * times),
        unit=unit,
        phases=3,
        start_s=begin,
        duration=86_400,
        validFrom=_moment(begin),
        validTo=_moment(begin + 86_400),
    )
    assert await install(rig, 1, wanted) == "Accepted"
    answer = await _composite(rig, 300, unit)
    _age_s(rig, begin, answer)
    assert _periods(answer) == [(0, 6 * times)]


@UNITS
async def test_tc_057_cs_a_profile_of_the_transaction_is_taken_and_shows(
    rig: Any, unit: str, times: int
) -> None:
    await rig.boot()
    await rig.charging()
    begin = await _begin_s(rig)
    wanted = profile(
        (0, 6 * times), (60, 8 * times), purpose=TX, unit=unit, start_s=begin, duration=600,
        transactionId=rig.cp.transaction_id(),
    )  # fmt: skip
    assert await install(rig, 1, wanted) == "Accepted"
    answer = await _composite(rig, 300, unit)
    age_s = _age_s(rig, begin, answer)
    assert _periods(answer) == [(0, 6 * times), (60 - age_s, 8 * times)]
    await rig.run(5)
    _offers(rig, unit)


async def test_tc_058_1_cs_a_profile_of_a_transaction_needs_one(rig: Any) -> None:
    await rig.boot()
    wanted = profile((0, 6), purpose=TX, transactionId=1, duration=600)
    assert await install(rig, 1, wanted) == "Rejected"
    assert _periods(await _composite(rig, 300, "A")) == [(0, 32)]


async def test_tc_058_2_cs_a_profile_of_another_transaction_is_rejected(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    other = rig.cp.transaction_id() + 1
    wanted = profile((0, 6), purpose=TX, transactionId=other, duration=600)
    assert await install(rig, 1, wanted) == "Rejected"
    assert _periods(await _composite(rig, 300, "A")) == [(0, 32)]
    await rig.run(10)
    assert rig.evses[0].report().offered_a == 32


@UNITS
async def test_tc_082_cs_a_default_profile_counts_for_the_transaction_that_runs(
    rig: Any, unit: str, times: int
) -> None:
    await rig.boot()
    await rig.charging()
    begin = await _begin_s(rig)
    wanted = profile((0, 6 * times), unit=unit, start_s=begin, duration=86_400)
    assert await install(rig, 1, wanted) == "Accepted"
    answer = await _composite(rig, 300, unit)
    _age_s(rig, begin, answer)
    assert _periods(answer) == [(0, 6 * times)]
    await rig.run(5)
    _offers(rig, unit)


@UNITS
async def test_tc_066_cs_the_composite_schedule_is_the_least_of_what_holds(
    rig: Any, unit: str, times: int
) -> None:
    await rig.boot()
    await rig.charging()
    begin = await _begin_s(rig)

    def limits(*periods: tuple[int, float], **more: Any) -> dict[str, Any]:
        scaled = [(at, limit * times) for at, limit in periods]
        return profile(*scaled, unit=unit, start_s=begin, **more)

    everywhere = limits((0, 10), purpose=MAX, number=1)
    usual = limits((0, 6), (60, 10), (120, 8), (180, 15), (260, 8), number=2, duration=300)
    now = limits(
        (0, 8), (50, 11), (140, 16), (200, 6), (240, 12),
        purpose=TX, number=3, duration=260, transactionId=rig.cp.transaction_id(),
    )  # fmt: skip
    assert await install(rig, 0, everywhere) == "Accepted"
    assert await install(rig, 1, usual) == "Accepted"
    assert await install(rig, 1, now) == "Accepted"
    answer = await _composite(rig, 400, unit)
    x = _age_s(rig, begin, answer)
    assert _periods(answer) == [
        (0, 8 * times),
        (50 - x, 10 * times),
        (200 - x, 6 * times),
        (240 - x, 10 * times),
        # The profile of the transaction is over, then the default one.
        (260 - x, 8 * times),
        (300 - x, 10 * times),
    ]


@UNITS
@pytest.mark.parametrize("named", [{}, {"connectorId": 1}])
async def test_tc_067_cs_profiles_are_cleared_by_id_by_purpose_and_level_and_all(
    rig: Any, unit: str, times: int, named: dict[str, int]
) -> None:
    await rig.boot()
    begin = await _begin_s(rig)

    def limits(*periods: tuple[int, float], **more: Any) -> dict[str, Any]:
        scaled = [(at, limit * times) for at, limit in periods]
        return profile(*scaled, unit=unit, start_s=begin, **more)

    lower = limits((0, 6), (100, 8), (200, 10), number=1, duration=400)
    upper = limits((0, 7), (100, 9), number=2, level=1, duration=400)
    everywhere = limits((0, 11), (200, 12), purpose=MAX, number=3)
    for connector, wanted in ((1, lower), (1, upper), (0, everywhere)):
        assert await install(rig, connector, wanted) == "Accepted"

    assert await rig.ask("ClearChargingProfile", {"id": 1}) == {"status": "Accepted"}
    answer = await _composite(rig, 300, unit)
    x = _age_s(rig, begin, answer)
    assert _periods(answer) == [(0, 7 * times), (100 - x, 9 * times)]

    by_level = {"chargingProfilePurpose": DEFAULT, "stackLevel": 0, **named}
    gone = "there is none of this level any more"
    assert await rig.ask("ClearChargingProfile", by_level) == {"status": "Unknown"}, gone
    by_level["stackLevel"] = 1
    assert await rig.ask("ClearChargingProfile", by_level) == {"status": "Accepted"}
    answer = await _composite(rig, 300, unit)
    x = _age_s(rig, begin, answer)
    assert _periods(answer) == [(0, 11 * times), (200 - x, 12 * times)]

    assert await rig.ask("ClearChargingProfile", {}) == {"status": "Accepted"}
    assert _periods(await _composite(rig, 300, "A")) == [(0, 32)]


@UNITS
async def test_tc_072_cs_the_lower_level_returns_when_the_upper_one_is_over(
    rig: Any, unit: str, times: int
) -> None:
    await rig.boot()
    begin = await _begin_s(rig)
    lower = profile(
        (0, 6 * times), (100, 8 * times), (200, 10 * times),
        number=1, unit=unit, start_s=begin, duration=400,
    )  # fmt: skip
    upper = profile(
        (0, 7 * times), (100, 9 * times),
        number=2, level=1, unit=unit, start_s=begin, duration=150,
    )  # fmt: skip
    assert await install(rig, 1, lower) == "Accepted"
    assert await install(rig, 1, upper) == "Accepted"
    answer = await _composite(rig, 350, unit)
    x = _age_s(rig, begin, answer)
    assert _periods(answer) == [
        (0, 7 * times),
        (100 - x, 9 * times),
        (150 - x, 8 * times),
        (200 - x, 10 * times),
    ]


@UNITS
@pytest.mark.parametrize("kind", ["Absolute", "Relative"])
async def test_tc_059_cs_a_remote_start_brings_its_profile(
    rig: Any, unit: str, times: int, kind: str
) -> None:
    await rig.boot()
    rig.plug_in()
    await rig.run(1)
    begin = int(now_s(rig))
    wanted = profile(
        (0, 6 * times), (120, 8 * times),
        purpose=TX, kind=kind, unit=unit, start_s=begin, duration=86_400,
    )  # fmt: skip
    answer = await rig.ask(
        "RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG9", "chargingProfile": wanted}
    )
    assert answer == {"status": "Accepted"}
    await rig.until(lambda: rig.cp.status() is Status.CHARGING)
    (start,) = rig.central.of("StartTransaction")
    assert (start["idTag"], start["connectorId"]) == ("TAG9", 1)
    answer = await _composite(rig, 300, unit)
    counts_from = datetime.fromisoformat(start["timestamp"]) - EPOCH
    first_s = counts_from.total_seconds() if kind == "Relative" else begin
    begins_s = (datetime.fromisoformat(answer["scheduleStart"]) - EPOCH).total_seconds()
    (_, first), (at, second) = _periods(answer)
    assert (first, second) == (6 * times, 8 * times)
    assert 0 <= at - (120 - (begins_s - first_s)) < 1, "told in whole seconds"
    _offers(rig, unit)


@pytest.mark.parametrize("purpose", [DEFAULT, MAX])
async def test_tc_060_cs_a_remote_start_with_a_profile_of_another_purpose_is_rejected(
    rig: Any, purpose: str
) -> None:
    await rig.boot()
    rig.plug_in()
    await rig.run(1)
    answer = await rig.ask(
        "RemoteStartTransaction",
        {"connectorId": 1, "idTag": "TAG9", "chargingProfile": profile((0, 6), purpose=purpose)},
    )
    assert answer == {"status": "Rejected"}
    await rig.run(30)
    assert rig.central.of("StartTransaction") == []
    assert _periods(await _composite(rig, 300, "A")) == [(0, 32)]
