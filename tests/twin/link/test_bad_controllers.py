"""What breaks the rules of the link, or is gone, is told in one clear message."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hil.targets.sil import SilTarget
from scenarios.listener import SUITES
from scenarios.runner import run_scenarios
from tests.peers.link_controller import Peer, PlayedFirmware
from twin.clock import Clock
from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.evse import Evse
from twin.evse_config import EvseConfig
from twin.link.codec import codec
from twin.link.controller import Firmware, LinkController
from twin.link.firmware import HostFirmware
from twin.link.frames import HEADER, REFUSED_BYTES, REPLY, Changed, FrameType, LinkError
from twin.link.layout import layout_crc
from twin.link.pins import Outputs
from twin.process import Report

Play = Callable[[Peer], None]
refusals: list[str] = []


def refused(**wrong: int) -> Play:
    """Return who greets wrongly, and keeps the twin's words."""

    def play(peer: Peer) -> None:
        kind, body = peer.hello(**wrong)
        assert kind == FrameType.REFUSED
        assert len(body) == REFUSED_BYTES
        refusals.append(body.rstrip(b"\0").decode("ascii"))

    return play


def says(data: bytes) -> Play:
    """Return who says nothing but this."""
    return lambda peer: peer.send_bytes(data)


def answers(data: bytes, *, then_silent: bool = False) -> Play:
    """Return who greets well, and answers the first grant with this."""

    def play(peer: Peer) -> None:
        peer.greet()
        peer.grant()
        peer.send_bytes(data)
        if then_silent:
            peer.receive()

    return play


def replies(tick: Callable[[int, int], int], *, broken_at: int | None = None) -> Play:
    """Return who answers a grant for a tick of its own choice, with a byte set to 99."""

    def play(peer: Peer) -> None:
        peer.greet()
        grant = peer.grant()
        assert grant is not None
        body = bytearray(
            REPLY.pack(tick(grant.first_tick_us, grant.until_us), Changed.NOTHING, 0)
            + codec("outputs").pack(Outputs())
            + codec("report").pack(Report())
        )
        if broken_at is not None:
            body[REPLY.size + broken_at] = 99
        peer.send(FrameType.REPLY, bytes(body))

    return play


def frame(kind: int, body: bytes, evses: int = 1) -> bytes:
    return HEADER.pack(kind, evses, len(body)) + body


WHOLE = REPLY.pack(0, 0, 0) + codec("outputs").pack(Outputs()) + codec("report").pack(Report())

BAD: dict[str, tuple[Play, str]] = {
    "another version of the link": (
        refused(link=9),
        "scripted speaks version 9 of the link, the twin version 2: build both from the same",
    ),
    "another pin table": (
        refused(pins=9),
        rf"scripted has version 9 \({layout_crc():08x}\) of the pin table, the twin version 1",
    ),
    "other fields": (refused(crc=0xBAD), r"\(00000bad\) of the pin table, the twin version 1"),
    "a reason that does not exist": (
        replies(lambda first, _: first, broken_at=8 - REPLY.size),
        "scripted came back for reasons 0x63, which do not exist",
    ),
    "another number of EVSEs": (refused(evses=2), "scripted controls 2 EVSEs, the twin has 1"),
    "no EVSL": (
        says(frame(FrameType.HELLO, b"GET / HTTP/1.1\r\n" * 2)),
        "the controller is not a controller: there is no EVSL in its HELLO",
    ),
    "garbage": (
        says(b"GET / HTTP/1.1\r\n\r\n"),
        "sent a header that is none of this protocol: type 71, 8276 bytes",
    ),
    "a frame too long": (says(HEADER.pack(1, 1, 65_535)), "type 1, 65535 bytes"),
    "no HELLO first": (
        says(frame(FrameType.REPLY, WHOLE)),
        "begins with REPLY, 135 bytes: the first frame of a controller is HELLO, 32 bytes",
    ),
    "an end in mid-frame": (
        says(frame(FrameType.HELLO, bytes(32))[:20]),
        "ended the connection, where the rest of a HELLO was awaited",
    ),
    "an end in mid-session": (
        answers(b""),
        "scripted has ended the connection, where a frame was awaited",
    ),
    "a reply too short": (
        answers(frame(FrameType.REPLY, WHOLE[:-1])),
        "scripted answered a grant with REPLY, 134 bytes",
    ),
    "another frame for a reply": (
        answers(frame(FrameType.HELLO, bytes(32))),
        "scripted answered a grant with HELLO, 32 bytes",
    ),
    "a reply for other EVSEs": (answers(frame(FrameType.REPLY, WHOLE, 2)), "with REPLY"),
    "half a reply, and silence": (
        answers(frame(FrameType.REPLY, WHOLE)[:50], then_silent=True),
        "scripted does not answer: silent for 0.5 s of wall time, while virtual time stood still",
    ),
    "silence": (answers(b"", then_silent=True), "scripted does not answer: silent for 0.5 s"),
    "silence from the first": (
        lambda peer: peer.receive() and None,
        "the controller does not answer: silent for 0.5 s",
    ),
    "a tick after its grant": (replies(lambda _, until_us: until_us + 1000), "it was granted"),
    "a tick before its grant": (replies(lambda first_us, _: first_us - 1000), "it was granted"),
    "a tick off the grid": (replies(lambda first_us, _: first_us + 1), "says that it ran the tick"),
    "a pilot mode that does not exist": (
        replies(lambda first_us, _: first_us, broken_at=0),
        "scripted: pilot_mode is 99: there are 3 choices",
    ),
}


def boot(firmware: Firmware) -> LinkController:
    """Run an EVSE through its boot and some ticks."""
    controller = LinkController(lambda: firmware, ControllerSettings(), Hardware())
    try:
        clock = Clock()
        Evse(clock, EvseConfig(seed=5), controller)
        clock.run_until(1_000_000)
    finally:
        controller.close()
    return controller


def patience_s(message: str) -> float:
    """Return how long to wait for who is silent for ever, and for anybody else."""
    return 0.5 if "silent for" in message else 30.0


@pytest.mark.parametrize("case", BAD)
def test_it_is_told_in_one_clear_message(case: str) -> None:
    play, message = BAD[case]
    with pytest.raises(LinkError, match=message):
        boot(PlayedFirmware(play, timeout_s=patience_s(message)))


def test_who_is_refused_hears_both_versions() -> None:
    refusals.clear()
    with pytest.raises(LinkError):
        boot(PlayedFirmware(refused(link=9)))
    assert refusals == ["scripted speaks version 9 of the link, the twin version 2"]


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that makes a program of lines of Python."""

    def make(lines: str) -> Path:
        path = tmp_path / "charger"
        path.write_text(f"#!{sys.executable} -IS\n{lines}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    return make


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("raise SystemExit(3)", "charger has ended the connection, .* awaited; exit code 3"),
        ("import os; os.abort()", "charger has ended the connection, .*; killed by SIGABRT"),
        ("import time; time.sleep(60)", "charger does not answer: silent for 0.5 s of wall time"),
    ],
)
def test_how_a_program_has_ended_is_told(
    lines: str, message: str, program: Callable[[str], Path]
) -> None:
    with pytest.raises(LinkError, match=message):
        boot(HostFirmware(program(lines), timeout_s=patience_s(message)))


def test_a_program_that_does_not_start_is_told(tmp_path: Path) -> None:
    (tmp_path / "charger").write_text("not a program", encoding="utf-8")
    with pytest.raises(LinkError, match=r"charger does not start: .*Permission denied"):
        boot(HostFirmware(tmp_path / "charger"))


def test_a_program_that_dies_leaves_a_scenario_inconclusive_and_breaks_no_limit(
    program: Callable[[str], Path], tmp_path: Path
) -> None:
    target = SilTarget(program("raise SystemExit(3)"))
    run = run_scenarios(
        target,
        [SUITES / "timing/opening.robot"],
        tmp_path / "out",
        at_most=1,
        only=lambda each: "From C To B" in each.name,
        quiet=True,
        reports=False,
    )
    target.close()
    assert run.scenarios
    assert all("exit code 3" in each.message for each in run.scenarios)
    assert run.failed_requirements() == set()
    assert not run.passed()
