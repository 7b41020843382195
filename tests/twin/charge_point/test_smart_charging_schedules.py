"""What profiles mean: pure evaluation, by examples and by laws."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.charge_point.smart_charging.composite import MOST_PERIODS, composite
from twin.charge_point.smart_charging.limits import (
    Limit,
    Outlet,
    change_after_us,
    limits_at,
    total_at,
)
from twin.charge_point.smart_charging.profile import (
    DAY_US,
    SECOND_US,
    MalformedProfileError,
    Profile,
    read_profile,
    to_us,
)
from twin.charge_point.smart_charging.schedule import Installed, period_at
from twin.charge_point.smart_charging.sharing import LEAST_OFFER_A, Claim, share
from wire.errors import ErrorCode

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
T0 = to_us(MONDAY)


def profile(
    *periods: tuple[int, float],
    purpose: str = "TxDefaultProfile",
    kind: str = "Absolute",
    level: int = 0,
    number: int = 1,
    unit: str = "A",
    phases: int | None = None,
    duration: int | None = None,
    start: datetime | None = MONDAY,
    **more: Any,
) -> Profile:
    return read_profile(
        raw(
            *periods, purpose=purpose, kind=kind, level=level, number=number, unit=unit,
            phases=phases, duration=duration, start=start, **more,
        )
    )  # fmt: skip


def raw(
    *periods: tuple[int, float],
    purpose: str = "TxDefaultProfile",
    kind: str = "Absolute",
    level: int = 0,
    number: int = 1,
    unit: str = "A",
    phases: int | None = None,
    duration: int | None = None,
    start: datetime | None = MONDAY,
    **more: Any,
) -> dict[str, Any]:
    schedule: dict[str, Any] = {
        "chargingRateUnit": unit,
        "chargingSchedulePeriod": [
            {"startPeriod": at, "limit": limit}
            | ({} if phases is None else {"numberPhases": phases})
            for at, limit in periods
        ],
    }
    if duration is not None:
        schedule["duration"] = duration
    if start is not None and kind != "Relative":
        schedule["startSchedule"] = start.isoformat()
    if "minChargingRate" in more:
        schedule["minChargingRate"] = more.pop("minChargingRate")
    return {
        "chargingProfileId": number,
        "stackLevel": level,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": kind,
        "chargingSchedule": schedule,
        **more,
    }


def at(seconds: float) -> int:
    return T0 + round(seconds * SECOND_US)


def outlet(number: int = 1, **facts: Any) -> Outlet:
    usual = {"rating_a": 32.0, "phases": 3, "voltage_v": 230.0, "charging_from_us": T0}
    return Outlet(number, **{**usual, **facts})


def amps(installed: list[Installed], seconds: float, *outlets: Outlet) -> list[float]:
    outlets = outlets or (outlet(),)
    limits = limits_at(outlets, installed, at(seconds))
    return [limits[each.number].current_a for each in outlets]


def on(connector: int, which: Profile) -> Installed:
    return Installed(connector, which, T0)


# --- one profile ---


def test_validity_begins_at_valid_from_and_is_over_at_valid_to() -> None:
    found = profile(
        (0, 10),
        validFrom=(MONDAY + timedelta(seconds=10)).isoformat(),
        validTo=(MONDAY + timedelta(seconds=20)).isoformat(),
    )
    said = [period_at(found, at(t), None) is not None for t in (9.999999, 10, 19.999999, 20)]
    assert said == [False, True, True, False]


def test_the_last_period_lasts_until_the_duration_and_later_periods_are_ignored() -> None:
    found = profile((0, 10), (50, 8), (200, 6), duration=100)
    limits = [
        None if period is None else period.limit
        for period in (period_at(found, at(t), None) for t in (-1, 0, 49, 50, 99, 100, 200))
    ]
    assert limits == [None, 10, 10, 8, 8, None, None]


def test_without_a_duration_the_last_period_goes_on() -> None:
    period = period_at(profile((0, 10), (50, 8)), at(1e8), None)
    assert period is not None
    assert period.limit == 8


def test_a_relative_schedule_counts_from_the_start_of_charging() -> None:
    found = profile((0, 10), (60, 8), kind="Relative")
    assert period_at(found, at(500), None) is None
    period = period_at(found, at(500), at(440))
    assert period is not None
    assert period.limit == 8


def test_a_daily_schedule_begins_again_at_every_midnight_utc() -> None:
    night = profile(
        (0, 6), (6 * 3600, 16), (22 * 3600, 8), kind="Recurring", recurrencyKind="Daily"
    )

    def limit(moment: datetime) -> float:
        period = period_at(night, to_us(moment), None)
        assert period is not None
        return period.limit

    # Around the change to summer time in Europe, and the turn of the year: days of 24 h.
    for day in (datetime(2026, 3, 29, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)):
        assert limit(day - timedelta(microseconds=1)) == 8
        assert limit(day) == 6
        assert limit(day + timedelta(hours=6)) == 16
        assert limit(day + timedelta(hours=21, minutes=59)) == 16


def test_a_weekly_schedule_has_its_days_in_every_week() -> None:
    workdays = profile((0, 8), (5 * 86_400, 16), kind="Recurring", recurrencyKind="Weekly")
    for week in range(3):
        limits = []
        for day in range(7):
            period = period_at(workdays, at((7 * week + day) * 86_400), None)
            assert period is not None
            limits.append(period.limit)
        assert limits == [8, 8, 8, 8, 8, 16, 16]


def test_a_week_has_168_hours_also_where_summer_time_begins_or_ends() -> None:
    evening = profile(
        (0, 16), (18 * 3600, 8), (22 * 3600, 16), kind="Recurring", recurrencyKind="Weekly",
        duration=86_400,
    )  # fmt: skip
    # Europe's clocks changed on 29 March and 25 October 2026; the schedule is one of Mondays.
    for monday in (datetime(2026, 3, 30, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC)):
        said = [
            period_at(evening, to_us(monday + timedelta(hours=hours)), None)
            for hours in (17.99, 18, 21.99, 22, 23.99, 24)
        ]
        assert [None if each is None else each.limit for each in said] == [
            16, 8, 8, 16, 16, None,
        ]  # fmt: skip


def test_a_short_daily_schedule_leaves_the_rest_of_the_day_and_a_long_one_is_cut() -> None:
    short = profile((0, 6), kind="Recurring", recurrencyKind="Daily", duration=3600)
    assert [period_at(short, at(t), None) is not None for t in (3599, 3600, 86_399, 86_400)] == [
        True, False, False, True,
    ]  # fmt: skip
    long = profile((0, 6), (90_000, 16), kind="Recurring", recurrencyKind="Daily", duration=180_000)
    period = period_at(long, at(90_000), None)
    assert period is not None
    assert period.limit == 6


def test_a_recurring_schedule_has_not_begun_before_its_start() -> None:
    found = profile((0, 6), kind="Recurring", recurrencyKind="Daily")
    assert period_at(found, at(-1), None) is None


@given(day=st.integers(0, 3000), second=st.integers(0, 86_399), weekly=st.booleans())
def test_a_recurring_schedule_says_the_same_a_round_later(
    day: int, second: int, weekly: bool
) -> None:
    kind, round_us = ("Weekly", 7 * DAY_US) if weekly else ("Daily", DAY_US)
    found = profile((0, 6), (7, 9), (40_000, 16), kind="Recurring", recurrencyKind=kind,
                    duration=80_000)  # fmt: skip
    now_us = at(day * 86_400 + second)
    assert period_at(found, now_us, None) == period_at(found, now_us + round_us, None)


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        (raw((5, 10)), "startPeriod"),
        (raw((0, 10), (60, 8), (60, 9)), "startPeriod"),
        (raw((0, -0.1)), "limit"),
        (raw((0, 10), phases=4), "numberPhases"),
        (raw((0, float("inf"))), "limit"),
        (raw((0, float("nan"))), "limit"),
        (raw((0, 10), (10**400, 8)), "startPeriod"),
        (raw((0, 10), duration=10**400), "duration"),
        (raw((0, 10), duration=-1), "duration"),
        (raw((0, 10), kind="Recurring"), "recurrencyKind"),
        (raw((0, 10), kind="Recurring", recurrencyKind="Daily", start=None), "startSchedule"),
        (raw((0, 10), level=-1), "stackLevel"),
        (raw((0, 10), number=2**31), "chargingProfileId"),
        (raw((0, 10), transactionId=1), "transactionId"),
        (raw((0, 10), minChargingRate=-1.0), "minChargingRate"),
        (raw((0, 10), validFrom=MONDAY.isoformat(), validTo=MONDAY.isoformat()), "validTo"),
        (raw((0, 10), validFrom="2026-01-05"), "validFrom"),
    ],
)
def test_what_no_charger_could_follow_is_refused_by_name(broken: Any, where: str) -> None:
    with pytest.raises(MalformedProfileError, match=where) as refused:
        read_profile(broken)
    assert refused.value.code is ErrorCode.PROPERTY_CONSTRAINT_VIOLATION


def test_a_schedule_without_periods_is_refused() -> None:
    with pytest.raises(MalformedProfileError, match="chargingSchedulePeriod") as refused:
        read_profile(raw())
    assert refused.value.code is ErrorCode.OCCURENCE_CONSTRAINT_VIOLATION


# --- several profiles ---


def test_without_profiles_a_connector_has_its_rating() -> None:
    assert amps([], 0) == [32]


def test_the_highest_level_prevails_until_its_duration_ends_then_the_next() -> None:
    stack = [
        on(1, profile((0, 6), (100, 8), (200, 10), number=1, duration=400)),
        on(1, profile((0, 7), (100, 9), number=2, level=1, duration=150)),
    ]
    assert [amps(stack, t)[0] for t in (0, 100, 150, 200, 400)] == [7, 9, 8, 10, 32]


def test_a_higher_limit_of_a_higher_level_prevails_as_well() -> None:
    stack = [on(1, profile((0, 6))), on(1, profile((0, 20), number=2, level=1))]
    assert amps(stack, 0) == [20]


def test_a_default_of_the_connector_overrules_that_of_all_connectors_there_alone() -> None:
    both = [on(0, profile((0, 10), level=5)), on(1, profile((0, 16), number=2, duration=60))]
    assert amps(both, 0, outlet(1), outlet(2)) == [16, 10]
    assert amps(both, 60, outlet(1), outlet(2)) == [10, 10]


def test_a_profile_of_the_transaction_overrules_the_default_whatever_the_levels() -> None:
    both = [
        on(1, profile((0, 10), level=5)),
        on(1, profile((0, 16), number=2, purpose="TxProfile", duration=60)),
    ]
    assert amps(both, 0) == [16]
    assert amps(both, 60) == [10], "where it says nothing the default applies again"


def test_the_charge_point_maximum_is_never_overruled() -> None:
    both = [
        on(0, profile((0, 12), number=2, purpose="ChargePointMaxProfile")),
        on(1, profile((0, 16), purpose="TxProfile", level=9)),
    ]
    assert amps(both, 0) == [12]


def test_watts_become_amperes_by_the_phases_that_may_be_used() -> None:
    assert amps([on(1, profile((0, 6900), unit="W"))], 0) == [10]
    assert amps([on(1, profile((0, 6900), unit="W"))], 0, outlet(phases=1, switches=False)) == [30]
    limit = limits_at([outlet()], [on(1, profile((0, 2300), unit="W", phases=1))], T0)[1]
    assert limit == Limit(10, 2300, 1)


def test_amperes_hold_as_they_are_where_a_profile_speaks_of_more_phases_than_there_are() -> None:
    assert amps([on(1, profile((0, 10), phases=3))], 0, outlet(phases=1, switches=False)) == [10]


def test_two_phases_are_one_where_the_contactor_has_one_or_three() -> None:
    assert limits_at([outlet()], [on(1, profile((0, 10), phases=2))], T0)[1].phases == 1
    fixed = outlet(switches=False)
    assert limits_at([fixed], [on(1, profile((0, 10), phases=2))], T0)[1].phases == 3


# --- sharing ---


def test_what_there_is_for_the_charge_point_is_shared_evenly() -> None:
    cap = [on(0, profile((0, 20), purpose="ChargePointMaxProfile"))]
    assert amps(cap, 0, outlet(1), outlet(2)) == [10, 10]
    assert amps(cap, 0, outlet(1)) == [20]


def test_what_one_connector_cannot_take_goes_to_the_others() -> None:
    both = [
        on(0, profile((0, 40), purpose="ChargePointMaxProfile")),
        on(1, profile((0, 8), number=2)),
    ]
    assert amps(both, 0, outlet(1), outlet(2), outlet(3)) == [8, 16, 16]


def test_where_not_everybody_gets_six_amperes_the_youngest_charge_waits() -> None:
    cap = [on(0, profile((0, 16), purpose="ChargePointMaxProfile"))]
    assert amps(cap, 0, outlet(3), outlet(1), outlet(2)) == [8, 8, 0]


def test_a_vehicle_that_needs_more_to_charge_well_gets_it_or_nothing() -> None:
    both = [
        on(0, profile((0, 20), purpose="ChargePointMaxProfile")),
        on(2, profile((0, 32), number=2, minChargingRate=12.0)),
    ]
    assert amps(both, 0, outlet(1), outlet(2)) == [8, 12]
    both[0] = on(0, profile((0, 16), purpose="ChargePointMaxProfile"))
    assert amps(both, 0, outlet(1), outlet(2)) == [16, 0]


def test_watts_are_shared_by_what_each_connector_makes_of_an_ampere() -> None:
    cap = [on(0, profile((0, 9200), unit="W", purpose="ChargePointMaxProfile"))]
    assert amps(cap, 0, outlet(1), outlet(2, phases=1, switches=False)) == [10, 10]


claims = st.lists(
    st.builds(
        Claim,
        most_a=st.floats(0, 80),
        weight=st.sampled_from([1.0, 230.0, 690.0]),
        least_a=st.floats(0, 20),
    ),
    min_size=2,
    max_size=6,
)


@given(cap=st.floats(0, 50_000), among=claims)
def test_shares_keep_the_cap_and_each_connectors_own_limit(cap: float, among: list[Claim]) -> None:
    granted = share(cap, among)
    taken = sum(amount * claim.weight for amount, claim in zip(granted, among, strict=True))
    assert taken <= cap + 1e-6
    for amount, claim in zip(granted, among, strict=True):
        assert amount == 0 or LEAST_OFFER_A <= amount <= claim.most_a


@given(cap=st.floats(0, 50_000), among=claims)
def test_nothing_is_left_over_while_somebody_who_charges_could_take_it(
    cap: float, among: list[Claim]
) -> None:
    granted = share(cap, among)
    taken = sum(amount * claim.weight for amount, claim in zip(granted, among, strict=True))
    if any(
        amount < claim.most_a - 1e-6 for amount, claim in zip(granted, among, strict=True) if amount
    ):
        assert taken == pytest.approx(cap)


# --- laws over whole sets of profiles ---


@st.composite
def installations(draw: st.DrawFn) -> list[Installed]:
    found = []
    for number in range(draw(st.integers(0, 6))):
        purpose = draw(st.sampled_from(["ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"]))
        connector = draw(st.sampled_from({"C": [0], "T": [0, 1, 2]}[purpose[0]]))
        if purpose == "TxProfile":
            connector = max(1, connector)
        kinds = ["Absolute", "Recurring"] + ["Relative"] * (connector > 0)
        kind = draw(st.sampled_from(kinds))
        starts = sorted(draw(st.sets(st.integers(1, 300), max_size=4)))
        unit = draw(st.sampled_from("AW"))
        tenths = st.integers(0, 400) if unit == "A" else st.integers(0, 250_000)
        start: datetime | None = MONDAY + timedelta(seconds=draw(st.integers(-200_000, 200)))
        if kind == "Absolute" and draw(st.booleans()):
            start = None
        more: dict[str, Any] = {}
        if kind == "Recurring":
            more["recurrencyKind"] = draw(st.sampled_from(["Daily", "Weekly"]))
        for name, low in (("validFrom", -300), ("validTo", 1)):
            if draw(st.booleans()):
                bound = low + draw(st.integers(0, 299))
                more[name] = (MONDAY + timedelta(seconds=bound)).isoformat()
        if draw(st.booleans()):
            more["minChargingRate"] = draw(tenths) / 10
        schedule = profile(
            *[(start, draw(tenths) / 10) for start in (0, *starts)],
            purpose=purpose,
            kind=kind,
            level=draw(st.integers(0, 3)),
            number=number,
            unit=unit,
            phases=draw(st.sampled_from([None, 1, 2, 3])),
            duration=draw(st.none() | st.integers(0, 400)),
            start=start,
            **more,
        )  # fmt: skip
        found.append(on(connector, schedule))
    return found


OUTLETS = [
    outlet(1, charging_from_us=at(-40)),
    outlet(2, rating_a=16.0, phases=1, switches=False, charging_from_us=at(-10.5)),
]


@given(installed=installations(), unit=st.sampled_from("AW"), total=st.booleans())
def test_the_composite_schedule_is_the_limit_at_every_second(
    installed: list[Installed], unit: str, total: bool
) -> None:
    def limit_at(now_us: int) -> Limit:
        if total:
            return total_at(OUTLETS, installed, now_us)
        return limits_at(OUTLETS, installed, now_us)[1]

    told = composite(
        limit_at, lambda now_us: change_after_us(OUTLETS, installed, now_us), T0, 400, unit
    )
    periods = told["chargingSchedulePeriod"]
    assert (told["duration"], periods[0]["startPeriod"]) == (400, 0)
    second = 0
    for period, following in zip(periods, [*periods[1:], {"startPeriod": 400}], strict=True):
        assert second < following["startPeriod"]
        while second < following["startPeriod"]:
            limit = limit_at(at(second))
            value = limit.current_a if unit == "A" else limit.power_w
            assert 0 <= value - period["limit"] < 0.1 + 1e-6 or value == pytest.approx(
                period["limit"]
            )
            assert period["numberPhases"] == limit.phases
            second += 1
    for sooner, later in pairwise(periods):
        assert (sooner["limit"], sooner["numberPhases"]) != (later["limit"], later["numberPhases"])


@given(installed=installations(), second=st.integers(-10, 400))
def test_no_set_of_profiles_goes_above_the_maximum_of_the_charge_point(
    installed: list[Installed], second: int
) -> None:
    cap_a = profile((0, 20), number=90, level=9, purpose="ChargePointMaxProfile", kind="Absolute",
                    start=MONDAY - timedelta(days=1))  # fmt: skip
    cap_w = profile((0, 5000), number=91, level=9, unit="W", purpose="ChargePointMaxProfile",
                    start=MONDAY - timedelta(days=1))  # fmt: skip
    limits = limits_at(OUTLETS, [*installed, on(0, cap_a)], at(second)).values()
    assert sum(limit.current_a for limit in limits) <= 20 + 1e-6
    limits = limits_at(OUTLETS, [*installed, on(0, cap_w)], at(second)).values()
    assert sum(limit.power_w for limit in limits) <= 5000 + 1e-3
    assert total_at(OUTLETS, [*installed, on(0, cap_w)], at(second)).power_w <= 5000


@given(installed=installations(), second=st.integers(-10, 400))
def test_no_limit_changes_between_two_instants_of_change(
    installed: list[Installed], second: int
) -> None:
    now_us = at(second)
    change_us = change_after_us(OUTLETS, installed, now_us)
    last_us = now_us + 10 * DAY_US if change_us is None else change_us - 1
    before = limits_at(OUTLETS, installed, now_us)
    assert limits_at(OUTLETS, installed, last_us) == before
    assert limits_at(OUTLETS, installed, (now_us + last_us) // 2) == before


def test_a_window_of_many_changes_is_answered_as_far_as_the_periods_reach() -> None:
    busy = [
        on(1, profile(*[(60 * n, 6 + n % 2) for n in range(1440)], kind="Recurring",
                      recurrencyKind="Daily"))
    ]  # fmt: skip
    outlets = [outlet()]
    told = composite(
        lambda now_us: limits_at(outlets, busy, now_us)[1],
        lambda now_us: change_after_us(outlets, busy, now_us),
        T0,
        2_000_000_000,
        "A",
    )
    assert len(told["chargingSchedulePeriod"]) == MOST_PERIODS
    assert told["duration"] == 60 * MOST_PERIODS
