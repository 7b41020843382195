"""Files pass the gate as they are, or are disturbed as a scenario wants it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import httpx
import pytest

from hil.wire.files import FileGate, Trouble
from twin.clock import Clock

FILE = bytes(range(256)) * 8


class Server:
    """Answers every request with a file, and keeps what came."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.requests.append(await reader.read(65_536))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(FILE) + FILE)
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[tuple[Server, str]]:
    made = Server()
    listening = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    async with listening:
        yield made, "http://127.0.0.1:{}".format(*listening.sockets[0].getsockname()[1:])


@pytest.fixture
async def gate(server: tuple[Server, str]) -> AsyncIterator[FileGate]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = FileGate(listener, server[1], Clock())
        await made.start()
        yield made
        await made.close()


def address(gate: FileGate) -> str:
    return "http://127.0.0.1:{}/files/uploads/1".format(*gate._listener.getsockname()[1:])


async def test_a_file_passes_both_ways_and_what_was_brought_is_kept(
    server: tuple[Server, str], gate: FileGate
) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.put(address(gate), content=FILE)
    assert answer.content == FILE
    assert server[0].requests[0].endswith(b"\r\n\r\n" + FILE)
    assert server[0].requests[0].startswith(b"PUT /files/uploads/1 HTTP/1.1\r\n")
    assert [(each.method, each.body) for each in gate.transfers] == [("PUT", FILE)]


@pytest.mark.parametrize(
    ("trouble", "error"),
    [("unavailable", httpx.HTTPStatusError), ("cut short", httpx.RemoteProtocolError)],
)
async def test_trouble_is_an_error_to_who_fetches(
    gate: FileGate, trouble: Trouble, error: type[Exception]
) -> None:
    gate.trouble = trouble
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(error):
            (await client.get(address(gate))).raise_for_status()
    assert len(gate.transfers) == 1


async def test_a_server_that_is_away_is_the_end_of_the_connection(gate: FileGate) -> None:
    gate._upstream = ("127.0.0.1", 1)
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(address(gate))
