"""Times on the wire."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.times import format_time, parse_time

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01T12:00:00Z",
        "2026-01-01t12:00:00z",
        "2026-01-01T12:00:00.000000000Z",
        "2026-01-01T12:00:00",
        "2026-01-01 12:00:00",
        "2026-01-01T14:00:00+02:00",
        "2026-01-01T14:00:00+0200",
        "2026-01-01T06:30:00-05:30",
    ],
)
def test_every_spelling_of_noon_is_noon_in_utc(text):
    assert parse_time(text) == NOON
    assert parse_time(text).tzinfo is UTC


def test_fractions_finer_than_a_microsecond_are_cut():
    assert parse_time("2026-01-01T12:00:00.1234567Z") == NOON.replace(microsecond=123456)


def test_a_leap_second_counts_as_the_second_before_it():
    assert parse_time("2016-12-31T23:59:60Z") == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", "now", "2026-01-01", "2026-13-01T00:00:00Z", "2026-01-01T25:00:00Z", "12:00:00"],
)
def test_what_is_no_date_with_a_time_of_day_is_refused(text):
    with pytest.raises(ValueError, match=r"not an ISO 8601 time|no time of day"):
        parse_time(text)


def test_a_time_before_year_one_in_utc_is_refused():
    with pytest.raises(ValueError, match="years 1 to 9999"):
        parse_time("0001-01-01T00:00:00+05:00")


def test_a_time_is_written_as_utc_with_z():
    assert format_time(NOON) == "2026-01-01T12:00:00.000Z"
    east = timezone(timedelta(hours=2))
    assert format_time(NOON.astimezone(east)) == "2026-01-01T12:00:00.000Z"


def test_a_time_without_a_zone_is_never_sent():
    with pytest.raises(ValueError, match="without a zone"):
        format_time(datetime(2026, 1, 1))  # noqa: DTZ001 -- that is the point


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_is_written_is_read_back_to_the_millisecond(moment):
    assert abs(parse_time(format_time(moment)) - moment) < timedelta(milliseconds=1)
