"""What the firmware's two programs do at a link whose other end is no twin of theirs."""

from __future__ import annotations

import json
import socket
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.host_program import host_program
from twin.link.frames import (
    HEADER,
    HELLO,
    LINK_VERSION,
    MAGIC,
    REFUSED_BYTES,
    WELCOME,
    FrameType,
)
from twin.link.layout import layout_crc

__all__ = ["host_program"]

NO_LINK, BAD_USE = 1, 2
WAIT_S = 60


class WrongTwin:
    """Starts a program, takes its HELLO, and says what a test wants."""

    def __init__(self, program: Path, folder: Path, mode: str) -> None:
        settings = {"url": "ws://127.0.0.1:1", "identity": "CP1"}
        (folder / "settings.json").write_text(json.dumps(settings))
        self.ours, theirs = socket.socketpair()
        self.ours.settimeout(WAIT_S)
        command = [program, *([mode] if mode else []), "--nvm", folder]
        with theirs:
            self.process = subprocess.Popen(
                command, stdin=theirs.fileno(), stderr=subprocess.PIPE, text=True
            )

    def hello(self) -> tuple[int, int, int]:
        """Return version of the link, number of EVSEs and checksum that it says."""
        kind, evses, size = HEADER.unpack(self.ours.recv(HEADER.size, socket.MSG_WAITALL))
        assert (kind, size) == (FrameType.HELLO, HELLO.size)
        magic, link, _, crc, _ = HELLO.unpack(self.ours.recv(size, socket.MSG_WAITALL))
        assert magic == MAGIC
        return link, evses, crc

    def say(self, kind: int, body: bytes, size: int | None = None) -> None:
        self.ours.sendall(HEADER.pack(kind, 1, len(body) if size is None else size) + body)

    def ending(self) -> tuple[int, str]:
        """Hang up; return the program's exit code and what it said."""
        self.ours.close()
        _, said = self.process.communicate(timeout=WAIT_S)
        return self.process.returncode, said


@pytest.fixture(params=["", "--ocpp"], ids=["controller", "ocpp"])
def twin(request: pytest.FixtureRequest, host_program: Path, tmp_path: Path) -> Iterator[WrongTwin]:
    made = WrongTwin(host_program, tmp_path, request.param)
    yield made
    if made.process.returncode is None:
        made.ending()


def test_it_says_the_versions_that_the_twin_can_compare(twin: WrongTwin) -> None:
    assert twin.hello() == (LINK_VERSION, 1, layout_crc())
    assert twin.ending()[0] == NO_LINK


def test_the_words_of_a_refusal_are_passed_on(twin: WrongTwin) -> None:
    twin.hello()
    why = b"it speaks version 1 of the link, the twin version 2"
    twin.say(FrameType.REFUSED, why.ljust(REFUSED_BYTES, b"\0"))
    code, said = twin.ending()
    assert code == NO_LINK
    assert f"no link: {why.decode()}" in said


@pytest.mark.parametrize(
    ("kind", "body", "size"),
    [
        (FrameType.WELCOME, b"", None),
        (FrameType.WELCOME, WELCOME.pack(LINK_VERSION, 1, 0, 0, 0), None),
        (FrameType.WELCOME, WELCOME.pack(LINK_VERSION, 1, 0, 0, 0) + bytes([99]) * 16, None),
        (FrameType.GRANT, b"\0" * 16, None),
        (FrameType.WELCOME, b"half", 36),
        (99, b"what", None),
        (0xFF, b"", 0xFFFF),
    ],
    ids=["empty", "short", "of no charger", "a grant", "half", "unknown", "a huge one"],
)
def test_what_is_no_welcome_ends_it_with_a_line(
    twin: WrongTwin, kind: int, body: bytes, size: int | None
) -> None:
    twin.hello()
    twin.say(kind, body, size)
    code, said = twin.ending()
    assert code == NO_LINK
    assert "no link: standard input is no socket with a twin behind it" in said


def test_a_standard_input_that_is_no_socket_ends_it_with_a_line(
    host_program: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        [host_program, "--nvm", tmp_path],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=WAIT_S,
    )
    assert done.returncode == NO_LINK
    assert "no link: standard input is no socket" in done.stderr


@pytest.mark.parametrize("arguments", [[], ["--nvm"], ["--ocpp", "x"], ["--nvm", "x", "y", "z"]])
def test_wrong_arguments_are_answered_with_the_right_ones(
    host_program: Path, arguments: list[str]
) -> None:
    done = subprocess.run(
        [host_program, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=WAIT_S,
    )
    assert done.returncode == BAD_USE
    assert "use: " in done.stderr


def test_a_power_cut_is_waited_out_in_silence(twin: WrongTwin) -> None:
    twin.hello()
    hardware = struct.pack("<BIBBB", 1, 32_000, 3, 0, 0) + struct.pack("<q", 0)
    twin.say(FrameType.WELCOME, WELCOME.pack(LINK_VERSION, 1, layout_crc(), 0, 0) + hardware)
    twin.say(FrameType.POWER_CUT, b"\0" * 8)
    twin.say(FrameType.GRANT, b"\0" * 16)
    code, said = twin.ending()
    assert (code, said) == (0, "")
