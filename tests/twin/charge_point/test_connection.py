"""The link: subprotocol, credentials, back-off, pings, and frames that are none."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.charge_point.connection import LONGEST_RETRY_US
from twin.charge_point.endpoint import Endpoint


def test_the_identity_is_percent_encoded_at_the_end_of_the_url() -> None:
    endpoint = Endpoint("ws://host:9000/ocpp/", "CP /1 ü")
    assert endpoint.address() == "ws://host:9000/ocpp/CP%20%2F1%20%C3%BC"


def test_the_header_carries_the_raw_bytes_of_the_key() -> None:
    # The worked example of OCPP-J 1.6 section 6.2.
    key = bytes.fromhex("0001020304050607FFFFFFFFFFFFFFFFFFFFFFFF")
    assert Endpoint("ws://host", "AL1000", key).headers() == {
        "Authorization": "Basic QUwxMDAwOgABAgMEBQYH////////////////"
    }


async def test_the_identity_and_the_key_are_presented(rig: Any) -> None:
    await rig.boot(identity="CP/1", key=bytes(range(16)))
    assert rig.central.identity == "CP/1"
    assert rig.central.credentials() == b"CP/1:" + bytes(range(16))


async def test_without_a_key_no_credentials_are_presented(rig: Any) -> None:
    await rig.boot()
    assert "Authorization" not in rig.central.headers[0]
    assert rig.central.headers[0]["Sec-WebSocket-Protocol"] == "ocpp1.6"


@pytest.mark.parametrize("key", [b"short", b"x" * 21])
def test_a_key_of_another_length_is_refused(rig: Any, key: bytes) -> None:
    with pytest.raises(ValueError, match="16 to 20 bytes"):
        rig.build(key=key)


async def test_attempts_back_off_in_the_time_of_the_twin(rig: Any, central: Any) -> None:
    await central.stop()
    cp = rig.build()
    failed_us: list[int] = []
    cp.on_event(
        lambda event: failed_us.append(event.time_us) if "not connected" in event.text else None
    )
    cp.start()
    await rig.run(3_600)
    waits_s = [(later - sooner) / 1e6 for sooner, later in pairwise(failed_us)]
    assert waits_s[0] == pytest.approx(5.5, abs=0.8)
    assert all(1.4 < later / sooner < 2.8 for sooner, later in pairwise(waits_s[:6]))
    assert max(waits_s) <= LONGEST_RETRY_US / 1e6 * 1.2 + 1
    await central.start()
    await rig.until(lambda: cp.online, 400)


async def test_a_central_system_that_restarts_is_found_again(rig: Any, central: Any) -> None:
    cp = await rig.boot()
    await rig.charging()
    await central.stop()
    await rig.run(300)
    assert not cp.connected
    await central.start()
    await rig.until(lambda: cp.online, 400)
    await rig.run(65)
    assert len(central.of("BootNotification")) == 1
    assert cp.in_transaction()


async def test_a_server_without_the_subprotocol_is_left(rig: Any) -> None:
    from websockets.asyncio.server import serve

    async def other(socket: Any) -> None:
        async for _ in socket:
            pass

    async with serve(other, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        cp = rig.build(url=f"ws://127.0.0.1:{port}")
        cp.start()
        await rig.run(2)
        assert not cp.connected
        assert any("does not speak ocpp1.6" in each for each in rig.events)
        await cp.close()


@pytest.mark.parametrize(
    ("reply", "word"),
    [
        (b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", "401"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "404"),
        (b"this is not HTTP\r\n\r\n", "not connected"),
        (b"", "not connected"),
    ],
)
async def test_a_refused_handshake_is_told_and_tried_again(
    rig: Any, reply: bytes, word: str
) -> None:
    attempts = 0

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal attempts
        attempts += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        cp = rig.build(url=f"ws://127.0.0.1:{port}")
        cp.start()
        await rig.run(20)
        await cp.close()
    assert attempts == 3
    assert any(word in each for each in rig.events)


async def test_a_link_that_is_half_open_is_found_by_a_ping(rig: Any, silent: object) -> None:
    cp = await rig.boot(configuration={"WebSocketPingInterval": "30"})
    # The central system's process is stopped: its kernel takes bytes, nobody answers.
    stopped = rig.central._socket.transport
    stopped.pause_reading()
    with rig.driver.unheld():
        await rig.run(70)
    assert any("not connected" in each for each in rig.events)
    stopped.abort()
    for _ in range(20):
        await rig.run(1)
    assert cp.connected


async def test_a_ping_interval_of_zero_sends_no_pings(rig: Any) -> None:
    cp = await rig.boot(configuration={"WebSocketPingInterval": "0"})
    rig.central._socket.transport.pause_reading()
    with rig.driver.unheld():
        await rig.run(250)
    assert cp.connected
    rig.central._socket.transport.resume_reading()


# --- frames ---


async def _answer_to(rig: Any, text: str) -> list[Any]:
    heard: list[tuple[str, str]] = []
    rig.cp.on_frame(lambda at_us, direction, frame: heard.append((direction, frame)))
    await rig.central.say(text)
    await rig.run(0.2)
    assert heard[0] == ("<", text)
    return [json.loads(frame) for direction, frame in heard[1:] if direction == ">"]


@pytest.fixture
def lenient(rig: Any) -> Any:
    """A central system that takes answers to what it sent as raw text."""
    original = rig.central._frame

    async def frame(socket: Any, elements: list[Any]) -> None:
        if elements[0] == 2:
            await original(socket, elements)

    rig.central._frame = frame
    return rig


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('[2,"1","MakeCoffee",{}]', "NotImplemented"),
        ('[2,"1","UpdateFirmware",{}]', "NotSupported"),
        ('[2,"1","SendLocalList",{}]', "NotSupported"),
        ('[2,"1","Reset",{}]', "ProtocolError"),
        ('[2,"1","Reset",{"type":"Lukewarm"}]', "PropertyConstraintViolation"),
        ('[2,"1","Reset",{"type":5}]', "TypeConstraintViolation"),
        ('[2,"1","Reset",{"type":"Hard","now":true}]', "FormationViolation"),
        ('[2,"1","Reset"]', "FormationViolation"),
        ('[2,"1","Reset",[]]', "FormationViolation"),
    ],
)
async def test_a_call_that_is_wrong_is_refused_with_the_right_code(
    lenient: Any, text: str, code: str
) -> None:
    await lenient.boot(profiles=["Core"])
    (answer,) = await _answer_to(lenient, text)
    assert answer[:3] == [4, "1", code]
    assert isinstance(answer[4], dict)


@pytest.mark.parametrize("text", ["", "{}", "null", "[9]", '[9,"1","x",{}]', '[3,"nobody",{}]'])
async def test_a_frame_that_is_none_is_left_unanswered(lenient: Any, text: str) -> None:
    await lenient.boot()
    assert await _answer_to(lenient, text) == []
    await lenient.run(400)
    assert lenient.central.of("Heartbeat"), "and the charge point goes on"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)
ACTIONS = st.sampled_from(
    ["Reset", "ChangeConfiguration", "GetConfiguration", "RemoteStartTransaction", "Nonsense",
     "UnlockConnector", "ChangeAvailability", "DataTransfer", "ClearCache"]
)  # fmt: skip
FRAMES = st.one_of(
    st.text(max_size=40),
    JSON.map(json.dumps),
    st.tuples(st.just(2), st.text(max_size=40), ACTIONS, JSON).map(json.dumps),
    st.tuples(st.integers(2, 4), st.text(max_size=40), JSON, JSON, JSON).map(json.dumps),
)


async def test_no_frame_whatever_brings_the_charge_point_down(lenient: Any) -> None:
    cp = await lenient.boot()
    texts: list[str] = []

    @settings(
        max_examples=150, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(FRAMES)
    def collect(text: str) -> None:
        texts.append(text)

    collect()
    for text in texts:
        await lenient.central.say(text)
        await lenient.run(0.2)
    await lenient.until(lambda: cp.online)
    await lenient.run(400)
    assert lenient.central.actions[-1] == "Heartbeat"
