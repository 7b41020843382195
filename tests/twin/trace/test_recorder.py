"""The recorder: what is kept, how it is read back, and that memory is bounded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.trace import SIGNALS, Trace
from twin.vehicle import Vehicle


def test_a_signal_that_holds_records_only_its_changes():
    trace = Trace()
    for at, value in ((0, 0), (5, 0), (9, 1), (12, 1), (20, 0)):
        trace.record("coil_main", at, value)
    assert trace.edges("coil_main") == [(0, 0), (9, 1), (20, 0)]
    assert trace.value_at("coil_main", 15) == 1
    assert trace.value_at("coil_main", -1) is None
    assert trace.first("coil_main", 1) == 9
    assert trace.first("coil_main", 1, after_us=10) == 10
    assert trace.first("coil_main", 1, before_us=8) is None
    assert trace.last("coil_main", 0) == 20


def test_a_signal_that_runs_straight_keeps_both_ends_of_a_flat_stretch():
    trace = Trace()
    for at, value in ((0, 0.0), (10, 16.0), (20, 16.0), (30, 16.0), (40, 0.0)):
        trace.record("current_l1_a", at, value)
    assert trace.edges("current_l1_a") == [(0, 0), (10, 16), (30, 16), (40, 0)]
    assert trace.value_at("current_l1_a", 5) == pytest.approx(8.0)
    assert trace.value_at("current_l1_a", 99) == 0.0


@given(st.lists(st.tuples(st.integers(1, 1000), st.integers(0, 3)), max_size=60))
def test_reading_back_gives_what_was_recorded_at_every_instant(steps):
    trace, at, truth = Trace(), 0, {}
    for wait, value in steps:
        at += wait
        trace.record("s2", at, value)
        truth[at] = value
    for time_us, value in truth.items():
        assert trace.value_at("s2", time_us) == value


def test_memory_is_bounded_and_what_was_given_up_is_counted():
    trace = Trace(max_samples=100)
    for at in range(10_000):
        trace.record("s2", at, at)
    samples = trace.samples("s2")
    assert len(samples.time_us) <= 100
    assert samples.dropped + len(samples.time_us) == 10_000
    assert samples.time_us[-1] == 9_999


def test_only_the_signals_asked_for_are_recorded():
    trace = Trace(signals=["s2"])
    trace.record("s2", 0, 1)
    trace.record("coil_main", 0, 1)
    assert trace.names() == ["s2"]
    with pytest.raises(ValueError, match="2 or more"):
        Trace(max_samples=1)


def test_every_signal_that_an_evse_records_is_described(build):
    bench = build(kind="socket", ventilation=True)
    bench.charge(Vehicle("bmw-i3-120", soc_percent=99))
    bench.evse.inject("residual_ac", resistance_ohm=1e5)
    bench.run(3600)
    assert set(bench.trace.names()) <= set(SIGNALS)
    missing = set(SIGNALS) - set(bench.trace.names())
    assert missing == set()


def test_a_named_evse_records_under_its_name():
    trace = Trace()
    trace.record("evse2.current_l1_a", 0, 0.0)
    trace.record("evse2.current_l1_a", 10, 10.0)
    assert trace.value_at("evse2.current_l1_a", 5) == pytest.approx(5.0)
