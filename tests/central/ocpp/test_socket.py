"""How bytes become messages: fragments, messages that come too early, too many at once."""

import asyncio
import base64
import json
import socket

from central.domain.meter_values import list_readings
from central.ocpp.answering import CAPACITY
from central.ocpp.socket import HELD_BACK
from wire.frames import Call, CallResult, decode, encode

UPGRADE = (
    "GET /CP1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: ocpp1.6\r\nAuthorization: Basic {}\r\n\r\n"
)


def values(second):
    return {
        "connectorId": 1,
        "meterValue": [
            {
                "timestamp": f"2026-06-01T11:00:{second:02d}Z",
                "sampledValue": [{"value": str(second)}],
            }
        ],
    }


def masked(text):
    """Write a text frame as a client does; its mask is zero."""
    data = text.encode()
    length = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2)
    return b"\x81" + length + bytes(4) + data


async def test_a_message_in_fragments_is_one_message(central):
    charger = await central.charger()
    text = encode(Call("1", "MeterValues", values(1)))
    await charger.websocket.send([text[:7], "", text[7:50], text[50:]])
    assert await charger.receive() == CallResult("1", {})
    assert len(await central.storage.read(list_readings, "CP1")) == 1
    assert isinstance(await charger.call("Heartbeat", {}, "2"), CallResult)


async def test_fragments_that_are_too_large_together_close_the_socket_with_1009(start_central):
    central = await start_central(max_frame_bytes=2_000)
    charger = await central.charger()
    text = json.dumps([2, "1", "DataTransfer", {"vendorId": "v", "data": "x" * 2_100}])
    await charger.websocket.send([text[:1_500], text[1_500:]])
    assert await charger.closed() == 1009


async def test_what_a_charger_sends_before_it_is_admitted_is_answered_in_its_order(central):
    key = await central.add("CP1")
    credentials = base64.b64encode(b"CP1:" + bytes.fromhex(key)).decode()
    boot = Call("boot", "BootNotification", {"chargePointVendor": "M", "chargePointModel": "O"})
    calls = [boot] + [Call(str(n), "MeterValues", values(n)) for n in range(3 * HELD_BACK)]
    reader, writer = await asyncio.open_connection("127.0.0.1", central.port)
    frames = b"".join(masked(encode(call)) for call in calls)
    writer.write(UPGRADE.format(credentials).encode() + frames)
    async with asyncio.timeout(20):
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        answers = [await _answer(reader) for _ in calls]
    assert [answer.unique_id for answer in answers] == [call.unique_id for call in calls]
    assert all(isinstance(answer, CallResult) for answer in answers)
    writer.close()
    await writer.wait_closed()


async def _answer(reader):
    _, length = await reader.readexactly(2)
    return decode(await reader.readexactly(length))


async def test_a_charger_that_takes_no_answers_is_not_read_and_holds_up_no_other(central, until):
    slow = await central.charger("CP1")
    link = await central.link("CP1")
    for transport in (slow.websocket.transport, link._socket.transport):
        for buffer in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, buffer, 4_096)
    slow.websocket.transport.pause_reading()
    count = 8_000
    sending = asyncio.ensure_future(_flood(slow, count))
    await until(lambda: link.inbox_length >= CAPACITY and slow.websocket.paused)
    other = await central.charger("CP2")
    assert isinstance(await other.call("MeterValues", values(1)), CallResult)
    slow.websocket.transport.resume_reading()
    answers = [await slow.receive() for _ in range(count)]
    await sending
    assert [answer.unique_id for answer in answers] == [f"{n:036d}" for n in range(count)]


async def _flood(charger, count):
    for number in range(count):
        await charger.send(Call(f"{number:036d}", "Heartbeat", {}))
