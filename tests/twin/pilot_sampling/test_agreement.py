"""What the sampler finds in raw samples against what the circuit's closed form says."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.link.pins import PilotMode

R_B, R_C, R_D = 2740.0, 1 / (1 / 2740 + 1 / 1300), 1 / (1 / 2740 + 1 / 270)
NEAR_ZERO_MV = 150
"""Nearer to 0 V a plateau has no sure sign."""

ohms = st.one_of(st.sampled_from([R_B, R_C, R_D]), st.floats(100, 5000))
shorts = st.one_of(st.none(), st.sampled_from([0.0, 10.0, 80.0]), st.floats(0, 500))


def tolerance_mv(plateau_mv: int, width_us: float) -> int:
    """Return how far a reading may be off, as the sampler's documentation says."""
    if abs(plateau_mv) <= NEAR_ZERO_MV:
        return 250
    if width_us < 34:
        return 1000
    return 300 if width_us < 46 else 60


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32),
    parts=st.sampled_from(["nominal", "random", "worst"]),
    noise_mv=st.floats(0, 30),
    duty_ppm=st.one_of(
        st.sampled_from([50_000, 100_000, 960_000, 970_000]), st.integers(50_000, 970_000)
    ),
    mode=st.sampled_from(PilotMode),
    ohm=st.one_of(st.none(), ohms),
    cable_pf=st.floats(0, 1500),
    vehicle_pf=st.floats(0, 2400),
    diode=st.sampled_from(["good", "good", "shorted", "open"]),
    diode_v=st.floats(0.55, 0.85),
    short_ohm=shorts,
    behind=st.booleans(),
)
def test_over_all_circuits_and_duties_the_sampler_reads_what_is_there(
    sampled,
    seed,
    parts,
    noise_mv,
    duty_ppm,
    mode,
    ohm,
    cable_pf,
    vehicle_pf,
    diode,
    diode_v,
    short_ohm,
    behind,
):
    bench = sampled(seed, parts, noise_mv)
    circuit = bench.pilot.circuit
    circuit.branch_ohm, circuit.diode, circuit.diode_v = ohm, diode, diode_v
    circuit.cable_pf, circuit.vehicle_pf = cable_pf, vehicle_pf if ohm else 0.0
    if behind:
        circuit.short_behind_ohm = short_ohm
    else:
        circuit.short_before_ohm = short_ohm
    bench.pilot.refresh()
    bench.generate(mode, duty_ppm)
    pins = bench.settle()

    period_us = bench.pilot.generator.period_us
    high_us = duty_ppm * period_us / 1e6 if mode is PilotMode.PWM else period_us
    low_us = period_us - high_us if mode is PilotMode.PWM else period_us
    high_mv, low_mv = bench.pilot.plateaus_mv()
    for truth_mv, width_us, count, found_mv, other_mv in (
        (high_mv, high_us, pins.pilot_n_high, pins.pilot_high_mv, low_mv),
        (low_mv, low_us, pins.pilot_n_low, pins.pilot_low_mv, high_mv),
    ):
        if truth_mv is not None:
            assert count > 0
            assert abs(found_mv - truth_mv) <= tolerance_mv(truth_mv, width_us)
        elif abs(other_mv) > NEAR_ZERO_MV:
            assert count == 0


@pytest.mark.parametrize(("duty_ppm", "least"), [(50_000, 8), (100_000, 25), (900_000, 25)])
def test_even_the_shortest_useful_plateaus_have_samples_in_every_window(sampled, duty_ppm, least):
    for seed in range(20):
        bench = sampled(seed)
        bench.generate(PilotMode.PWM, duty_ppm)
        pins = bench.settle()
        assert min(pins.pilot_n_high, pins.pilot_n_low) >= least


@pytest.mark.parametrize("mode", [PilotMode.STEADY_POSITIVE, PilotMode.STEADY_NEGATIVE])
def test_a_steady_pilot_has_one_plateau_only(sampled, mode):
    bench = sampled()
    bench.generate(mode)
    pins = bench.settle()
    found = (pins.pilot_n_high > 0, pins.pilot_n_low > 0)
    assert found == (mode is PilotMode.STEADY_POSITIVE, mode is PilotMode.STEADY_NEGATIVE)


def test_a_pwm_that_is_shorted_to_0_v_has_both_its_plateaus_there(sampled):
    bench = sampled()
    bench.pilot.circuit.short_before_ohm = 0.0
    bench.pilot.refresh()
    bench.generate(PilotMode.PWM, 533_333)
    pins = bench.settle()
    assert pins.pilot_n_high > 0
    assert pins.pilot_n_low > 0
    assert pins.pilot_high_mv == pytest.approx(0, abs=20)
    assert pins.pilot_low_mv == pytest.approx(0, abs=20)


@pytest.mark.parametrize("sample_ns", [5_000, 12_000, 20_000])
def test_a_slower_or_faster_converter_will_do(sampled, sample_ns):
    bench = sampled(sample_ns=sample_ns)
    bench.pilot.circuit.branch_ohm = R_C
    bench.pilot.refresh()
    bench.generate(PilotMode.PWM, 266_667)
    pins = bench.settle()
    assert pins.pilot_high_mv == pytest.approx(5995, abs=60)
    assert pins.pilot_low_mv == pytest.approx(-12_000, abs=60)


def test_a_converter_whose_clock_is_in_step_with_the_pwm_still_finds_the_plateaus(sampled):
    for seed in range(40):  # every sample of a seed lies at one of three places of a period
        bench = sampled(seed, drift_ppm=0.0)
        bench.pilot.circuit.branch_ohm = R_B
        bench.pilot.circuit.vehicle_pf = 2400
        bench.pilot.refresh()
        bench.generate(PilotMode.PWM, 50_000)
        pins = bench.settle()
        assert pins.pilot_high_mv == pytest.approx(8979, abs=60)
