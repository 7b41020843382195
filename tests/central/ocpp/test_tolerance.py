"""Essential fields of messages that violate their schema."""

from datetime import UTC, datetime

import pytest

from central.ocpp.tolerance import (
    Unreadable,
    storable_number,
    storable_time,
    text,
    time,
    whole_number,
)
from central.ocpp.v16.meter_values import read_loosely
from central.ocpp.v16.transactions import read_start_loosely, read_stop_loosely
from wire.errors import ErrorCode


@pytest.mark.parametrize("value", [12, 12.0, "12", " 12 ", "+12"])
def test_a_whole_number_is_read_however_it_is_written(value):
    assert whole_number({"n": value}, "n") == 12


@pytest.mark.parametrize(
    "value", [None, True, 12.5, "", "twelve", "1_2", "٣", "--1", [], {}, 10**30, "9" * 40, 1e300]
)
def test_what_is_no_whole_number_is_refused(value):
    with pytest.raises(Unreadable, match=r"^n"):
        whole_number({"n": value}, "n")


def test_a_text_is_read_from_a_number_but_not_from_a_list_or_truth():
    assert text({"t": "x"}, "t") == "x"
    assert text({"t": 230.5}, "t") == "230.5"
    for value in (None, True, [], {}):
        with pytest.raises(Unreadable):
            text({"t": value}, "t")


def test_a_time_is_kept_as_it_was_written():
    assert time({"t": " 2026-01-01T00:00:00 "}, "t") == "2026-01-01T00:00:00"
    with pytest.raises(Unreadable, match="ISO 8601"):
        time({"t": "yesterday"}, "t")


def test_a_time_that_no_database_holds_is_refused():
    assert storable_time("1970-01-01T00:00:00Z") == datetime(1970, 1, 1, tzinfo=UTC)
    with pytest.raises(Unreadable) as caught:
        storable_time("0999-01-01T00:00:00Z")
    assert caught.value.code is ErrorCode.PROPERTY_CONSTRAINT_VIOLATION


def test_a_number_that_no_database_holds_is_refused():
    assert storable_number("n", -(2**53)) == -(2**53)
    with pytest.raises(Unreadable):
        storable_number("n", 2**53 + 1)


def test_a_start_is_read_when_its_essential_fields_are_there():
    assert read_start_loosely(
        {
            "connectorId": "1",
            "idTag": 4711,
            "meterStart": 100.0,
            "timestamp": "2026-01-01T00:00:00",
            "reservationId": "none",
            "colour": "red",
        }
    ) == {
        "connectorId": 1,
        "idTag": "4711",
        "meterStart": 100,
        "timestamp": "2026-01-01T00:00:00",
    }


@pytest.mark.parametrize("field", ["connectorId", "idTag", "meterStart", "timestamp"])
def test_a_start_without_an_essential_field_is_refused(field):
    payload = {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": "2026-01-01T00:00:00Z"}
    del payload[field]
    with pytest.raises(Unreadable, match=f"{field} is missing") as caught:
        read_start_loosely(payload)
    assert caught.value.code is ErrorCode.PROTOCOL_ERROR


def test_a_stop_with_an_unknown_reason_and_broken_data_is_read():
    assert read_stop_loosely(
        {
            "transactionId": 7,
            "meterStop": 10,
            "timestamp": "2026-01-01T00:00:00Z",
            "idTag": "x" * 300,
            "reason": "Bored",
            "transactionData": "none",
        }
    ) == {
        "transactionId": 7,
        "meterStop": 10,
        "timestamp": "2026-01-01T00:00:00Z",
        "idTag": "x" * 255,
        "reason": "Other",
        "transactionData": [],
    }


def test_of_meter_values_what_can_be_read_is_taken():
    good = {"timestamp": "2026-01-01T00:00:00Z", "sampledValue": [{"value": 5, "unit": "Wh"}]}
    assert read_loosely(
        {
            "connectorId": 1,
            "transactionId": None,
            "meterValue": [
                good,
                {"timestamp": "never", "sampledValue": [{"value": "1"}]},
                {"timestamp": "2026-01-01T00:00:00Z", "sampledValue": [{"unit": "Wh"}, 3]},
                {
                    "timestamp": "2026-01-01T00:00:00Z",
                    "sampledValue": [{"value": "1", "context": "?"}],
                },
                "nothing",
            ],
        }
    ) == {
        "connectorId": 1,
        "meterValue": [
            {
                "timestamp": "2026-01-01T00:00:00Z",
                "sampledValue": [{"value": "5", "unit": "Wh"}],
            },
            {
                "timestamp": "2026-01-01T00:00:00Z",
                "sampledValue": [{"value": "1", "context": "Other"}],
            },
        ],
    }


@pytest.mark.parametrize("values", [None, [], "x", [{"timestamp": "2026-01-01T00:00:00Z"}]])
def test_meter_values_without_any_value_are_refused(values):
    with pytest.raises(Unreadable) as caught:
        read_loosely({"connectorId": 1, "meterValue": values})
    assert caught.value.code is ErrorCode.OCCURENCE_CONSTRAINT_VIOLATION
