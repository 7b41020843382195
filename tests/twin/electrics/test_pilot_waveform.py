"""The pilot's waveform in closed form against integration in small steps and against its edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.electrics.pilot import PilotCircuit
from twin.electrics.pilot_waveform import Stretch, voltages

STEP_ERROR_V = 0.1
"""Of Euler's method with steps of 0.02 us, on an edge of 24 V."""
R_B, R_C = 2740.0, 1 / (1 / 2740 + 1 / 1300)


def stretch(circuit: PilotCircuit, since_us: int = 0, high_us: int = 250) -> Stretch:
    return Stretch(
        since_us,
        high_us,
        1000,
        0,
        circuit.relaxation(circuit.positive_v),
        circuit.relaxation(circuit.negative_v),
    )


def integrated(stretches: list[Stretch], until_us: int, step_us: float = 0.02) -> np.ndarray:
    """Euler's method from a settled negative half on, one value each microsecond."""
    volts, values = stretches[0].negative.settled_v(), []
    steps = round(1 / step_us)
    for time_us in range(-10, until_us):
        now = [each for each in stretches if each.since_us <= max(time_us, 0)][-1]
        positive = time_us % now.period_us < now.high_us
        relaxation = now.positive if positive else now.negative
        values.append(volts)
        for _ in range(steps):
            aim_v, tau_us = relaxation.aim(volts > relaxation.threshold_v)
            volts += (aim_v - volts) * step_us / tau_us
    return np.array(values[10:])


@pytest.mark.parametrize(
    "circuit",
    [
        PilotCircuit(branch_ohm=R_B, cable_pf=1500, vehicle_pf=2400),
        PilotCircuit(branch_ohm=R_C, cable_pf=1500, vehicle_pf=2400, diode="shorted"),
        PilotCircuit(evse_pf=1600),
        PilotCircuit(branch_ohm=R_C, short_behind_ohm=80.0, vehicle_pf=2400),
    ],
    ids=["B", "C with a shorted diode", "A", "shorted behind the diode"],
)
def test_the_closed_form_is_what_integration_comes_to(circuit):
    stretches = [stretch(circuit)]
    times_us = np.arange(0.0, 1000.0)
    found = voltages(stretches, 0, times_us)
    assert np.abs(found - integrated(stretches, 1000)).max() < STEP_ERROR_V


def test_a_switch_in_the_middle_of_a_plateau_bends_the_voltage_and_does_not_break_it():
    before, after = (PilotCircuit(branch_ohm=ohm, vehicle_pf=2400) for ohm in (R_C, R_B))
    stretches = [stretch(before), stretch(after, since_us=100)]
    times_us = np.arange(0.0, 400.0)
    found = voltages(stretches, 0, times_us)
    assert np.abs(found - integrated(stretches, 400)).max() < STEP_ERROR_V
    assert found[99] == pytest.approx(before.plateaus_v()[0], abs=1e-3)
    assert found[100] == pytest.approx(found[99], abs=1e-3)
    assert found[200] == pytest.approx(after.plateaus_v()[0], abs=1e-3)


def test_a_generator_that_stands_still_has_no_edges():
    circuit = PilotCircuit(branch_ohm=R_B)
    times_us = np.arange(0.0, 3000.0)
    for high_us, volts in ((1000, circuit.plateaus_v()[0]), (0, -12.0)):
        assert voltages([stretch(circuit, high_us=high_us)], 0, times_us) == pytest.approx(
            np.full(3000, volts)
        )


@given(
    ohm=st.one_of(st.none(), st.floats(200, 5000)),
    evse_pf=st.floats(300, 1600),
    vehicle_pf=st.floats(0, 3900),
    diode=st.sampled_from(["good", "shorted", "open"]),
)
def test_it_crosses_0_v_when_the_circuit_says_it_does(ohm, evse_pf, vehicle_pf, diode):
    circuit = PilotCircuit(branch_ohm=ohm, evse_pf=evse_pf, vehicle_pf=vehicle_pf, diode=diode)
    edges = circuit.edges()
    stretches = [stretch(circuit)]
    for edge_us, after_us in ((0, edges.up_us), (250, edges.down_us)):
        found = voltages(stretches, 4000, np.array([edge_us + after_us]))
        assert found[0] == pytest.approx(0.0, abs=1e-6)


@given(
    ohm=st.one_of(st.none(), st.floats(50, 10_000)),
    diode=st.sampled_from(["good", "shorted", "open"]),
    short_ohm=st.one_of(st.none(), st.floats(0, 1000)),
    behind=st.booleans(),
)
def test_it_settles_at_the_plateaus(ohm, diode, short_ohm, behind):
    circuit = PilotCircuit(branch_ohm=ohm, diode=diode, vehicle_pf=2400)
    if behind:
        circuit.short_behind_ohm = short_ohm
    else:
        circuit.short_before_ohm = short_ohm
    high_v, low_v = circuit.plateaus_v()
    found = voltages([stretch(circuit)], 0, np.array([249.9, 999.9]))
    assert found == pytest.approx([high_v, low_v], abs=1e-6)
