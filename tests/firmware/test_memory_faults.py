"""A non-volatile memory that tears, flips, refuses and stalls, under the firmware's host build.

What it does wrong is ordered by `faults.json` (docs/link.md); the limits that hold while it stalls
are those of the scenarios, and why a stall hits where it does is decision 26.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from hil.limits import Outcome
from hil.report import Run
from hil.target import EvseFacts, VehicleFacts
from hil.targets.sil import SilTarget
from scenarios.listener import SUITES
from scenarios.runner import run_scenarios
from tests.peers.bare_controller import TICK_US, BareController, controller
from tests.peers.host_program import host_program
from twin.evse_config import Tolerance
from twin.link.frames import LinkError

__all__ = ["controller", "host_program"]

TYPICAL_US, WORST_US = 45_000, 400_000
"""Erasing a sector of 4 KiB of common flash parts: typically, and at worst (decision 26)."""
RECORD_BYTES = 66
"""One slot of the controller's record: 58 bytes of data, a sequence number and a checksum."""
SAVES_EVERY_S = 8
"""… and once as soon as it counts, or has caught up with its converter."""


# --- a torn write ---


def registers_after_a_cut(controller: BareController, byte: int) -> tuple[float, float, float]:
    """Return what was saved first, what was to be saved when power went, and what is there."""
    saved_at_s = SAVES_EVERY_S + 0.5
    first = controller.start().energy_wh
    controller.kill()
    controller.start({"cut_at_write": 3, "cut_after_bytes": byte})
    old = controller.run(saved_at_s).energy_wh
    new = old
    ended = ""
    while not ended:
        try:
            new = controller.run(0.05).energy_wh
        except LinkError as error:
            ended = str(error)
    assert "killed by SIGKILL" in ended
    controller.kill()
    # A reset leaves the converter: what it has counted since is no loss, so it starts anew too.
    controller.now_us = 0
    after = controller.start().energy_wh
    controller.kill()
    controller.memory.unlink()
    assert first <= old <= new
    return old, new, after


def old_or_new(controller: BareController, byte: int) -> str:
    old, new, after = registers_after_a_cut(controller, byte)
    second_wh = 2 * 11_000 / 3_600
    if after == pytest.approx(new, abs=second_wh):
        return "new"
    assert after == pytest.approx(old, abs=2 * second_wh), (byte, old, new, after)
    return "old"


def test_power_that_goes_in_the_midst_of_a_save_leaves_the_register_old_or_new(
    controller: BareController,
) -> None:
    for byte in range(0, RECORD_BYTES, 11):
        assert old_or_new(controller, byte) == "old"
    assert old_or_new(controller, RECORD_BYTES) == "new"


@pytest.mark.full
def test_power_that_goes_at_any_byte_of_a_save_leaves_the_register_as_it_was(
    controller: BareController,
) -> None:
    for byte in range(RECORD_BYTES):
        assert old_or_new(controller, byte) == "old"


# --- flipped bits ---


def test_a_bit_that_flips_in_the_newest_record_gives_the_one_before_it(
    controller: BareController,
) -> None:
    controller.start()
    controller.run(SAVES_EVERY_S + 1)
    controller.kill()
    controller.now_us = 0
    whole = controller.start().energy_wh
    controller.kill()
    second_slot = 8 * (RECORD_BYTES + 10)
    older = controller.start({"flipped_bits": [second_slot]}).energy_wh
    assert 0 < older < whole


def test_a_bit_that_flips_in_both_records_gives_a_register_that_begins_anew_and_says_so(
    controller: BareController, capfd: pytest.CaptureFixture[str]
) -> None:
    controller.start()
    controller.run(2 * SAVES_EVERY_S + 1)
    controller.kill()
    controller.now_us = 0
    both = {"flipped_bits": [8 * 10, 8 * (RECORD_BYTES + 10)]}
    assert controller.start(both, register_mwh=5_000_000).energy_wh == pytest.approx(5_000)
    assert "holds no whole record: the register begins at 5000000 mWh" in capfd.readouterr().err


# --- a memory that refuses ---


def test_a_memory_that_is_silent_at_the_start_is_not_written_over(
    controller: BareController, capfd: pytest.CaptureFixture[str]
) -> None:
    controller.start()
    controller.run(SAVES_EVERY_S + 1)
    controller.kill()
    kept = controller.memory.read_bytes()
    controller.now_us = 0
    assert controller.start({"reads_fail_from": 1}, register_mwh=0).energy_wh == 0
    assert "does not answer, and is not written to" in capfd.readouterr().err
    controller.run(SAVES_EVERY_S + 1)
    controller.kill()
    assert controller.memory.read_bytes() == kept


def test_a_disturbed_read_at_the_start_is_no_loss(controller: BareController) -> None:
    controller.start()
    controller.run(SAVES_EVERY_S + 1)
    controller.kill()
    controller.now_us = 0
    whole = controller.start().energy_wh
    controller.kill()
    controller.now_us = 0
    assert controller.start({"reads_fail_from": 1, "reads_fail": 2}).energy_wh == whole > 0


def test_a_write_that_was_refused_is_made_a_second_later(
    controller: BareController, capfd: pytest.CaptureFixture[str]
) -> None:
    controller.start({"writes_fail_from": 1, "writes_fail": 1})
    controller.run(0.5)
    assert set(controller.memory.read_bytes()) == {0}
    assert capfd.readouterr().err.count("takes nothing; tried again") == 1
    controller.run(1)
    controller.kill()
    controller.now_us = 0
    assert controller.start().energy_wh > 0


REFUSALS: dict[str, Mapping[str, object]] = {
    "refuses": {"writes_fail_from": 1},
    "silent": {"reads_fail_from": 1},
    "damaged": {"flipped_bits": [8 * 10, 8 * (RECORD_BYTES + 10)]},
    "stalls": {"write_us": WORST_US},
}


@pytest.mark.parametrize("fault", REFUSALS)
def test_whatever_the_memory_does_a_car_charges_and_its_contactor_opens_in_time(
    host_program: Path, fault: str
) -> None:
    target = SilTarget(host_program, memory_faults=REFUSALS[fault])
    try:
        target.set_up(EvseFacts(), seed=1)
        target.plug_in(VehicleFacts("byd-atto-3", soc_percent=40))
        target.command(permitted=True, limit_a=16.0)
        assert target.wait_for(lambda: target.current_a() > 15, 60_000_000) is not None
        target.advance(30_000_000)
        pulled_us = target.now_us
        target.unplug()
        open_us = target.wait_for(lambda: not target.pole_closed("l1"), 10_000_000)
        assert open_us is not None
        assert open_us - pulled_us <= 100_000  # IEC 61851-1 Table A.6, sequence 8.1
        assert target.fresh_report().energy_wh > 20
    finally:
        target.close()


def test_orders_that_make_no_sense_end_the_program_with_a_line(
    controller: BareController, capfd: pytest.CaptureFixture[str]
) -> None:
    for text, line in {
        "{": "faults.json: is no JSON object",
        '{"write_ms": 1}': "faults.json: write_ms is none of the faults",
        '{"write_us": -1}': "faults.json: write_us is no whole number in its range",
        '{"write_us": 1.5}': "faults.json: write_us is no whole number in its range",
        '{"flipped_bits": [262144000]}': "faults.json: flipped_bits names no bit of it",
    }.items():
        with pytest.raises(LinkError, match="exit code 2"):
            controller.start(text)
        controller.kill()
        assert line in capfd.readouterr().err


# --- stalls ---


def first_report_after_plug_in(controller: BareController) -> float:
    """Plug in right after a save; return how long it takes until that is told, ms."""
    before = controller.memory.read_bytes()
    while controller.memory.read_bytes() == before:
        controller.tick()
    saved_us = controller.now_us - TICK_US
    controller.inputs = replace(controller.inputs, pilot_high_mv=9_000)
    while not controller.tick().plugged:
        pass
    return (controller.now_us - TICK_US - saved_us) / 1000


def test_a_controller_whose_memory_stalls_is_late_by_the_stall(controller: BareController) -> None:
    controller.start()
    controller.run(SAVES_EVERY_S - 0.1)
    usual_ms = first_report_after_plug_in(controller)
    controller.kill()
    controller.memory.unlink()
    controller.now_us = 0
    controller.inputs = replace(controller.inputs, pilot_high_mv=12_000)
    controller.start({"write_us": WORST_US})
    controller.run(SAVES_EVERY_S - 0.1)
    stalled_ms = first_report_after_plug_in(controller)
    # The tick that wrote ends 400 ms late; then the filter begins to count.
    assert stalled_ms == pytest.approx(usual_ms + WORST_US / 1000, abs=1)


def test_with_the_contactor_closed_nothing_stalls(controller: BareController) -> None:
    controller.inputs = replace(controller.inputs, mirror_main_open=False)
    controller.start({"write_us": WORST_US})
    controller.run(SAVES_EVERY_S - 0.1)
    assert first_report_after_plug_in(controller) < 100


def run_stalling(
    program: Path,
    output: Path,
    stall_us: int,
    *,
    tolerance: Tolerance = "nominal",
    suites: tuple[str, ...] = ("",),
    at_most: int | None = None,
) -> Run:
    target = SilTarget(program, tolerance, memory_faults={"write_us": stall_us})
    try:
        return run_scenarios(
            target,
            tuple(SUITES / suite for suite in suites),
            output,
            only=lambda scenario: "central" not in scenario.needs,
            at_most=at_most,
            tolerance=tolerance,
            quiet=True,
            reports=False,
        )
    finally:
        target.close()


def judge(run: Run) -> None:
    failed = run.with_outcome(Outcome.FAIL)
    assert [(e.verdict.requirement.id, e.verdict.value) for e in failed] == []
    assert [scenario.message for scenario in run.scenarios if not scenario.passed] == []
    assert run.problems() == []


def test_limits_hold_while_the_memory_stalls(host_program: Path, tmp_path: Path) -> None:
    judge(run_stalling(host_program, tmp_path, WORST_US, suites=("recovery",), at_most=1))


@pytest.mark.full
@pytest.mark.parametrize("tolerance", ["nominal", "random", "worst"])
@pytest.mark.parametrize("stall_us", [TYPICAL_US, WORST_US])
def test_all_limits_of_the_electrics_hold_while_the_memory_stalls(
    host_program: Path, tmp_path: Path, stall_us: int, tolerance: Tolerance
) -> None:
    judge(run_stalling(host_program, tmp_path, stall_us, tolerance=tolerance, at_most=20))
