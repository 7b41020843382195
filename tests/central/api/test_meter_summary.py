"""What people look for among the sampled values, whatever a charger wrote there."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.api.meter_summary import summarize

PHASES = ("L1", "L2", "L3")


def sampled(measurand, *values, **more):
    return [
        {"measurand": measurand, "value": value, "phase": phase} | more
        for value, phase in zip(values, PHASES, strict=False)
    ]


@pytest.mark.parametrize("value", ["1e308", "-1e308", "1e305", "inf", "nan", "1" * 400])
@pytest.mark.parametrize("measurand", ["Power.Active.Import", "Voltage"])
def test_a_number_that_no_meter_shows_counts_as_not_sent(measurand, value):
    values = sampled(measurand, value, value, "-" + value.lstrip("-"), unit="kW")
    told = summarize(values)
    assert set(told.values()) == {None}


def test_power_is_the_sum_of_the_phases_and_voltage_their_mean():
    told = summarize(
        sampled("Power.Active.Import", "1.5", "2", "0.5", unit="kW")
        + sampled("Voltage", "230", "231", "232")
    )
    assert (told["power"], told["voltage"]) == (4000, 231)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Power.Active.Import", "Voltage", "Current.Import", "SoC"]),
            st.floats().map(str) | st.text(max_size=5),
            st.sampled_from([{}, {"unit": "kW"}, {"phase": "L1"}]),
        )
    )
)
def test_whatever_was_sent_the_answer_is_finite_numbers(values):
    told = summarize(
        [{"measurand": measurand, "value": value} | more for measurand, value, more in values]
    )
    assert all(value is None or math.isfinite(value) for value in told.values())
