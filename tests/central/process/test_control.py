"""The control socket of an external clock."""

import asyncio
import json
import stat
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from central.control import ControlSocket, ControlSocketError, bound, listening
from central.domain.clock import EXTERNAL_EPOCH, ExternalClock
from central.jobs import Job, Schedule


class Rig:
    """A clock, a job that notes its times, and the socket that moves them."""

    def __init__(self, path):
        self.path = path
        self.clock = ExternalClock()
        self.ran = []
        schedule = Schedule(self.clock, [Job("note", timedelta(minutes=1), self._note)])
        self.control = ControlSocket(self.clock, schedule)

    async def _note(self, now):
        self.ran.append(now)


@asynccontextmanager
async def answering(rig):
    with bound(rig.path) as listener:
        async with listening(listener, rig.control):
            yield


@pytest.fixture
async def rig(tmp_path):
    rig = Rig(tmp_path / "control")
    async with answering(rig):
        yield rig


async def _ask(rig, *lines):
    reader, writer = await asyncio.open_unix_connection(rig.path)
    answers = []
    for line in lines:
        writer.write(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n")
        answers.append(json.loads(await reader.readline()))
    writer.close()
    await writer.wait_closed()
    return answers


async def test_the_answer_to_set_comes_after_what_fell_due_has_run(rig):
    (answer,) = await _ask(rig, {"set": "2026-01-01T00:00:00.000000Z"})
    assert answer == {"ok": True, "now": "2026-01-01T00:00:00.000000Z"}
    assert rig.ran == [datetime(2026, 1, 1, tzinfo=UTC)]


async def test_times_are_set_one_after_the_other_on_one_connection(rig):
    answers = await _ask(
        rig,
        {"set": "2026-01-01T00:00:00Z"},
        {"set": "2026-01-01T00:00:30.000001Z"},
        {"set": "2026-01-01T02:00:00+01:00"},
    )
    assert [answer["now"] for answer in answers] == [
        "2026-01-01T00:00:00.000000Z",
        "2026-01-01T00:00:30.000001Z",
        "2026-01-01T01:00:00.000000Z",
    ]


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"nonsense\n",
        b"\xff\n",
        b"[]\n",
        b"{}\n",
        b'{"set": 7}\n',
        b'{"set": null}\n',
        b'{"set": "yesterday"}\n',
        b'{"set": "2026-01-01T00:00:00"}\n',
        b'{"set": "2019-12-31T23:59:59Z"}\n',
        b'{"set": "0001-01-01T00:00:00+12:00"}\n',
        b'{"set": "9999-12-31T23:59:59-12:00"}\n',
        b'{"set": "2026-01-01T00:00:00Z", "also": 1}\n',
    ],
)
async def test_what_cannot_be_done_is_told_and_changes_nothing(rig, line):
    answers = await _ask(rig, line, {"set": "2026-01-01T00:00:00Z"})
    assert answers[0]["ok"] is False
    assert answers[0]["error"]
    assert answers[1]["ok"] is True, "the connection goes on"
    assert rig.ran == [datetime(2026, 1, 1, tzinfo=UTC)]


async def test_a_line_without_end_is_refused_and_the_socket_goes_on(rig):
    reader, writer = await asyncio.open_unix_connection(rig.path)
    writer.write(b"x" * 100_000)
    answer = json.loads(await reader.readline())
    assert answer["ok"] is False
    writer.close()
    assert rig.clock.now() == EXTERNAL_EPOCH
    (other,) = await _ask(rig, {"set": "2026-01-01T00:00:00Z"})
    assert other["ok"] is True


async def test_only_its_owner_may_use_the_socket(rig):
    assert stat.S_IMODE(rig.path.stat().st_mode) == 0o600


async def test_the_socket_goes_with_the_process_that_made_it(tmp_path):
    rig = Rig(tmp_path / "control")
    async with answering(rig):
        assert rig.path.exists()
    assert not rig.path.exists()


async def test_a_socket_that_a_killed_process_left_is_replaced(tmp_path):
    import socket

    path = tmp_path / "control"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    rig = Rig(path)
    async with answering(rig):
        assert (await _ask(rig, {"set": "2026-01-01T00:00:00Z"}))[0]["ok"] is True


async def test_a_socket_that_is_in_use_is_left_alone(rig):
    with pytest.raises(ControlSocketError, match="another process"), bound(rig.path):
        pass
    assert (await _ask(rig, {"set": "2026-01-01T00:00:00Z"}))[0]["ok"] is True


def test_a_socket_of_a_process_that_still_starts_is_left_alone(tmp_path):
    path = tmp_path / "control"
    with bound(path):
        with pytest.raises(ControlSocketError, match="another process"), bound(path):
            pass
        assert path.is_socket()


def test_a_file_of_that_name_is_left_alone(tmp_path):
    path = tmp_path / "control"
    path.write_text("precious")
    with pytest.raises(ControlSocketError, match="file of that name"), bound(path):
        pass
    assert path.read_text() == "precious"


def test_a_path_that_cannot_be_is_told_in_one_line(tmp_path):
    path = tmp_path / "missing" / "control"
    with pytest.raises(ControlSocketError) as refused, bound(path):
        pass
    assert "\n" not in str(refused.value)
