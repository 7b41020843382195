"""Leaving out ticks changes nothing: every tick against those at which something can happen."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from twin.evse import ConnectorLockedError
from twin.faults import FAULTS
from twin.vehicle import Vehicle

MILLISECOND = 1000

fault_names = st.sampled_from(sorted(FAULTS))
actions = st.one_of(
    st.tuples(st.just("permit"), st.sampled_from([0.0, 6.0, 10.0, 13.37, 16.0, 32.0])),
    st.tuples(st.just("forbid"), st.none()),
    st.tuples(st.just("plug"), st.sampled_from([20.0, 60.0, 97.0, 99.2])),
    st.tuples(st.just("unplug"), st.none()),
    st.tuples(st.just("inject"), fault_names),
    st.tuples(st.just("mend"), st.none()),
    st.tuples(st.just("cut"), st.none()),
    st.tuples(st.just("restore"), st.none()),
    st.tuples(st.just("reset"), st.none()),
    st.tuples(st.just("available"), st.booleans()),
    st.tuples(st.just("acknowledge"), st.none()),
)
steps = st.tuples(actions, st.integers(min_value=1, max_value=4_000_000))


starts = st.sampled_from(
    [[], [("plug", 60.0), ("permit", 16.0)], [("plug", 99.2), ("permit", 32.0)]]
)
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""A failing plan takes seconds to play: to shrink it would take an hour."""


def play(bench, plan):
    evse = bench.evse
    for (action, value), wait_us in plan:
        if action == "permit":
            evse.command(permitted=True, limit_a=value)
        elif action == "forbid":
            evse.command(permitted=False)
        elif action == "plug" and evse.vehicle is None:
            # Refused while the last plug is still on its way out.
            with contextlib.suppress(ValueError):
                evse.plug_in(Vehicle("bmw-i3-120", soc_percent=value, ramp_a_per_s=8.0))
        elif action == "unplug" and evse.vehicle is not None:
            try:
                evse.unplug()
            except ConnectorLockedError:
                evse.command(permitted=False)
        elif action == "inject":
            evse.inject(value)
        elif action == "mend":
            for name in evse.faults:
                evse.clear(name)
        elif action == "cut":
            evse.cut_power()
        elif action == "restore":
            evse.restore_power()
        elif action == "reset":
            evse.reset_controller()
        elif action == "available":
            evse.command(available=value)
        elif action == "acknowledge":
            count = evse.controller.command.clear_faults_count
            evse.command(clear_faults_count=count + 1)
        bench.clock.run_for(wait_us)


def compare(build, seed, kind, tolerance, start, plan):
    plan = [(action, 4_000_000) for action in start] + plan
    lazy = build(seed=seed, kind=kind, tolerance=tolerance, exec_us=200)
    eager = build(seed=seed, kind=kind, tolerance=tolerance, exec_us=200, every_tick=True)
    play(lazy, plan)
    play(eager, plan)
    assert lazy.controller.log == eager.controller.log
    for name in eager.trace.names():
        if name != "controller_phase":
            assert lazy.trace.samples(name).time_us == eager.trace.samples(name).time_us, name
            assert lazy.trace.samples(name).value == eager.trace.samples(name).value, name
    assert lazy.evse.report().faults == eager.evse.report().faults
    # What a reset loses of the register depends on the last save: 10 s of 22 kW at most.
    apart_wh = lazy.evse.report().energy_wh - eager.evse.report().energy_wh
    assert abs(apart_wh) <= 62
    return lazy, eager


@given(
    seed=st.integers(min_value=0, max_value=2**32),
    kind=st.sampled_from(["tethered", "socket"]),
    tolerance=st.sampled_from(["nominal", "random", "worst"]),
    start=starts,
    plan=st.lists(steps, min_size=1, max_size=6),
)
@settings(
    max_examples=10,
    phases=NO_SHRINKING,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_leaving_out_ticks_changes_neither_outputs_nor_physics(
    build, seed, kind, tolerance, start, plan
):
    compare(build, seed, kind, tolerance, start, plan)


@pytest.mark.full
@given(
    seed=st.integers(min_value=0, max_value=2**32),
    kind=st.sampled_from(["tethered", "socket"]),
    tolerance=st.sampled_from(["nominal", "random", "worst"]),
    start=starts,
    plan=st.lists(steps, min_size=1, max_size=12),
)
@settings(
    max_examples=300,
    phases=NO_SHRINKING,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_leaving_out_ticks_changes_nothing_over_many_plans(
    build, seed, kind, tolerance, start, plan
):
    compare(build, seed, kind, tolerance, start, plan)


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_leaving_out_ticks_changes_nothing_through_a_fault_in_mid_charge(build, fault):
    plan = [(("inject", fault), 1_500_000), (("mend", None), 1_000_000)]
    lazy, eager = compare(build, 7, "socket", "nominal", [("plug", 60.0), ("permit", 32.0)], plan)
    assert lazy.controller.steps < eager.controller.steps / 5
