"""Volts, amps, watts and the energy register."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.control.metering import EnergyRegister
from twin.controller import ControllerSettings
from twin.process import Memory

SETTINGS = ControllerSettings()


def _register(energy_wh: float = 0.0) -> EnergyRegister:
    return EnergyRegister(SETTINGS, Memory(energy_wh), 0)


@pytest.fixture
def bench(make_bench: Any) -> Any:
    """A charger stepped at every tick: to be up to date is not asked of one that skips them."""
    return make_bench(skipping=False)


def test_volts_amps_and_watts_come_from_the_sums_of_a_cycle(bench: Any) -> None:
    bench.volts(231.0, 229.0, 230.0)
    bench.amps(16.0, 10.0, 0.0)
    bench.inputs.cycle_vi = (40 * 3_000.0, 40 * -20.0, 0.0)  # power factor 0.81, and a bit back
    bench.inputs.frequency_mhz = 49_980
    bench.run(2)
    report = bench.report
    assert report.voltage_v == pytest.approx((231.0, 229.0, 230.0))
    assert report.current_a == pytest.approx((16.0, 10.0, 0.0))
    assert report.power_w == pytest.approx((3_000.0, -20.0, 0.0))
    assert report.frequency_hz == 49.98


def test_without_samples_every_value_is_zero_and_not_an_error(bench: Any) -> None:
    bench.inputs.cycle_n = (0, 0, 0)
    bench.run(2)
    assert bench.report.voltage_v == (0.0, 0.0, 0.0)


def test_energy_is_the_sum_of_real_power_over_all_phases(bench: Any) -> None:
    bench.inputs.total_vi_ws = (500.0, 0.0, 0.0)  # from before the controller came up
    bench.run(1)
    bench.inputs.total_vi_ws = (500.0 + 3600.0, 7200.0, -1800.0)
    bench.run(1)
    assert bench.report.energy_wh == pytest.approx(2.5)


def test_a_converter_that_was_up_before_adds_nothing_to_the_register(make_bench: Any) -> None:
    bench = make_bench(memory=Memory(energy_wh=1234.5))
    bench.inputs.total_vi_ws = (9e6, 9e6, 9e6)
    bench.run(1)
    assert bench.report.energy_wh == 1234.5


def test_a_converter_that_starts_anew_loses_and_gains_nothing_of_the_register() -> None:
    register = _register(100.0)
    register.update(0, (0.0, 0.0, 0.0))
    register.update(1_000, (3600.0, 0.0, 0.0))
    register.update(2_000, (36.0, 0.0, 0.0))
    assert register.energy_wh == pytest.approx(101.0)
    register.update(3_000, (3636.0, 0.0, 0.0))
    assert register.energy_wh == pytest.approx(102.0)


@given(
    steps=st.lists(
        st.tuples(st.integers(1, 10**8), st.floats(-1e6, 1e6), st.floats(-1e5, 1e5)), max_size=30
    )
)
def test_neither_register_nor_memory_ever_goes_back(
    steps: list[tuple[int, float, float]],
) -> None:
    register = _register(5.0)
    now_us, l1_ws, l2_ws = 0, 0.0, 0.0
    register.update(now_us, (0.0, 0.0, 0.0))
    before, saved = register.energy_wh, register.saved_wh()
    for wait_us, more_l1_ws, more_l2_ws in steps:
        now_us += wait_us
        l1_ws, l2_ws = l1_ws + more_l1_ws, l2_ws + more_l2_ws
        register.update(now_us, (l1_ws, l2_ws, 0.0))
        assert register.energy_wh >= before
        assert saved <= register.saved_wh() <= register.energy_wh
        before, saved = register.energy_wh, register.saved_wh()


@given(
    power_w=st.floats(10.0, 50_000.0),
    cut_us=st.integers(1, 10**9).map(lambda tick: tick // 1000 * 1000 + 1000),
    looks=st.integers(1, 20),
)
def test_a_power_cut_loses_at_most_ten_seconds_of_power_however_rarely_the_register_was_looked_at(
    power_w: float, cut_us: int, looks: int
) -> None:
    register = _register()
    register.update(0, (0.0, 0.0, 0.0))
    for look in range(1, looks + 1):
        now_us = cut_us * look // looks
        if now_us:
            register.update(now_us, (power_w * now_us / 1e6, 0.0, 0.0))
    lost_wh = register.energy_wh - register.saved_wh()
    assert -1e-6 <= lost_wh <= power_w * 10.001 / 3600


def test_over_a_reset_the_register_catches_up_with_the_converter() -> None:
    before = _register()
    before.update(0, (0.0, 0.0, 0.0))
    before.update(14_000_000, (14 * 3600.0, 0.0, 0.0))
    saved = Memory(before.saved_wh(), converter_ws=before.saved_ws())
    assert saved == Memory(pytest.approx(10.0), converter_ws=pytest.approx(36_000.0))
    after = EnergyRegister(SETTINGS, saved, 15_000_000)
    after.update(15_000_000, (15 * 3600.0, 0.0, 0.0))
    assert after.energy_wh == pytest.approx(15.0)


def test_resets_in_a_row_each_before_a_save_is_due_keep_nothing_back_from_a_power_cut() -> None:
    saved = Memory(converter_ws=0.0)
    for now_s in range(0, 100, 5):
        register = EnergyRegister(SETTINGS, saved, now_s * 1_000_000)
        register.update(now_s * 1_000_000, (11_000.0 * now_s, 0.0, 0.0))
        register.update((now_s + 4) * 1_000_000, (11_000.0 * (now_s + 4), 0.0, 0.0))
        saved = Memory(register.saved_wh(), converter_ws=register.saved_ws())
    assert saved.energy_wh == pytest.approx(11_000.0 * 95 / 3600)


@given(
    saved_ws=st.floats(0.0, 1e9),
    since_ws=st.floats(0.0, 1e9),
    more_ws=st.floats(0.0, 1e9),
)
def test_after_a_power_cut_the_converter_has_started_anew_and_the_register_never_gains(
    saved_ws: float, since_ws: float, more_ws: float
) -> None:
    register = EnergyRegister(SETTINGS, Memory(100.0, converter_ws=saved_ws), 0)
    register.update(0, (since_ws, 0.0, 0.0))
    register.update(1_000, (since_ws + more_ws, 0.0, 0.0))
    passed_wh = (since_ws + more_ws) / 3600
    assert 100.0 <= register.energy_wh <= 100.0 + passed_wh + 1e-6


def test_memory_survives_a_reset(make_bench: Any) -> None:
    bench = make_bench(memory=Memory(energy_wh=10.0), skipping=False)
    bench.inputs.total_vi_ws = (0.0, 0.0, 0.0)
    for second in range(30):
        bench.inputs.total_vi_ws = (7_000.0 * second, 0.0, 0.0)
        bench.run(1000)
    memory = bench.controller.memory(bench.now_us)
    true_wh = bench.report.energy_wh
    assert true_wh - 7_000.0 * 11 / 3600 <= memory.energy_wh <= true_wh
    bench.controller.reset(bench.now_us, memory)
    bench.run(10)
    assert bench.report.energy_wh == pytest.approx(true_wh)
