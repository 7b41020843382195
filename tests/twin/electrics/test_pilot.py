"""The control pilot circuit against an independent nodal solver and the standard's figures."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.electrics.pilot import LEAST_OHM, PilotCircuit, PilotGenerator

R_B, R_C, R_D = 2740.0, 1 / (1 / 2740 + 1 / 1300), 1 / (1 / 2740 + 1 / 270)


@pytest.mark.parametrize(
    ("branch_ohm", "expected_v"),
    [(None, 12.0), (R_B, 8.98), (R_C, 5.99), (R_D, 2.93)],
    ids=["A", "B", "C", "D"],
)
def test_nominal_plateaus_are_those_of_the_standard(branch_ohm, expected_v):
    high_v, low_v = PilotCircuit(branch_ohm=branch_ohm).plateaus_v()
    assert high_v == pytest.approx(expected_v, abs=0.01)
    assert low_v == -12.0


@pytest.mark.parametrize(("branch_ohm", "low_v"), [(R_B, -8.8), (R_C, -5.6)])
def test_a_shorted_diode_shows_on_the_lower_plateau(branch_ohm, low_v):
    assert PilotCircuit(branch_ohm=branch_ohm, diode="shorted").plateaus_v()[1] == pytest.approx(
        low_v, abs=0.06
    )


def test_an_open_diode_reads_as_state_a():
    assert PilotCircuit(branch_ohm=R_C, diode="open").plateaus_v() == (12.0, -12.0)


def test_a_short_of_80_ohm_behind_the_diode_leaves_1_3_to_1_8_volts():
    high_v, low_v = PilotCircuit(branch_ohm=R_C, short_behind_ohm=80.0).plateaus_v()
    assert 1.3 <= high_v <= 1.8
    assert low_v == -12.0


def test_a_short_before_the_diode_pulls_both_plateaus_to_zero():
    high_v, low_v = PilotCircuit(branch_ohm=R_C, short_before_ohm=0.0).plateaus_v()
    assert high_v == pytest.approx(0.0, abs=0.01)
    assert low_v == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("broken", ["wire_open", "earth_open"])
def test_a_broken_wire_or_earth_to_the_vehicle_reads_as_state_a(broken):
    assert PilotCircuit(branch_ohm=R_C, **{broken: True}).plateaus_v() == (12.0, -12.0)


def solve_by_nodes(circuit: PilotCircuit, generator_v: float) -> float:
    """Two nodes (plug, behind the diode), the diode tried both ways; the consistent one wins."""
    connected = circuit.branch_ohm is not None and not (circuit.wire_open or circuit.earth_open)
    for conducts in (True, False):
        matrix = np.zeros((2, 2))
        source = np.zeros(2)
        matrix[0, 0] += 1 / circuit.source_ohm
        source[0] += generator_v / circuit.source_ohm
        if circuit.short_before_ohm is not None:
            matrix[0, 0] += 1 / max(circuit.short_before_ohm, LEAST_OHM)
        behind = 1e-15
        if connected:
            behind += 1 / max(circuit.branch_ohm, LEAST_OHM)
            if circuit.short_behind_ohm is not None:
                behind += 1 / max(circuit.short_behind_ohm, LEAST_OHM)
        matrix[1, 1] += behind
        bridge, drop_v = 0.0, 0.0
        if connected and circuit.diode == "shorted":
            bridge = 1e7
        elif connected and circuit.diode == "good" and conducts:
            bridge, drop_v = 1e7, circuit.diode_v
        matrix[0, 0] += bridge
        matrix[1, 1] += bridge
        matrix[0, 1] -= bridge
        matrix[1, 0] -= bridge
        source[0] += bridge * drop_v
        source[1] -= bridge * drop_v
        plug_v, behind_v = np.linalg.solve(matrix, source)
        if circuit.diode != "good" or not connected:
            return float(plug_v)
        current = bridge * (plug_v - behind_v - drop_v)
        if (conducts and current >= 0) or (not conducts and plug_v - behind_v <= circuit.diode_v):
            return float(plug_v)
    raise AssertionError("no state of the diode is consistent")


resistance = st.floats(min_value=0.5, max_value=1e6)
circuits = st.builds(
    PilotCircuit,
    source_ohm=st.floats(min_value=900, max_value=1100),
    branch_ohm=st.none() | resistance,
    diode_v=st.floats(min_value=0.55, max_value=0.85),
    diode=st.sampled_from(["good", "shorted", "open"]),
    short_before_ohm=st.none() | resistance,
    short_behind_ohm=st.none() | resistance,
    wire_open=st.booleans(),
    earth_open=st.booleans(),
)


@given(circuits, st.floats(min_value=-13, max_value=13))
def test_the_plug_obeys_kirchhoff_for_every_combination_of_faults(circuit, generator_v):
    assert circuit.voltage_v(generator_v) == pytest.approx(
        solve_by_nodes(circuit, generator_v), abs=2e-3
    )


def simulate_edge(circuit: PilotCircuit, generator_v: float, from_v: float, to_v: float) -> float:
    """March the node's differential equation in steps of 1 ns."""
    capacitance = (circuit.evse_pf + circuit.cable_pf + circuit.vehicle_pf) * 1e-12
    voltage, time_ns, rising = from_v, 0, to_v > from_v
    while (voltage < to_v) if rising else (voltage > to_v):
        current = (generator_v - voltage) / circuit.source_ohm
        if circuit.branch_ohm is not None and voltage > circuit.diode_v:
            current -= (voltage - circuit.diode_v) / circuit.branch_ohm
        voltage += current / capacitance * 1e-9
        time_ns += 1
    return time_ns / 1000


@pytest.mark.parametrize("branch_ohm", [None, R_B, R_C, R_D])
def test_edges_agree_with_the_marched_differential_equation(branch_ohm):
    circuit = PilotCircuit(
        branch_ohm=branch_ohm, evse_pf=1600.0, cable_pf=1500.0, vehicle_pf=2400.0
    )
    if branch_ohm is None:
        circuit.vehicle_pf = 0.0
    high_v, low_v = circuit.plateaus_v()
    for generator_v, from_v, to_v in ((12.0, low_v, high_v - 0.3), (-12.0, high_v, low_v + 0.3)):
        assert circuit.edge_us(generator_v, from_v, to_v) == pytest.approx(
            simulate_edge(circuit, generator_v, from_v, to_v), abs=0.02
        )


def test_edges_are_inside_the_standard_at_the_largest_capacitances():
    most = {"evse_pf": 1600.0, "cable_pf": 1500.0, "vehicle_pf": 2400.0}
    state_b = PilotCircuit(branch_ohm=R_B, **most).edges()
    state_c = PilotCircuit(branch_ohm=R_C, **most).edges()
    assert state_b.rise_us < 10
    assert state_c.rise_us < 7
    assert max(state_b.fall_us, state_c.fall_us) < 13


@pytest.mark.parametrize("branch_ohm", [R_C, R_D])
def test_edges_cost_a_tenth_to_three_tenths_of_a_point_of_duty(branch_ohm):
    circuit = PilotCircuit(
        branch_ohm=branch_ohm, evse_pf=1600.0, cable_pf=1500.0, vehicle_pf=2400.0
    )
    lost = 50.0 - circuit.edges().duty_percent(0.5, 1000)
    assert 0.1 < lost < 0.3


def test_a_pilot_that_does_not_cross_zero_has_no_duty():
    assert PilotCircuit(branch_ohm=R_C, negative_v=0.0).edges().duty_percent(0.5, 1000) is None


def test_an_edge_that_never_gets_there_takes_for_ever():
    assert PilotCircuit(branch_ohm=R_C).edge_us(12.0, -12.0, 11.0) == float("inf")


@given(
    st.integers(min_value=0, max_value=10**9),
    st.integers(min_value=980, max_value=1020),
    st.integers(min_value=0, max_value=979),
)
def test_period_boundaries_enclose_every_instant(time_us, period_us, phase_us):
    generator = PilotGenerator(period_us, phase_us)
    before, after = generator.last_boundary_us(time_us), generator.boundary_us(time_us)
    assert before <= time_us <= after
    assert after - before in (0, period_us)
    assert (after - phase_us) % period_us == 0


def test_both_plateaus_have_samples_over_the_whole_range_of_duty():
    for duty_ppm in itertools.chain(range(50_000, 970_000, 10_000), (100_000, 960_000)):
        high, low = PilotGenerator().counts(duty_ppm)
        assert high >= 1
        assert low >= 1
