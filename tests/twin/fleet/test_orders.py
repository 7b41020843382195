"""The fleet's own reading of charging profiles agrees with the charger's, and with the standard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.peers.charging_profiles import DEFAULT, MAX, TX, profile
from tests.peers.orders_on_the_wire import EPOCH, SECOND_US, Wire
from twin.charge_point.smart_charging.limits import Outlet, limits_at
from twin.charge_point.smart_charging.profile import read_profile
from twin.charge_point.smart_charging.schedule import Installed
from twin.fleet.told_time import ToldTime

DAY_S = 86_400

EPOCH_US = int(EPOCH.timestamp()) * SECOND_US


PERIODS = st.lists(
    st.tuples(
        st.integers(1, 300), st.sampled_from([0.0, 6.0, 9.5, 16.0]), st.sampled_from([1, 2, 3])
    ),
    min_size=0,
    max_size=3,
    unique_by=lambda each: each[0],
)
PLACES = st.sampled_from([(0, MAX), (0, DEFAULT), (1, DEFAULT), (1, TX)])


@st.composite
def profiles(draw: st.DrawFn) -> tuple[int, dict[str, Any]]:
    connector, purpose = draw(PLACES)
    kinds = ["Absolute", "Recurring"] + ["Relative"] * (purpose != MAX)
    kind = draw(st.sampled_from(kinds))
    unit = draw(st.sampled_from("AW"))
    factor = 1.0 if unit == "A" else 690.0
    more: dict[str, Any] = {}
    if kind == "Recurring":
        more["recurrencyKind"] = draw(st.sampled_from(["Daily", "Weekly"]))
    for name, at_s in (("validFrom", st.integers(0, 300)), ("validTo", st.integers(301, 900))):
        if draw(st.integers(0, 3)) == 0:
            moment = EPOCH + timedelta(seconds=draw(at_s))
            more[name] = moment.isoformat().replace("+00:00", "Z")
    first = (0, draw(st.sampled_from([7.0, 13.0, 32.0])), 3)
    made = profile(
        *((0, 0.0),),
        purpose=purpose,
        kind=kind,
        level=draw(st.integers(0, 3)),
        number=draw(st.integers(1, 1000)),
        unit=unit,
        start_s=draw(st.sampled_from([-8 * DAY_S, -DAY_S, -60, 0, 200, None]))
        if kind == "Absolute"
        else draw(st.sampled_from([-8 * DAY_S, -DAY_S - 100, -60, 200])),
        duration=draw(st.sampled_from([None, 0, 120, 250, 600])),
        **more,
    )
    made["chargingSchedule"]["chargingSchedulePeriod"] = [
        {"startPeriod": at, "limit": limit * factor, "numberPhases": phases}
        for at, limit, phases in [first, *sorted(draw(PERIODS))]
    ]
    return connector, made


STACKS = st.lists(
    profiles(),
    max_size=6,
    unique_by=(
        lambda each: each[1]["chargingProfileId"],
        lambda each: (each[0], each[1]["chargingProfilePurpose"], each[1]["stackLevel"]),
    ),
)


@settings(max_examples=300, deadline=None)
@given(STACKS, st.integers(0, 100), st.lists(st.integers(0, 1_000), min_size=3, max_size=3))
def test_both_opinions_are_one_at_any_instant(
    stack: list[tuple[int, dict[str, Any]]], began_s: int, looks_s: list[int]
) -> None:
    wire = Wire()
    wire.now_us = began_s * SECOND_US
    wire.orders.began(1, "TAG")
    installed = []
    for connector, payload in stack:
        wire.install(connector, payload)
        installed.append(Installed(connector, read_profile(payload), EPOCH_US + wire.now_us))
    outlet = Outlet(1, 80.0, 3, 230.0, EPOCH_US + began_s * SECOND_US, switches=False)
    for look_s in looks_s:
        at_us = (began_s + look_s) * SECOND_US
        theirs = limits_at([outlet], installed, EPOCH_US + at_us)[1]
        ours = [wire.orders.of_connector(1, at_us), wire.orders.of_charge_point(at_us)]
        limits_a = [
            said.limit if said.unit == "A" else said.limit / 690.0
            for said in ours
            if said is not None
        ]
        assert theirs.current_a == pytest.approx(min([80.0, *limits_a]), rel=1e-9)


@settings(max_examples=100, deadline=None)
@given(STACKS, st.integers(0, 600))
def test_between_two_changes_that_are_foretold_nothing_changes(
    stack: list[tuple[int, dict[str, Any]]], look_s: int
) -> None:
    wire = Wire()
    wire.orders.began(1, "TAG")
    for connector, payload in stack:
        wire.install(connector, payload)
    orders, look_us = wire.orders, look_s * SECOND_US
    next_us = orders.next_change_us(look_us)
    last_us = look_us + 10 * DAY_S * SECOND_US if next_us is None else next_us - 1
    for at_us in (look_us, (look_us + last_us) // 2, last_us):
        assert orders.of_connector(1, at_us) == orders.of_connector(1, look_us)
        assert orders.of_charge_point(at_us) == orders.of_charge_point(look_us)


def test_what_was_not_accepted_is_no_order() -> None:
    wire = Wire()
    wire.orders.began(1, "TAG")
    wire.install(1, profile((0, 10.0)), "Rejected")
    assert wire.limit(1) is None
    assert wire.orders.accepted == 0


def test_a_profile_replaces_that_of_its_id_and_that_of_its_place_and_level() -> None:
    wire = Wire()
    wire.orders.began(1, "TAG")
    wire.install(1, profile((0, 10.0), number=1, level=2))
    wire.install(1, profile((0, 8.0), number=2, level=2))
    assert wire.limit(1) == 8.0
    wire.install(1, profile((0, 12.0), number=2, level=1))
    assert wire.limit(1) == 12.0
    assert len(wire.orders.profiles) == 1


def test_profiles_are_cleared_by_id_or_by_all_that_is_said() -> None:
    wire = Wire()
    wire.orders.began(1, "TAG")
    wire.install(1, profile((0, 10.0), number=1, level=1))
    wire.install(1, profile((0, 8.0), number=2, level=2))
    wire.order("ClearChargingProfile", {"stackLevel": 1, "connectorId": 0}, "Unknown")
    assert wire.limit(1) == 8.0
    wire.order("ClearChargingProfile", {"stackLevel": 2, "connectorId": 1})
    assert wire.limit(1) == 10.0
    wire.order("ClearChargingProfile", {"id": 1, "stackLevel": 7})
    assert wire.limit(1) is None


def test_absolute_times_are_those_of_the_clock_as_the_boot_set_it() -> None:
    wire = Wire(drift_ppm=100)
    wire.install(0, profile((0, 10.0), start_s=1_000))
    wire.orders.began(1, "TAG")
    assert wire.limit(10) is None
    wire.now_us = 10 * SECOND_US
    told = {"status": "Accepted", "currentTime": "2026-01-01T00:10:00Z", "interval": 300}
    wire.orders.boot_answered(told)
    # 400 s are left, and a clock that is 100 ppm too fast is there 40 ms early.
    assert wire.limit(409.95) is None
    assert wire.limit(409.97) == 10.0
    wire.orders.boot_answered({**told, "currentTime": "9999-01-01T00:00:00Z"})
    assert wire.limit(409.97) == 10.0


def test_a_heartbeat_sets_the_clock_where_its_way_does_not_explain_the_difference() -> None:
    zero = datetime(1970, 1, 1, tzinfo=UTC)
    time = ToldTime(zero, drift_ppm=0)
    time.heartbeat_answered({"currentTime": "1970-01-01T00:00:02.900Z"}, 0, SECOND_US)
    assert time.utc_us(SECOND_US) == SECOND_US, "one second on the way, and 0.9 are no error"
    time.heartbeat_answered({"currentTime": "1970-01-01T00:00:03Z"}, 0, SECOND_US)
    assert time.utc_us(SECOND_US) == 3 * SECOND_US
    time.heartbeat_answered({"currentTime": "yesterday"}, 0, SECOND_US)
    assert time.utc_us(SECOND_US) == 3 * SECOND_US
    deaf = ToldTime(zero, drift_ppm=0, by_heartbeat=False)
    deaf.heartbeat_answered({"currentTime": "1970-01-01T01:00:00Z"}, 0, 0)
    assert deaf.utc_us(0) == 0
