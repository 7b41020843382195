"""What chargers do that they should not, as pieces to play: late, wrong, twice, and all at once."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from tests.peers.played_charger import PlayedCharger
from wire.frames import CallResult, encode

Said = tuple[str, dict[str, Any]]
SESSION_WH = 5_000


@dataclass
class Parrot:
    """A charger that keeps all that it said, and says it again."""

    charger: PlayedCharger
    said: list[Said] = field(default_factory=list)

    async def say(self, action: str, **payload: Any) -> dict[str, Any]:
        """Send a call and remember it."""
        self.said.append((action, payload))
        return await self.charger.call(action, **payload)

    async def say_all_again(self, charger: PlayedCharger) -> list[dict[str, Any]]:
        """Send everything once more, under new message ids; gives the answers."""
        return [await charger.call(action, **payload) for action, payload in self.said]


def answering_late(
    released: asyncio.Event, answer: dict[str, Any]
) -> Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]:
    """Make an answer that comes once it is released."""

    async def answering(_payload: dict[str, Any]) -> dict[str, Any]:
        await released.wait()
        return answer

    return answering


async def answer_under(charger: PlayedCharger, unique_id: str, payload: dict[str, Any]) -> None:
    """Send an answer under an id of one's own choice."""
    await charger.websocket.send(encode(CallResult(unique_id, payload)))


async def connect_half_open(ocpp: str, charge_point_id: str, key: str) -> asyncio.StreamWriter:
    """Open a socket that is dead at once: it neither reads nor answers, and never ends."""
    address = urlsplit(ocpp)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    pair = base64.b64encode(charge_point_id.encode() + b":" + bytes.fromhex(key)).decode()
    lines = (
        f"GET /{charge_point_id} HTTP/1.1",
        f"Host: {address.netloc}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol: ocpp1.6",
        f"Authorization: Basic {pair}",
    )
    writer.write("\r\n".join([*lines, "", ""]).encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101"), head
    return writer


@dataclass(frozen=True)
class Week:
    """What piled up in a charger that was offline for seven days.

    Attributes:
        messages: how many transaction messages, at least 20.
        values: MeterValues in each session.
    """

    ends: datetime
    messages: int
    id_tag: str
    values: int = 18

    @property
    def sessions(self) -> int:
        """How many sessions these messages are of."""
        return self.messages // (self.values + 2)

    def queue(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Give the messages in their order; a transactionId is for who sends them to fill in."""
        each = timedelta(days=7) / self.sessions
        step = each / (self.values + 3)
        for number in range(self.sessions):
            begins = self.ends - timedelta(days=7) + number * each
            register = number * SESSION_WH
            yield (
                "StartTransaction",
                {
                    "connectorId": 1,
                    "idTag": self.id_tag,
                    "meterStart": register,
                    "timestamp": begins.isoformat(),
                },
            )
            for value in range(1, self.values + 1):
                reading = {
                    "timestamp": (begins + value * step).isoformat(),
                    "sampledValue": [{"value": str(register + value * 100)}],
                }
                yield "MeterValues", {"connectorId": 1, "meterValue": [reading]}
            yield (
                "StopTransaction",
                {
                    "meterStop": register + SESSION_WH,
                    "timestamp": (begins + (self.values + 1) * step).isoformat(),
                },
            )

    async def deliver(self, charger: PlayedCharger) -> list[int]:
        """Send all of it, one after the other; gives the numbers of the sessions."""
        numbers = []
        for action, payload in self.queue():
            named = {} if action == "StartTransaction" else {"transactionId": numbers[-1]}
            answer = await charger.call(action, **payload, **named)
            if action == "StartTransaction":
                numbers.append(answer["transactionId"])
        return numbers
