"""A charger whose controller gets its pilot from raw samples."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from twin.evse_config import EvseConfig, PilotConverter
from twin.vehicle import Vehicle

MILLISECOND = 1000
SECOND = 1_000_000


def story(bench):
    """Charge, disturb, pause, resume, pull the plug; return everything that was recorded."""
    evse, clock = bench.evse, bench.clock
    evse.plug_in(Vehicle("byd-atto-3", soc_percent=40))
    evse.command(permitted=True, limit_a=16)
    clock.run_for(10 * SECOND)
    evse.inject("pilot_glitch")
    clock.run_for(SECOND)
    evse.vehicle.pause()
    clock.run_for(6 * SECOND)
    evse.vehicle.resume()
    clock.run_for(6 * SECOND)
    evse.unplug()
    clock.run_for(3 * SECOND)
    return bench.controller.log


def test_the_same_seed_gives_the_same_story_and_the_same_samples(build):
    first, second = build(seed=5, pilot="raw"), build(seed=5, pilot="raw")
    assert story(first) == story(second)
    assert first.evse.pilot.codes(2790) == second.evse.pilot.codes(2790)


def test_another_seed_gives_other_samples(build):
    first, second = build(seed=5, pilot="raw"), build(seed=6, pilot="raw")
    assert first.evse.pilot.codes(150) != second.evse.pilot.codes(150)


def test_the_charger_does_the_same_as_with_settled_plateaus_only_a_little_later(build):
    settled, raw = (build(seed=3, pilot=pilot) for pilot in ("settled", "raw"))
    story(settled)
    story(raw)
    for signal in ("coil_main", "pilot_mode", "controller_phase"):
        expected, found = settled.trace.edges(signal), raw.trace.edges(signal)
        assert [value for _, value in found] == [value for _, value in expected]
        # Up to a window and a half, twice: a PWM that is seen late is left late.
        for (at_us, _), (late_us, _) in zip(expected, found, strict=True):
            assert -2 * MILLISECOND <= late_us - at_us <= 35 * MILLISECOND


@settings(
    max_examples=15,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    seed=st.integers(0, 1000),
    plan=st.lists(
        st.tuples(
            st.sampled_from(
                [
                    ("pilot_short", {"resistance_ohm": 80.0}),
                    ("pilot_glitch", {"duration_us": 2000}),
                    ("pilot_glitch", {"duration_us": 30_000}),
                    ("diode_shorted", {}),
                    ("pilot_open", {}),
                    ("pilot_converter_dead", {}),
                    ("generator_frequency", {"frequency_hz": 985.0}),
                    ("pilot_capacitance", {"capacitance_pf": 1600.0}),
                    ("power cut", {}),
                    ("reset", {}),
                ]
            ),
            st.integers(100, 1_500_000),
        ),
        max_size=5,
    ),
)
def test_leaving_out_ticks_changes_nothing(build, seed, plan):
    logs = []
    for every_tick in (False, True):
        bench = build(seed=seed, pilot="raw", every_tick=every_tick)
        bench.evse.plug_in(Vehicle("byd-atto-3", soc_percent=40))
        bench.evse.command(permitted=True, limit_a=16)
        bench.clock.run_for(2 * SECOND)
        for (name, params), wait_us in plan:
            if name == "power cut":
                bench.evse.cut_power()
            elif name == "reset":
                bench.evse.reset_controller()
            else:
                bench.evse.inject(name, **params)
            bench.clock.run_for(wait_us)
            if name == "power cut":
                bench.evse.restore_power()
            elif name != "reset":
                bench.evse.clear(name)
            bench.clock.run_for(wait_us)
        logs.append(bench.controller.log)
    assert logs[0] == logs[1]


def test_the_age_of_a_reading_is_that_of_its_windows_last_sample(build):
    bench = build(seed=1, pilot="raw")
    evse, ages = bench.evse, []
    evse.inject("pilot_glitch")  # every window is sampled now, for 50 ms
    bench.clock.run_for(12_000)
    for _ in range(30):
        bench.clock.run_for(1000)
        evse.pilot.read(bench.clock.now_us, evse.inputs)
        ages.append(evse.inputs.pilot_age_us)
        assert ages[-1] == bench.clock.now_us - evse.pilot.sampler.newest_us
    assert min(ages) >= 200
    assert 8_000 < max(ages) <= 10_080 + 1_000 + 300


def test_a_dead_converter_shows_as_an_age_that_grows(build):
    bench = build(seed=1, pilot="raw")
    bench.evse.inject("pilot_converter_dead")
    ages = []
    for _ in range(3):
        bench.clock.run_for(20_000)
        bench.evse.pilot.read(bench.clock.now_us, bench.evse.inputs)
        ages.append(bench.evse.inputs.pilot_age_us)
    assert [later - earlier for earlier, later in pairwise(ages)] == [20_000] * 2


def test_a_pilot_at_rest_is_sampled_about_once_in_five_seconds(build):
    bench = build(seed=1, pilot="raw")
    windows = []
    codes = bench.evse.pilot.codes
    bench.evse.pilot.codes = lambda window: windows.append(window) or codes(window)
    bench.clock.run_for(50 * SECOND)
    assert len(windows) == pytest.approx(10, abs=1)


@pytest.mark.parametrize(
    ("facts", "what"),
    [({"sample_ns": 4_000}, "sample_ns is 4000"), ({"noise_mv": -1.0}, "noise_mv is -1.0")],
)
def test_a_converter_that_cannot_be_is_refused(facts, what):
    with pytest.raises(ValueError, match=what):
        PilotConverter(**facts)


def test_an_unknown_way_to_read_the_pilot_is_refused():
    with pytest.raises(ValueError, match="pilot is 'cooked'"):
        EvseConfig(pilot="cooked")
