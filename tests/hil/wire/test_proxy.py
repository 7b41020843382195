"""The recording proxy changes nothing, keeps everything, and lets no time pass meanwhile."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from hil.wire.proxy import RecordingProxy
from twin.clock import Clock
from twin.driver import HeldDriver

OCPP = Subprotocol("ocpp1.6")
KEY = "Basic Q1AxOnNlY3JldA=="


class Echo:
    """A central system that sends back what it gets, and closes at the word `close`."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.server: Server | None = None
        self.port = 0

    async def start(self, port: int = 0) -> None:
        self.server = await serve(
            self._talk,
            "127.0.0.1",
            port,
            subprotocols=[OCPP],
            process_request=self._admit,
            ping_interval=None,
        )
        self.port = next(iter(self.server.sockets)).getsockname()[1]

    async def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        self.requests.append(request)
        if request.headers.get("Authorization") != KEY:
            return connection.respond(401, "no key\n")
        return None

    async def _talk(self, connection: ServerConnection) -> None:
        async for text in connection:
            if text == "close":
                await connection.close(4007, "enough")
            await connection.send(text)


@pytest.fixture
async def echo() -> AsyncIterator[Echo]:
    made = Echo()
    await made.start()
    yield made
    assert made.server is not None
    made.server.close()
    await made.server.wait_closed()


@pytest.fixture
def driver() -> HeldDriver:
    return HeldDriver(Clock(), wall_timeout_s=30)


@pytest.fixture
async def proxy(echo: Echo, driver: HeldDriver) -> AsyncIterator[RecordingProxy]:
    made = RecordingProxy(f"ws://127.0.0.1:{echo.port}/ocpp", driver)
    await made.start()
    yield made
    await made.close()


async def online(proxy: RecordingProxy, key: str = KEY) -> ClientConnection:
    headers = {"Authorization": key, "X-Charger": "one"}
    return await connect(
        f"{proxy.url}/CP1",
        subprotocols=[OCPP],
        additional_headers=headers,
        compression=None,
        ping_interval=None,
    )


def kinds(proxy: RecordingProxy) -> list[tuple[str, str, str]]:
    return [(line.way, line.kind, line.text) for line in proxy.recording.lines]


async def test_headers_path_messages_pings_and_close_codes_pass_unchanged(
    echo: Echo, proxy: RecordingProxy
) -> None:
    socket = await online(proxy)
    assert socket.subprotocol == OCPP
    assert echo.requests[0].path == "/ocpp/CP1"
    assert echo.requests[0].headers["X-Charger"] == "one"
    for text in ("[2]", "ß" * 70_000, ""):
        await socket.send(text)
        assert await socket.recv() == text
    await socket.send(["[2,", '"in pieces"', "]"])
    assert await socket.recv() == '[2,"in pieces"]'
    await (await socket.ping())
    await socket.send("close")
    with pytest.raises(ConnectionClosed, match=r"4007.*enough"):
        await socket.recv()
    await socket.wait_closed()
    seen = kinds(proxy)
    assert seen[:2] == [(">", "request", "security profile 1, key 1"), ("<", "open", "ocpp1.6")]
    assert (">", "message", "ß" * 70_000) in seen
    assert ("<", "message", '[2,"in pieces"]') in seen
    assert (">", "ping", "") in seen
    assert ("<", "pong", "") in seen
    assert ("<", "close", "4007 enough") in seen
    assert [kind for _, kind, _ in seen].count("gone") == 1


async def test_a_refused_handshake_stays_what_it_is(proxy: RecordingProxy) -> None:
    with pytest.raises(InvalidStatus, match="401"):
        await online(proxy, key="Basic wrong")
    assert ("<", "refused", "401 Unauthorized") in kinds(proxy)
    assert "wrong" not in str(proxy.recording.lines)


async def test_a_central_system_that_is_away_breaks_the_connection_and_may_come_back(
    echo: Echo, proxy: RecordingProxy
) -> None:
    assert echo.server is not None
    echo.server.close()
    await echo.server.wait_closed()
    with pytest.raises((InvalidHandshake, OSError, EOFError)):
        await online(proxy)
    assert "not reachable" in kinds(proxy)[-1][2]
    await echo.start(echo.port)
    socket = await online(proxy)
    await socket.send("[]")
    assert await socket.recv() == "[]"
    await socket.close()


async def test_a_broken_socket_is_broken_on_the_other_side_too(
    echo: Echo, proxy: RecordingProxy
) -> None:
    socket = await online(proxy)
    assert echo.server is not None
    (peer,) = echo.server.connections
    socket.transport.abort()
    async with asyncio.timeout(30):
        await peer.wait_closed()
    assert peer.close_code == 1006


async def test_what_is_no_web_socket_passes_too_and_is_noted(
    echo: Echo, proxy: RecordingProxy
) -> None:
    socket = await online(proxy)
    socket.transport.write(b"\xff\xff\xff\xff\xff\xff\xff\xff")
    with pytest.raises(ConnectionClosed, match="1002"):
        await socket.recv()
    assert "unreadable" in [kind for _, kind, _ in kinds(proxy)]


async def test_time_stands_still_while_a_message_is_inside(
    proxy: RecordingProxy, driver: HeldDriver
) -> None:
    socket = await online(proxy)
    ticks: list[int] = []
    driver.clock.after(1, lambda: ticks.append(len(proxy.recording.lines)))
    proxy.sent()
    await socket.send("[2]")
    moving = asyncio.create_task(driver.advance(10))
    await socket.recv()
    # It has passed both ways, but the charger has not looked at the answer yet.
    for _ in range(100):
        await asyncio.sleep(0)
    assert not moving.done()
    assert driver.clock.now_us == 0
    proxy.heard()
    await moving
    assert ticks == [4]
    await socket.close()


async def test_a_message_that_a_broken_link_has_swallowed_holds_nobody(
    proxy: RecordingProxy, driver: HeldDriver
) -> None:
    socket = await online(proxy)
    proxy.sent()
    socket.transport.abort()
    await driver.advance(10)
    assert driver.clock.now_us == 10


async def test_the_file_has_a_line_for_each_message_and_no_key(
    proxy: RecordingProxy, tmp_path: Path
) -> None:
    socket = await online(proxy)
    change = {"key": "AuthorizationKey", "value": "4F43415F"}
    job = {"location": "http://h:8000/files/firmware/t0ken"}
    for text in (
        json.dumps([2, "1", "ChangeConfiguration", change]),
        json.dumps([2, "2", "UpdateFirmware", job]),
        "no JSON",
    ):
        await socket.send(text)
        await socket.recv()
    await socket.close()
    path = tmp_path / "wire.jsonl"
    proxy.recording.write(path)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert rows[2] == {
        "time_us": 0,
        "link": 1,
        "from": "charger",
        "kind": "message",
        "frame": [2, "1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": "…"}],
    }
    assert "no JSON" in [row.get("text") for row in rows]
    assert "4F43415F" not in path.read_text()
    assert "secret" not in path.read_text()
    assert "t0ken" not in path.read_text()
    assert "http://h:8000/files/firmware/…" in path.read_text()
