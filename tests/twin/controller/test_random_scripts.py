"""Random scripts at the pins: skipped ticks change nothing, and safety holds whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from twin.control.diode import DiodeCheck
from twin.control.earth import EarthGuard
from twin.control.lock import LockGuard
from twin.controller import ReferenceController
from twin.link.pins import PilotMode
from twin.process import TICK_US

# Times short enough that a script of a few seconds sees every timer run out.
QUICK: dict[str, Any] = {
    "duty_interval_us": 300_000,
    "steady_before_pwm_us": 200_000,
    "fault_f_us": 60_000,
    "wake_up_after_us": 700_000,
    "wake_up_steady_us": 120_000,
    "wake_up_f_us": 160_000,
    "soft_timeout_us": 350_000,
    "residual_test_timeout_us": 150_000,
    "residual_test_valid_us": 900_000,
    "over_current_us": 300_000,
    "over_current_grace_us": 400_000,
    "inrush_us": 150_000,
    "retry_delay_us": 250_000,
    "retry_window_us": 3_000_000,
    "under_voltage_us": 120_000,
    "plain_end_us": 400_000,
    "ventilation_lead_us": 80_000,
    "lock_timeout_us": 250_000,
    "start_up_us": 100_000,
}

Action = tuple[str, Any]


def _actions() -> SearchStrategy[Action]:
    def named(name: str, values: SearchStrategy[Any]) -> SearchStrategy[Action]:
        return st.tuples(st.just(name), values)

    volts = st.sampled_from([0.0, 100.0, 115.0, 190.0, 195.5, 200.0, 203.0, 230.0, 250.0, 260.0])
    amps = st.sampled_from([0.0, 0.05, 0.5, 0.99, 1.0, 6.0, 16.0, 18.1, 18.2, 36.0, 64.1, 90.0])
    return st.one_of(
        named("pilot", st.sampled_from("ABBBCCCCCDE")),
        named("high_mv", st.none() | st.sampled_from([10_400, 10_600, 7_400, 7_600, 4_600, 1_900])),
        named("low_mv", st.sampled_from([None, None, -8_800, -5_600, 0, -10_000])),
        named("amps", st.tuples(amps, amps, amps)),
        named("volts", st.tuples(volts, volts, volts) | st.just((230.0,) * 3)),
        named("celsius", st.floats(20, 90) | st.sampled_from([25.0, 59.9, 65.0, 75.0, 85.0])),
        named("earth_sense", st.sampled_from([True, True, False])),
        named("temperature_valid", st.sampled_from([True, True, False])),
        named("supply_present", st.sampled_from([True, True, False])),
        named("button_stop", st.booleans()),
        named("button_start", st.booleans()),
        named("pilot_age_us", st.sampled_from([0, 500, 20_000, 20_001])),
        named("cycle_n", st.sampled_from([(40,) * 3, (40,) * 3, (0,) * 3, (40, 0, 40)])),
        named("cable", st.sampled_from([220.0, 220.0, 680.0, 50.0, None])),
        named("leak", st.sampled_from([False, False, True])),
        named("pilot_dead", st.sampled_from([False, False, True])),
        named("lock_jammed", st.booleans()),
        named("monitor_dead", st.sampled_from([False, False, True])),
        named("welded", st.sampled_from([(False, False), (False, False), (True, False)])),
        named("stuck_open", st.sampled_from([(False, False), (False, False), (False, True)])),
        named("permitted", st.sampled_from([True, True, True, False])),
        *[named("limit_a", st.sampled_from([0.0, 5.9, 6.0, 10.0, 16.0, 16.1, 32.0, 80.0]))] * 3,
        named("phases", st.sampled_from([1, 3])),
        named("available", st.sampled_from([True, True, True, False])),
        named("hold_lock", st.booleans()),
        named("unlock_count", st.integers(0, 3)),
        named("clear_faults_count", st.integers(0, 3)),
    )


@st.composite
def _scripts(draw: DrawFn) -> list[tuple[int, Action]]:
    """Waits in ms and actions; they begin with a charge, so that most of them get somewhere."""
    start: list[tuple[int, Action]] = [
        (120, ("permitted", True)),
        (1, ("limit_a", 16.0)),
        (1, ("cable", 220.0)),
        *draw(st.lists(st.tuples(st.integers(0, 50), _actions()), max_size=2)),
        (draw(st.integers(1, 300)), ("pilot", draw(st.sampled_from("BC")))),
        (draw(st.integers(100, 600)), ("pilot", "C")),
        (300, ("amps", (16.0, 16.0, 16.0))),
    ]
    wait = st.sampled_from([0, 1, 2, 19, 20, 21, 30, 100, 250, 400, 900])
    return start + draw(st.lists(st.tuples(wait, _actions()), min_size=1, max_size=14))


def _apply(bench: Any, action: Action) -> None:
    name, value = action
    if hasattr(bench.controller.command, name):
        bench.command(**{name: value})
    elif name in ("amps", "volts"):
        getattr(bench, name)(*value)
    elif name in ("celsius", "cable"):
        getattr(bench, name)(value)
    elif hasattr(bench.inputs, name):
        setattr(bench.inputs, name, value)
    else:
        setattr(bench, name, list(value) if isinstance(value, tuple) else value)


HARDWARE: list[dict[str, Any]] = [
    {"kind": "tethered", "phases": 3},
    {"kind": "tethered", "phases": 1, "ventilation": True},
    {"kind": "socket", "phases": 3, "lock": True},
    {"kind": "plain", "phases": 1, "rating_a": 10.0},
]
CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def _compare(
    make_bench: Callable[..., Any], script: list[tuple[int, Action]], hardware: dict[str, Any]
) -> None:
    benches = [
        make_bench(settings=QUICK, skipping=skipping, **hardware) for skipping in (False, True)
    ]
    for bench in benches:
        for wait_ms, action in script:
            bench.run(wait_ms)
            _apply(bench, action)
        bench.run(1200)
    every_tick, skipping = benches
    assert skipping.log == every_tick.log
    assert skipping.steps < every_tick.steps / 3
    assert skipping.faults == every_tick.faults
    assert skipping.phase is every_tick.phase


@settings(max_examples=60, deadline=None, suppress_health_check=CHECKS)
@given(script=_scripts(), hardware=st.sampled_from(HARDWARE))
def test_stepping_only_when_asked_gives_the_same_outputs_at_the_same_ticks(
    make_bench: Callable[..., Any], script: list[tuple[int, Action]], hardware: dict[str, Any]
) -> None:
    _compare(make_bench, script, hardware)


@pytest.mark.full
@settings(max_examples=1500, deadline=None, suppress_health_check=CHECKS)
@given(script=_scripts(), hardware=st.sampled_from(HARDWARE))
def test_stepping_only_when_asked_gives_the_same_in_thousands_of_scripts(
    make_bench: Callable[..., Any], script: list[tuple[int, Action]], hardware: dict[str, Any]
) -> None:
    _compare(make_bench, script, hardware)


class Watchdog:
    """Looks at every tick of a bench, and knows nothing of how the controller works."""

    def __init__(self, bench: Any) -> None:
        self.bench = bench
        self.asked_us = self.earth_us = self.duty_us = -1
        self.tested = False
        self.before = bench.outputs

    def look(self) -> None:
        bench, before, outputs = self.bench, self.before, self.bench.outputs
        inputs, plain = bench.inputs, bench.controller.hardware.kind == "plain"
        now_us = bench.now_us
        if inputs.earth_sense:
            self.earth_us = now_us
        if 1_850 < inputs.pilot_high_mv <= 7_650:
            self.asked_us = now_us
        self.tested = self.tested or (before.residual_test and inputs.residual_trip)
        if outputs.contactor_main:
            assert now_us - self.earth_us <= 20_000
            assert plain or now_us - self.asked_us <= 30_000
            assert plain or inputs.pilot_age_us <= 20_000
            assert not inputs.residual_trip
            if not before.contactor_main:
                self._closing(inputs)
        assert outputs.contactor_main or not outputs.contactor_l2l3
        if before.lock and not outputs.lock:
            assert inputs.mirror_main_open
            assert inputs.mirror_l2l3_open
        if outputs.pilot_mode is PilotMode.PWM:
            assert 100_000 <= outputs.pilot_duty_ppm <= 960_000
            if outputs.pilot_duty_ppm != before.pilot_duty_ppm:
                if before.pilot_mode is PilotMode.PWM:
                    assert now_us - self.duty_us >= QUICK["duty_interval_us"]
                self.duty_us = now_us
        self.before = outputs

    def _closing(self, inputs: Any) -> None:
        bench, hardware = self.bench, self.bench.controller.hardware
        assert self.tested, "closed without a self-test of its own"
        self.tested = False
        assert inputs.mirror_main_open
        assert inputs.mirror_l2l3_open or hardware.phases == 1
        assert not hardware.lock or inputs.lock_feedback
        assert hardware.kind == "plain" or inputs.pilot_low_mv <= -10_000
        assert inputs.supply_present
        assert inputs.temperature_valid
        assert bench.controller.command.permitted


def _guard(
    make_bench: Callable[..., Any], script: list[tuple[int, Action]], hardware: dict[str, Any]
) -> None:
    bench = make_bench(settings=QUICK, skipping=False, **hardware)
    watchdog = Watchdog(bench)
    for wait_ms, action in [*script, (1200, ("hold_lock", False))]:
        for _ in range(wait_ms):
            bench.tick()
            bench.now_us -= TICK_US
            watchdog.look()
            bench.now_us += TICK_US
        _apply(bench, action)


@settings(max_examples=60, deadline=None, suppress_health_check=CHECKS)
@given(script=_scripts(), hardware=st.sampled_from(HARDWARE))
def test_whatever_happens_the_contactor_closes_and_stays_closed_only_on_a_safe_circuit(
    make_bench: Callable[..., Any], script: list[tuple[int, Action]], hardware: dict[str, Any]
) -> None:
    _guard(make_bench, script, hardware)


@pytest.mark.full
@settings(max_examples=1500, deadline=None, suppress_health_check=CHECKS)
@given(script=_scripts(), hardware=st.sampled_from(HARDWARE))
def test_safety_holds_in_thousands_of_scripts(
    make_bench: Callable[..., Any], script: list[tuple[int, Action]], hardware: dict[str, Any]
) -> None:
    _guard(make_bench, script, hardware)


class _NoDiodeCheck(DiodeCheck):
    def is_missing(self, low_mv: int) -> bool:
        return False


class _NoEarthCheck(EarthGuard):
    def update(self, now_us: int, earth_sense: bool) -> None:
        self.good = True


class _HastyLock(LockGuard):
    def may_release(self, mirrors_open: bool) -> bool:
        return True


CHARGE: list[tuple[int, Action]] = [
    (120, ("permitted", True)),
    (1, ("limit_a", 16.0)),
    (1, ("cable", 220.0)),
    (100, ("pilot", "B")),
    (500, ("pilot", "C")),
    (500, ("amps", (0.0, 0.0, 0.0))),
]


@pytest.mark.parametrize(
    ("part", "changed", "script"),
    [
        ({"diode_type": _NoDiodeCheck}, {}, [(120, ("low_mv", -8_800)), *CHARGE]),
        ({"earth_type": _NoEarthCheck}, {}, [(120, ("earth_sense", False)), *CHARGE]),
        ({"lock_type": _HastyLock}, {}, [*CHARGE, (10, ("permitted", False))]),
        ({}, {"pilot_filter_us": 150_000}, [*CHARGE, (10, ("pilot", "B"))]),
        ({}, {"duty_interval_us": 0}, [*CHARGE, (1, ("limit_a", 10.0)), (9, ("limit_a", 6.0))]),
    ],
    ids=["diode", "earth", "lock", "filter", "duty"],
)
def test_the_watchdog_bites_a_wrong_controller(
    make_bench: Callable[..., Any],
    part: dict[str, Any],
    changed: dict[str, Any],
    script: list[tuple[int, Action]],
) -> None:
    wrong = type("Wrong", (ReferenceController,), part)

    def make_wrong(settings: dict[str, Any], **facts: Any) -> Any:
        return make_bench(settings=settings | changed, controller_type=wrong, **facts)

    hardware = {"kind": "socket", "phases": 3, "lock": True}
    _guard(make_bench, script, hardware)
    with pytest.raises(AssertionError):
        _guard(make_wrong, script, hardware)
