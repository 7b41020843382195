"""What goes in comes out: energy, charge and current on whole sessions."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.evse_config import Cable
from twin.vehicle import Vehicle, catalogue

FULL_PILOT = [name for name in catalogue.names() if catalogue.model(name).pilot == "full"]
SESSION = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@given(
    model=st.sampled_from(FULL_PILOT),
    soc=st.floats(min_value=5, max_value=99),
    limit_a=st.sampled_from([6.0, 8.7, 10.0, 16.0, 32.0]),
    sag=st.floats(min_value=0.87, max_value=1.08),
    minutes=st.integers(min_value=1, max_value=400),
    resistance_ohm=st.floats(min_value=0, max_value=0.2),
)
@SESSION
def test_energy_at_the_meter_is_energy_at_the_vehicle_plus_losses(
    build, model, soc, limit_a, sag, minutes, resistance_ohm
):
    bench = build(cable=Cable(resistance_ohm=resistance_ohm))
    vehicle = bench.charge(Vehicle(model, soc_percent=soc), limit_a)
    bench.run(60 * minutes)
    bench.evse.inject("supply_voltage", factor=sag)
    bench.run(120)
    bench.evse.clear("supply_voltage")
    bench.evse.command(permitted=False)
    bench.run(60)
    metered = bench.evse.energy_wh()
    assert metered == pytest.approx(vehicle.energy_wh + bench.evse.lost_wh(), rel=1e-7, abs=1e-6)
    assert vehicle.battery_wh <= vehicle.energy_wh + 1e-9
    # A nominal meter reads the truth, in whole steps.
    assert bench.evse.report().energy_wh == pytest.approx(metered, abs=0.01)


@given(
    model=st.sampled_from(FULL_PILOT),
    soc=st.floats(min_value=5, max_value=99.5),
    limit_a=st.sampled_from([6.0, 10.0, 16.0, 32.0]),
    minutes=st.integers(min_value=1, max_value=600),
)
@SESSION
def test_charge_into_the_battery_is_charge_stored(build, model, soc, limit_a, minutes):
    bench = build()
    vehicle = Vehicle(model, soc_percent=soc)
    start_c = vehicle.charge_c
    bench.charge(vehicle, limit_a)
    bench.run(60 * minutes)
    battery, charge_c = vehicle.battery, vehicle.charge_c
    stored_wh = (battery.stored_ws(charge_c) - battery.stored_ws(start_c)) / 3600
    # What the terminals took is stored or warmed the internal resistance: between
    # no loss at all and the loss of the greatest current all the time.
    most_a = battery.current_at_power(start_c, 230 * 3 * 80)
    assert stored_wh <= vehicle.battery_wh + 1e-6
    lost_wh = vehicle.battery_wh - stored_wh
    assert lost_wh <= most_a * battery.resistance_ohm * (charge_c - start_c) / 3600 + 1e-6
    assert vehicle.soc_percent == pytest.approx(100 * charge_c / battery.capacity_c)
    assert vehicle.soc_percent <= 100.0 + 1e-6


@pytest.mark.parametrize(("model", "soc"), [("vw-id3-58", 90), ("byd-atto-3", 96)])
def test_what_the_terminals_took_is_stored_or_warmed_the_resistance(build, model, soc):
    bench = build()
    vehicle = bench.charge(Vehicle(model, soc_percent=soc))
    battery, start_c, start_wh = vehicle.battery, vehicle.charge_c, vehicle.battery_wh
    warmed_ws, before_c = 0.0, start_c
    # Through the constant-voltage part, in steps so short that the current stands in each.
    for _ in range(1500):
        bench.run(5)
        amps = (vehicle.charge_c - before_c) / 5
        warmed_ws += battery.resistance_ohm * amps * amps * 5
        before_c = vehicle.charge_c
    stored_ws = battery.stored_ws(before_c) - battery.stored_ws(start_c)
    taken_wh = vehicle.battery_wh - start_wh
    assert taken_wh == pytest.approx((stored_ws + warmed_ws) / 3600, rel=1e-6)


def test_the_meters_total_is_the_sum_of_its_cycles(build):
    bench = build(seed=5)
    bench.charge(Vehicle("bmw-i3-120", soc_percent=97.5))
    counted, cycle_us = [], 20_000
    start = bench.evse.path.next_cycle_end_us(bench.clock.now_us)
    bench.clock.run_until(start)
    before = sum(bench.evse.path.metered_ws())
    for number in range(1, 3001):
        bench.clock.run_until(start + number * cycle_us)
        cycle = bench.evse.path.cycle(bench.clock.now_us)
        counted.append(sum(cycle.vi) / cycle.n[0] * cycle_us * 1e-6)
    assert sum(counted) == pytest.approx(sum(bench.evse.path.metered_ws()) - before, rel=1e-9)


LINES = ("l1", "l2", "l3")
POLE = st.sampled_from(["n", *LINES])
EVENT = st.one_of(
    st.sampled_from(
        [
            ("command", {"permitted": True}),
            ("command", {"permitted": False}),
            ("command", {"limit_a": 8.0}),
            ("plug", {}),
            ("unplug", {}),
            ("coil_hold_up", {}),
            ("contactor_arc", {}),
            ("supply_outage", {}),
            ("phase_lost", {"line": "l2"}),
            ("neutral_open", {}),
            ("short_circuit", {"current_a": 200.0}),
            ("overload", {"current_a": 25.0, "line": "l3"}),
            ("residual_dc", {"current_ma": 60.0}),
            ("earth_lost", {}),
        ]
    ),
    st.tuples(st.just("contactor_welded"), st.fixed_dictionaries({"pole": POLE})),
    st.tuples(st.just("contactor_stuck_open"), st.fixed_dictionaries({"pole": POLE})),
    st.tuples(
        st.just("contactor_bounce"),
        st.fixed_dictionaries({"bounce_ms": st.sampled_from([5.0, 60.0, 300.0]), "pole": POLE}),
    ),
)


def happens(bench, name, facts):
    """Something that people do, or a fault that comes, or goes if it is there."""
    evse = bench.evse
    if name == "command":
        evse.command(**facts)
    elif name in ("plug", "unplug"):
        if (evse.vehicle is None) == (name == "plug"):
            evse.plug_in(bench.vehicle) if name == "plug" else evse.unplug()
    elif name in evse.faults:
        evse.clear(name)
    else:
        evse.inject(name, **facts)


@given(
    script=st.lists(st.tuples(EVENT, st.sampled_from([0.0, 0.013, 0.3, 4.0, 25.0])), max_size=12),
    phases=st.sampled_from([1, 3]),
    seed=st.integers(min_value=0, max_value=1000),
)
@SESSION
def test_no_current_flows_without_a_closed_contactor(build, script, phases, seed):
    bench = build(phases=phases, seed=seed)
    bench.vehicle = bench.charge(Vehicle("bmw-i3-120", soc_percent=50))
    for (name, facts), seconds in script:
        happens(bench, name, facts)
        bench.run(seconds)
    bench.run(5)
    for line in LINES:
        pole, current = f"pole_{line}", f"current_{line}_a"
        for time_us, amps in bench.trace.edges(current):
            # At the instant at which it opens the current is there, and then it is not.
            if amps > 0 and not bench.trace.value_at(pole, time_us):
                assert bench.trace.value_at(pole, time_us - 1)
                assert bench.trace.value_at(current, time_us) == 0
        for time_us, closed in bench.trace.edges(pole):
            if not closed and not bench.trace.value_at(pole, time_us):
                assert not bench.trace.value_at(current, time_us)


@pytest.mark.parametrize("model", ["bmw-i3-120", "vw-e-up", "nissan-leaf-40"])
def test_a_vehicle_loads_as_many_lines_as_it_has(build, model):
    bench = build()
    bench.charge(Vehicle(model, soc_percent=30))
    phases = catalogue.model(model).phases
    amps = [bench.evse.current_a(line) for line in ("l1", "l2", "l3")]
    assert [amp > 1 for amp in amps] == [line < phases for line in range(3)]


def test_a_full_battery_draws_nothing_and_goes_back_to_state_b(build):
    bench = build()
    vehicle = bench.charge(Vehicle("bmw-i3-120", soc_percent=98))
    bench.run(4 * 3600)
    assert vehicle.full
    assert not vehicle.s2_closed
    assert bench.evse.current_a("l1") == 0.0
    assert not bench.evse.pole_closed("l1")
    assert vehicle.soc_percent > 99


def test_the_current_tapers_and_does_not_stop_short(build):
    bench = build()
    bench.charge(Vehicle("bmw-i3-120", soc_percent=94))
    bench.run(3 * 3600)
    amps = [amp for _, amp in bench.trace.edges("current_l1_a", after_us=30_000_000) if amp > 0]
    falling = amps[amps.index(max(amps)) :]
    assert falling == sorted(falling, reverse=True)
    assert min(falling) < 0.5 * max(falling)


def test_a_charge_stops_at_its_target(build):
    bench = build()
    vehicle = bench.charge(Vehicle("bmw-i3-120", soc_percent=70, target_percent=80))
    bench.run(3 * 3600)
    assert vehicle.soc_percent == pytest.approx(80, abs=1e-4)
    assert vehicle.full
