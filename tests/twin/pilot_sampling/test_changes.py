"""What the sampler makes of a pilot that changes inside a window."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.link.pins import PilotMode

R_B, R_C, R_D = 2740.0, 1 / (1 / 2740 + 1 / 1300), 1 / (1 / 2740 + 1 / 270)
HIGH_MV = {None: 12_000, R_B: 8979, R_C: 5995, R_D: 2928}
WINDOW_US = 10_100

duties = st.one_of(st.sampled_from([50_000, 100_000, 960_000]), st.integers(50_000, 960_000))
any_machine = settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def set_branch(bench, ohm):
    bench.pilot.circuit.branch_ohm = ohm
    bench.pilot.circuit.vehicle_pf = 0.0 if ohm is None else 2400.0
    bench.pilot.refresh()


@any_machine
@given(
    seed=st.integers(0, 10_000),
    duty_ppm=duties,
    before=st.sampled_from(list(HIGH_MV)),
    after=st.sampled_from(list(HIGH_MV)),
    at_us=st.integers(0, 12_000),
)
def test_a_change_in_mid_window_shows_as_one_state_or_the_other_and_never_as_a_third(
    sampled, seed, duty_ppm, before, after, at_us
):
    bench = sampled(seed)
    set_branch(bench, before)
    bench.generate(PilotMode.PWM, duty_ppm)
    bench.run_us(25_000 + at_us)
    set_branch(bench, after)
    seen = []
    for _ in range(25):
        bench.run_us(1000)
        seen.append(bench.read().pilot_high_mv)
    for high_mv in seen:
        assert min(abs(high_mv - HIGH_MV[before]), abs(high_mv - HIGH_MV[after])) <= 60
    # Once the new one, always the new one, and that after a window and a half at most.
    is_new = [abs(high_mv - HIGH_MV[after]) <= 60 for high_mv in seen]
    assert is_new == sorted(is_new)
    assert is_new[16]


@any_machine
@given(
    seed=st.integers(0, 10_000),
    duty_ppm=duties,
    at_us=st.integers(0, 12_000),
    duration_us=st.integers(1, 2000),
    what=st.sampled_from(["short", "half", "open", "shorted diode", "state B"]),
)
def test_a_disturbance_of_2_ms_leaves_no_trace(sampled, seed, duty_ppm, at_us, duration_us, what):
    bench = sampled(seed)
    circuit = bench.pilot.circuit
    set_branch(bench, R_C)
    bench.generate(PilotMode.PWM, duty_ppm)
    bench.run_us(25_000 + at_us)
    if what in ("short", "half"):
        circuit.glitch_ohm = 0.0 if what == "short" else 300.0
    circuit.wire_open = what == "open"
    circuit.diode = "shorted" if what == "shorted diode" else "good"
    circuit.branch_ohm = R_B if what == "state B" else R_C
    bench.pilot.refresh()
    bench.run_us(duration_us)
    circuit.glitch_ohm, circuit.wire_open, circuit.diode = None, False, "good"
    set_branch(bench, R_C)
    for _ in range(25):
        bench.run_us(1000)
        pins = bench.read()
        assert pins.pilot_high_mv == pytest.approx(5995, abs=60)
        assert pins.pilot_low_mv == pytest.approx(-12_000, abs=300)
        assert pins.pilot_n_high > 0
        assert pins.pilot_n_low > 0


@pytest.mark.parametrize(
    ("mode", "extra"),
    [(PilotMode.STEADY_POSITIVE, "pilot_n_low"), (PilotMode.STEADY_NEGATIVE, "pilot_n_high")],
)
def test_a_disturbance_of_a_steady_pilot_makes_no_second_plateau(sampled, mode, extra):
    bench = sampled()
    bench.generate(mode)
    bench.settle()
    bench.pilot.circuit.glitch_ohm = 0.0
    bench.pilot.refresh()
    bench.run_us(2000)
    bench.pilot.circuit.glitch_ohm = None
    bench.pilot.refresh()
    for _ in range(25):
        bench.run_us(1000)
        assert getattr(bench.read(), extra) == 0


@given(seed=st.integers(0, 10_000), at_us=st.integers(0, 12_000))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_pwm_that_begins_has_its_lower_plateau_within_15_ms(sampled, seed, at_us):
    bench = sampled(seed)
    bench.run_us(25_000 + at_us)
    assert bench.read().pilot_n_low == 0
    bench.generate(PilotMode.PWM, 266_667)
    bench.run_us(15_500)
    pins = bench.read()
    assert pins.pilot_n_low > 0
    assert pins.pilot_low_mv == pytest.approx(-12_000, abs=60)
