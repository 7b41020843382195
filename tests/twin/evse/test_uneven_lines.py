"""Lines that a fault raises above the others: energies, cycles, heat, and leaving out ticks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.electrics.load import NO_CURRENT, Constant, Ramp
from twin.vehicle import Vehicle
from twin.vehicle.onboard_charger import Inlet, OnboardCharger, Taper

LEGS = [
    Constant(12.0),
    Ramp(3.0, 0.4, 80.0),
    Taper(OnboardCharger(11e3, 0.92, 100, 0.99), Inlet(690.0, 0.4), 400.0, 25.0, 60.0, 80.0),
]


@pytest.mark.parametrize("leg", LEGS, ids=["constant", "ramp", "taper"])
@given(more=st.floats(0.0, 200.0), from_s=st.floats(0.0, 40.0), span_s=st.floats(0.01, 40.0))
def test_a_raised_leg_is_the_leg_and_so_much_more(leg, more, from_s, span_s):
    raised, to_s = leg.raised(more), from_s + span_s
    first, second = leg.integrals(from_s, to_s)
    assert raised.current(to_s) == pytest.approx(leg.current(to_s) + more)
    assert raised.integrals(from_s, to_s) == pytest.approx(
        (first + more * span_s, second + 2 * more * first + more * more * span_s)
    )
    low, high = raised.bounds(from_s)
    assert low <= raised.current(to_s) <= high + 1e-9
    target = raised.current(to_s)
    reached = raised.reaches(target, 0.0)
    assert reached == pytest.approx(0.0 if type(leg) is Constant else to_s, abs=1e-6)


@pytest.mark.parametrize(
    ("fault", "params"), [("overload", {"current_a": 10.0}), ("short_circuit", {"current_a": 40.0})]
)
@pytest.mark.parametrize("line", ["l1", "l2", "l3"])
def test_the_meter_counts_what_a_raised_line_takes(build, fault, params, line):
    bench = build(seed=3)
    bench.charge(Vehicle("bmw-i3-120", soc_percent=40), limit_a=32.0)
    before = bench.evse.path.energy_ws()
    bench.evse.inject(fault, line=line, **params)
    bench.run(5)
    after = bench.evse.path.energy_ws()
    amps = params["current_a"] + 16.0
    taken_ws = [later - sooner for later, sooner in zip(after, before, strict=True)]
    for name, ws in zip(("l1", "l2", "l3"), taken_ws, strict=True):
        carried_a = amps if name == line else 16.0
        assert ws == pytest.approx(5 * 0.99 * carried_a * (230 - 0.1 * 0.99 * carried_a), rel=1e-3)
    cycle = bench.evse.path.cycle(bench.clock.now_us)
    rms_a = [(square / n) ** 0.5 for square, n in zip(cycle.i2, cycle.n, strict=True)]
    assert max(rms_a) == pytest.approx(amps)
    assert sorted(rms_a)[:2] == pytest.approx([16.0, 16.0])


def test_a_short_flows_from_the_closing_on_and_the_register_counts_it(build):
    bench = build()
    bench.evse.inject("short_circuit", line="l2", current_a=20.0)
    bench.evse.plug_in(Vehicle("bmw-i3-120", soc_percent=40, start_delay_s=60.0))
    bench.evse.command(permitted=True, limit_a=32.0)
    bench.run(30)
    assert bench.evse.current_a("l1") == 0.0
    assert bench.evse.current_a("l2") == 20.0
    assert bench.evse.report().current_a[1] == pytest.approx(20.0)
    bench.evse.clear("short_circuit")
    assert bench.evse.current_a("l2") == 0.0
    assert bench.evse.path.leg is NO_CURRENT
    bench.evse.sample(lambda _at_us, _report: None)
    bench.run(0.01)
    assert bench.evse.report().energy_wh == pytest.approx(bench.evse.energy_wh(), abs=0.01)


def test_the_raised_line_heats_the_terminals(build):
    hottest = []
    for more_a in (0.0, 15.0):
        bench = build()
        bench.charge(Vehicle("bmw-i3-120", soc_percent=20), limit_a=32.0)
        bench.evse.inject("overload", line="l3", current_a=more_a)
        bench.run(1200)
        hottest.append(max(bench.evse.path.temperatures_c()))
    # Warming goes with the square of the current; 1200 s are not the end of it.
    assert (hottest[1] - 20) / (hottest[0] - 20) == pytest.approx((31 / 16) ** 2, rel=0.05)


def test_a_line_that_the_vehicle_does_not_use_has_no_fault(build):
    bench = build()
    bench.charge(Vehicle("nissan-leaf-40", soc_percent=40), limit_a=16.0)
    bench.evse.inject("overload", line="l2", current_a=20.0)
    assert bench.evse.current_a("l2") == 0.0
