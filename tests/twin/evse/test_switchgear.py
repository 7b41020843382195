"""The poles of the contactors in time: lag, bounce, arc, weld, and the mirror contacts."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.clock import Clock
from twin.controller import ControllerSettings, Hardware, ReferenceController
from twin.evse import Evse
from twin.evse_config import EvseConfig
from twin.process import FaultCode, Phase
from twin.trace import Trace
from twin.vehicle import Vehicle

POLES = ("n", "l1", "l2", "l3")


def closing_us(bench):
    return bench.trace.first("coil_main", 1, after_us=1)


def test_poles_touch_each_after_a_lag_of_its_own_and_part_so(build):
    bench = build(tolerance="random", seed=4)
    bench.charge()
    parts, coil_us = bench.evse.parts, closing_us(bench)
    for pole, lag_us in zip(POLES, parts.close_lags_us, strict=True):
        touch_us = bench.trace.first(f"contact_{pole}", 1, after_us=1)
        assert touch_us == coil_us + parts.close_us + lag_us
    bench.evse.inject("earth_lost")
    bench.run(1)
    off_us = bench.trace.last("coil_main", 0)
    for pole, lag_us in zip(POLES, parts.release_lags_us, strict=True):
        assert bench.trace.last(f"contact_{pole}", 0) == off_us + parts.release_us + lag_us


@pytest.mark.parametrize("seed", range(6))
def test_a_mirror_contact_says_open_only_while_no_pole_touches(build, seed):
    bench = build(tolerance="worst", seed=seed)
    bench.charge()
    bench.evse.command(permitted=False)
    bench.run(20)
    for mirror, poles in (("main", ("n", "l1")), ("l2l3", ("l2", "l3"))):
        edges = bench.trace.edges(f"mirror_{mirror}_open")
        assert [opened for _, opened in edges] == [1, 0, 1]
        for pole in poles:
            touching = [at for at, value in bench.trace.edges(f"contact_{pole}") if value]
            parting = bench.trace.last(f"contact_{pole}", 0)
            assert edges[1][0] <= min(touching)
            assert edges[2][0] >= parting


def test_a_bounce_opens_the_pole_for_its_microseconds_and_moves_nothing_behind_it(build):
    bench = build()
    bench.charge(Vehicle("bmw-i3-120", soc_percent=40))
    edges = [(at, value) for at, value in bench.trace.edges("pole_l1") if at > 0]
    assert [value for _, value in edges] == [1, 0, 1, 0, 1]
    spans = [later - sooner for (sooner, _), (later, _) in itertools.pairwise(edges)]
    assert spans == [300, 300, 600, 300]
    # Looked at from outside in the middle of a gap.
    other = build()
    other.evse.plug_in(Vehicle("bmw-i3-120", soc_percent=40))
    other.evse.command(permitted=True, limit_a=32.0)
    other.clock.run_until(edges[1][0] + 100)
    assert not other.evse.pole_closed("l1")
    other.clock.run_until(edges[2][0] + 100)
    assert other.evse.pole_closed("l1")


def test_an_arc_bridges_a_short_gap_and_a_long_one_interrupts_the_current(build):
    currents = {}
    for bounce_ms in (1.5, 60.0):
        bench = build()
        bench.evse.inject("short_circuit", current_a=100.0)
        bench.evse.inject("contactor_bounce", bounce_ms=bounce_ms)
        bench.evse.plug_in(Vehicle(soc_percent=40))
        bench.evse.command(permitted=True, limit_a=16.0)
        bench.run(8)
        edges = [value for at, value in bench.trace.edges("current_l1_a") if at > closing_us(bench)]
        gaps = [value for value in edges if value == 0.0]
        currents[bounce_ms] = len(gaps)
        arcs = [at for at, value in bench.trace.edges("pole_l1") if value == 0]
        touches = [at for at, value in bench.trace.edges("contact_l1") if value == 0]
        assert len(touches) > 1
        if bounce_ms == 60.0:
            assert all(
                0 <= out - parted <= 10_000
                for parted, out in zip(touches[1:3], arcs[1:3], strict=True)
            )
    assert currents[60.0] > currents[1.5]


@pytest.mark.parametrize("pole", POLES)
def test_one_welded_pole_keeps_its_mirror_contact_from_closing_and_the_others_part(build, pole):
    bench = build()
    bench.charge()
    bench.evse.inject("contactor_welded", pole=pole)
    bench.evse.command(permitted=False)
    bench.run(15)
    assert [bench.evse.pole_closed(each) for each in POLES] == [each == pole for each in POLES]
    assert bench.evse.inputs.mirror_main_open is (pole in ("l2", "l3"))
    assert bench.evse.inputs.mirror_l2l3_open is (pole in ("n", "l1"))
    assert bench.evse.report().faults == {FaultCode.CONTACTOR_WELDED}
    assert bench.evse.report().phase is Phase.FAULTED


@pytest.mark.parametrize("pole", POLES)
def test_a_pole_that_makes_no_contact_carries_nothing_and_no_mirror_contact_shows_it(build, pole):
    bench = build()
    bench.evse.inject("contactor_stuck_open", pole=pole)
    bench.charge(Vehicle("bmw-i3-120", soc_percent=40))
    assert [bench.evse.pole_closed(each) for each in POLES] == [each != pole for each in POLES]
    assert not bench.evse.inputs.mirror_main_open
    assert not bench.evse.inputs.mirror_l2l3_open
    assert bench.evse.report().phase is Phase.CHARGING
    for line in POLES[1:]:
        assert (bench.evse.current_a(line) > 1) is (line != pole)
    bench.evse.clear("contactor_stuck_open")
    assert all(bench.evse.pole_closed(each) for each in POLES)


@pytest.mark.parametrize("phases", [1, 3])
def test_without_the_neutral_pole_a_car_on_one_line_has_no_circuit(build, phases):
    bench = build(phases=phases)
    bench.evse.inject("contactor_stuck_open", pole="n")
    bench.charge(Vehicle("nissan-leaf-40", soc_percent=40))
    assert bench.evse.pole_closed("l1")
    assert bench.evse.current_a("l1") == 0.0


@given(
    bounce_ms=st.floats(0.0, 80.0),
    off_us=st.integers(1, 120_000),
    release_ms=st.floats(1.0, 60.0),
    seed=st.integers(0, 1000),
)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whenever_the_coil_goes_off_every_pole_ends_open(
    build, bounce_ms, off_us, release_ms, seed
):
    bench = build(tolerance="random", seed=seed)
    evse = bench.evse
    evse.inject("contactor_bounce", bounce_ms=bounce_ms)
    evse.inject("contactor_slow_release", release_ms=release_ms)
    evse.inject("short_circuit", current_a=20.0)
    evse.plug_in(Vehicle("bmw-i3-120", soc_percent=40))
    evse.command(permitted=True, limit_a=16.0)
    while not evse.gear.contactors["main"].coil:
        bench.clock.step()
    bench.clock.run_for(off_us)
    evse.cut_power()
    bench.run(0.3)
    assert not any(evse.pole_closed(pole) for pole in POLES)
    assert not any(evse.gear.conducts.values())
    assert evse.current_a("l1") == 0.0
    assert evse.inputs.mirror_main_open or evse.gear.mirror_open("main")


def play(bounce_ms, look_us, vehicle, seed, trace):
    """Close an EVSE onto a vehicle, look at its poles once meanwhile; return what came of it."""
    clock = Clock()
    evse = Evse(
        clock,
        EvseConfig(tolerance="random", seed=seed),
        ReferenceController(ControllerSettings(), Hardware()),
        trace=trace,
    )
    clock.run_until(2_000_000)
    evse.inject("contactor_bounce", bounce_ms=bounce_ms)
    car = Vehicle(vehicle, soc_percent=40)
    evse.plug_in(car)
    evse.command(permitted=True, limit_a=16.0)
    while not evse.gear.contactors["main"].coil:
        clock.step()
    clock.run_for(look_us)
    seen = [evse.pole_closed(pole) for pole in POLES]
    clock.run_for(3_000_000)
    at_rest = [evse.pole_closed(pole) for pole in POLES]
    clock.run_for(60_000_000)
    evse.command(permitted=False)
    clock.run_for(20_000_000)
    left = [evse.pole_closed(pole) for pole in POLES]
    return seen, at_rest, left, evse.energy_wh(), car.soc_percent, evse.report(), evse.inputs


@given(
    bounce_ms=st.floats(0.5, 900.0),
    look_us=st.integers(1, 400_000),
    vehicle=st.sampled_from(["bmw-i3-120", "nissan-leaf-40", "instrument", "energica-ego"]),
    seed=st.integers(0, 1000),
)
@settings(max_examples=25, deadline=None)
def test_rebounds_are_the_same_whether_somebody_records_them_or_not(
    bounce_ms, look_us, vehicle, seed
):
    unseen = play(bounce_ms, look_us, vehicle, seed, None)
    assert unseen == play(bounce_ms, look_us, vehicle, seed, Trace())


def test_rebounds_that_nobody_sees_cost_no_event():
    def events(trace):
        clock = Clock()
        evse = Evse(
            clock,
            EvseConfig(),
            ReferenceController(ControllerSettings(), Hardware()),
            trace=trace,
        )
        clock.run_until(2_000_000)
        evse.plug_in(Vehicle("bmw-i3-120", soc_percent=40))
        evse.command(permitted=True, limit_a=32.0)
        steps = 0
        while clock.now_us < 10_000_000:
            clock.step()
            steps += 1
        return steps, evse.current_a()

    (unseen, current_a), recorded = events(None), events(Trace())
    assert recorded == (unseen + 4, current_a)
