"""What a program at the business link can do wrong, and how it is told."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.peers.host_program import host_program
from twin.control.hardware import Hardware
from twin.link.business import BusinessSession, Polled, Send
from twin.link.business_frames import KEY_BYTES, MAX_TEXT, SHOWN, STRUCTS, BusinessFrame
from twin.link.codec import codec
from twin.link.frames import HEADER, HELLO, LINK_VERSION, MAGIC, LinkError
from twin.link.layout import layout_crc
from twin.link.pins import PINS_VERSION
from twin.process import Command, Report

__all__ = ["host_program"]

F = BusinessFrame


def frame(kind: int, body: bytes = b"", connectors: int = 1) -> bytes:
    return HEADER.pack(kind, connectors, len(body)) + body


def polled(*, status: int = 0, reset: int = 0, registration: int = 3, connectors: int = 1) -> bytes:
    body = STRUCTS[F.POLLED].pack(5_000_000, reset, registration, 1, 0)
    return body + SHOWN.pack(status, 0, 0, 0) * (connectors + 1)


def command(connector: int) -> bytes:
    return STRUCTS[F.COMMAND].pack(connector) + codec("command").pack(Command())


@pytest.fixture
def ends() -> Iterator[tuple[BusinessSession, socket.socket]]:
    """A session that has greeted, and the program's end of it."""
    ours, theirs = socket.socketpair()
    session = BusinessSession(ours, timeout_s=0.2)
    hello = HELLO.pack(MAGIC, LINK_VERSION, PINS_VERSION, layout_crc(), b"scripted")
    theirs.sendall(frame(F.HELLO, hello))
    session.greet(0, 0, [(Hardware(), 0)])
    theirs.recv(4096)
    yield session, theirs
    session.close()
    theirs.close()


def test_what_happened_comes_before_the_poll_and_what_is_asked_before_its_end(
    ends: tuple[BusinessSession, socket.socket],
) -> None:
    session, program = ends
    session.report(1, Report())
    session.tag(1, "TAG1")
    session.net_text(b"x" * (MAX_TEXT + 1))
    program.sendall(frame(F.NET_SEND, '[2,"1","ü",{}]'.encode()) + frame(F.POLLED, polled()))
    asked, end = session.poll(1_000)
    assert asked == [Send('[2,"1","ü",{}]')]
    assert isinstance(end, Polled)
    assert (end.next_us, end.registration, len(end.shown)) == (5_000_000, 3, 2)
    told = program.recv(1 << 20)
    kinds = []
    while told:
        kind, connectors, size = HEADER.unpack_from(told)
        kinds.append((F(kind), size))
        assert connectors == 1
        told = told[HEADER.size + size :]
    assert kinds == [
        (F.REPORT, 1 + codec("report").size),
        (F.TAG, 21),
        (F.NET_TEXT, 4 + MAX_TEXT),
        (F.POLL, 8),
    ]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (frame(F.REPORT, b"\x01" + bytes(71)), "answered a poll with REPORT"),
        (frame(F.COMMAND, command(2)), "answered a poll with COMMAND"),
        (frame(F.COMMAND, command(1)[:-1]), "answered a poll with COMMAND, 16 bytes"),
        (frame(F.NET_CLOSE, b"!"), "answered a poll with NET_CLOSE, 1 bytes"),
        (frame(F.NET_PING, b"!"), "answered a poll with NET_PING, 1 bytes"),
        (frame(F.EVENT, b"\x02hello"), "answered a poll with EVENT"),
        (
            frame(
                F.NET_CONNECT,
                STRUCTS[F.NET_CONNECT].pack(b"ws://x", b"ocpp1.6", b"CP1", KEY_BYTES + 1, b""),
            ),
            "answered a poll with NET_CONNECT",
        ),
        (frame(F.POLLED, polled()[:-1]), "answered a poll with POLLED"),
        (frame(F.POLLED, polled(), connectors=2), "answered a poll with POLLED"),
        (frame(F.POLLED, polled(status=9)), "shows status 9: there are 0 to 8"),
        (frame(F.POLLED, polled(reset=3)), "wants reset 3, registration 3"),
        (frame(F.POLLED, polled(registration=4)), "wants reset 0, registration 4"),
        (frame(99), "none of this protocol: type 99"),
        (b"", "silent for 0.2 s of wall time"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_breaks_the_rules_is_told(
    ends: tuple[BusinessSession, socket.socket], said: bytes, message: str
) -> None:
    session, program = ends
    program.sendall(said)
    with pytest.raises(LinkError, match=message):
        session.poll(1_000)


def test_a_program_that_never_comes_to_an_end_is_given_up(
    ends: tuple[BusinessSession, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    session, program = ends
    monkeypatch.setattr("twin.link.business.MOST_ASKED", 100)
    program.sendall(frame(F.NET_CLOSE) * 101)
    with pytest.raises(LinkError, match="asks for more than 100 things in one poll"):
        session.poll(1_000)


def _without(content: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key != name}


GOOD: dict[str, Any] = {"url": "ws://127.0.0.1:9", "identity": "CP1", "connectors": 2, "seed": 7}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda good: None, "No such file or directory"),
        (lambda good: "{", "is no JSON object"),
        (lambda good: [good], "is no JSON object"),
        (lambda good: _without(good, "url"), "url is missing"),
        (lambda good: _without(good, "identity"), "identity is missing"),
        (lambda good: {**good, "url": 5}, "url is no text"),
        (lambda good: {**good, "key": "00"}, "key is no hexadecimal text of 16 to 20 bytes"),
        (lambda good: {**good, "key": "zz" * 16}, "key is no hexadecimal text of 16 to 20 bytes"),
        (lambda good: {**good, "connectors": 3}, "connectors is none of the settings, or out"),
        (lambda good: {**good, "configuration": []}, "configuration is no object"),
        (lambda good: {**good, "configuration": {"A": 1}}, "A is no text"),
        (lambda good: {**good, "tls_url": 5}, "tls_url is no text"),
        (lambda good: {**good, "profiles": "Core"}, "profiles is no list"),
        (lambda good: {**good, "profiles": [1]}, "profiles has in it what is no text"),
        (lambda good: {**good, "profiles": ["Core", "Smart"]}, "Smart is no feature profile"),
        (lambda good: {**good, "battery_clock": 1}, "battery_clock is neither true nor false"),
        (lambda good: {**good, "colour": "red"}, "colour is none of the settings, or no number"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_settings_that_cannot_be_end_the_program_with_one_line_and_code_2(
    host_program: Path, tmp_path: Path, change: Callable[[Any], Any], message: str
) -> None:
    content = change(GOOD)
    if content is not None:
        text = content if isinstance(content, str) else json.dumps(content)
        (tmp_path / "settings.json").write_text(text)
    done = subprocess.run(
        [host_program, "--ocpp", "--nvm", tmp_path],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("evseloop ocpp: settings.json: ")
    assert message in line


def test_without_a_twin_behind_its_input_it_says_so(host_program: Path, tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text(json.dumps(GOOD))
    done = subprocess.run(
        [host_program, "--ocpp", "--nvm", tmp_path],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "standard input is no socket with a twin behind it" in done.stderr
