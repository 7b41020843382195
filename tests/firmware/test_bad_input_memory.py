"""What the firmware's controller does with a memory that somebody, or age, has spoilt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.peers.bare_controller import IDLE, BareController, controller
from tests.peers.host_program import host_program
from twin.control.hardware import Hardware
from twin.link.firmware import HostFirmware
from twin.link.frames import LinkError
from twin.process import FaultCode, Phase, Report

__all__ = ["controller", "host_program"]

SLOT_BYTES = 66
TOLD_MWH = 5_000_000
"""Where a register that is new begins, here."""


def start_with(controller: BareController, image: bytes) -> Report:
    """Start it anew with this memory; its register begins at 5 kWh where none is kept."""
    controller.kill()
    controller.memory.write_bytes(image)
    controller.now_us = 0
    return controller.start(register_mwh=TOLD_MWH)


def saved_twice(controller: BareController) -> tuple[bytes, float, float]:
    """Return a memory with two saves in it, and the register of the older and of the newer."""
    controller.start()
    controller.run(2)  # what the register has caught up with is saved at once …
    first = controller.memory.read_bytes()
    controller.run(8)  # … and what it counts every 8 s
    controller.kill()
    both = controller.memory.read_bytes()
    older, newer = (start_with(controller, image).energy_wh for image in (first, both))
    assert 0 < older < newer < TOLD_MWH / 1000
    return both, older, newer


def flip_each(controller: BareController, places: Iterable[int]) -> None:
    """Flip a byte: it is the newer record or the older one, whole, and nothing else."""
    image, older, newer = saved_twice(controller)
    kept = {older: 0, newer: 0}
    for at in places:
        spoilt = bytearray(image)
        spoilt[at] ^= 0xFF
        report = start_with(controller, bytes(spoilt))
        assert report.energy_wh in kept, at
        assert report.faults == frozenset(), at
        kept[report.energy_wh] += 1
    # A byte of the one slot leaves the other.
    assert kept[older] == kept[newer] > 0


def test_a_spoilt_byte_of_a_record_gives_the_other_record(controller: BareController) -> None:
    flip_each(controller, range(0, 2 * SLOT_BYTES, 6))


@pytest.mark.full
def test_any_spoilt_byte_of_a_record_gives_the_other_record(controller: BareController) -> None:
    flip_each(controller, range(2 * SLOT_BYTES))


@pytest.mark.parametrize("byte", [0x00, 0xFF])
def test_a_blank_memory_is_a_new_one_and_says_so_where_there_was_one_before(
    controller: BareController, capfd: pytest.CaptureFixture[str], byte: int
) -> None:
    controller.start()
    assert capfd.readouterr().err == ""
    size = controller.memory.stat().st_size
    assert start_with(controller, bytes([byte]) * size).energy_wh == TOLD_MWH / 1000
    said = capfd.readouterr().err
    assert said == (
        "evseloop firmware: the non-volatile memory is blank: the register begins at 5000000 mWh\n"
    )


def test_a_file_that_was_cut_keeps_what_is_whole_in_it(
    controller: BareController, capfd: pytest.CaptureFixture[str]
) -> None:
    image, older, newer = saved_twice(controller)
    at_first = {older, newer}
    capfd.readouterr()
    assert start_with(controller, image[: 2 * SLOT_BYTES]).energy_wh == newer
    assert "fram.bin had another size" in capfd.readouterr().err
    assert start_with(controller, image[: SLOT_BYTES + 20]).energy_wh in at_first
    assert start_with(controller, image[:20]).energy_wh == TOLD_MWH / 1000
    assert "holds no whole record" in capfd.readouterr().err
    assert start_with(controller, image + b"more").energy_wh == newer
    assert "fram.bin had another size" in capfd.readouterr().err


def test_a_memory_that_cannot_be_opened_ends_the_program_with_the_reason(
    controller: BareController, capfd: pytest.CaptureFixture[str]
) -> None:
    controller.memory.mkdir()
    with pytest.raises(LinkError, match="exit code 2"):
        controller.start()
    assert "no non-volatile memory in" in capfd.readouterr().err


def test_a_directory_that_is_not_there_ends_the_program_with_the_reason(
    host_program: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    firmware = HostFirmware(host_program, nvm=tmp_path / "nowhere")
    session = firmware.start()
    with pytest.raises(LinkError, match="exit code 2"):
        session.greet(0, 0, [(Hardware(), 0)])
    session.close()
    firmware.close()
    assert "nowhere: No such file or directory" in capfd.readouterr().err


# --- a weld ---


def weld(controller: BareController) -> bytes:
    """Have it find a weld; return the memory that holds it."""
    controller.inputs = replace(IDLE, mirror_main_open=False)
    controller.start()
    assert FaultCode.CONTACTOR_WELDED in controller.run(2).faults
    controller.kill()
    return controller.memory.read_bytes()


def test_a_weld_is_known_after_power_was_lost_although_the_contactor_opens_again(
    controller: BareController,
) -> None:
    image = weld(controller)
    controller.inputs = IDLE
    report = start_with(controller, image)
    assert FaultCode.CONTACTOR_WELDED in report.faults
    assert controller.run(2).phase is Phase.FAULTED


def test_a_weld_that_the_memory_has_lost_is_seen_at_the_mirror_contact(
    controller: BareController,
) -> None:
    image = weld(controller)
    spoilt = bytes(byte ^ 0x55 for byte in image)
    start_with(controller, spoilt)
    assert FaultCode.CONTACTOR_WELDED in controller.run(2).faults
