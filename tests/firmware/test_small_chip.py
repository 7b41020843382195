"""The charging process fits a small chip, and runs on one (rv32imc, emulated)."""

from __future__ import annotations

import pytest

from bench.firmware import AIMS, measure


@pytest.fixture(scope="module")
def figures():
    return measure()


def test_a_session_on_the_chip_charges_and_opens(figures):
    assert figures["charged"] == 1
    assert figures["opened"] == 1
    # 33 s at three times 230 V and 15.905 A.
    assert figures["energy_mwh"] == pytest.approx(3 * 230 * 15.905 * 33 / 3.6, rel=0.03)


def test_code_and_memory_stay_below_their_aims(figures):
    assert figures["code_bytes"] < AIMS["code_bytes"]
    assert figures["ram_bytes"] < AIMS["ram_bytes"]


def test_a_tick_is_never_longer_than_a_tenth_of_a_millisecond_at_160_mhz(figures):
    worst = max(value for name, value in figures.items() if name.endswith("_worst"))
    assert worst < 16_000


@pytest.mark.parametrize("phase", ["idle", "beginning", "charging", "ending"])
def test_a_tick_stays_below_its_aim(figures, phase):
    assert figures[f"{phase}_mean"] < AIMS["instructions_a_tick"]
