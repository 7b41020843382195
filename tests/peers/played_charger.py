"""A charger played by hand: whatever a test wants it to say, over a real socket."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from wire.frames import Call, CallError, CallResult, decode, encode


@dataclass
class PlayedCharger:
    """A charger whose every message the test writes.

    Attributes:
        answers: what it answers to commands: a payload for each action, or a
            function that makes one. An action without one is refused (NotSupported).
        commands: the commands it has got, in order.
        answered: those of them that it has answered.
        frames: everything it has said (`>`) and heard (`<`), as it stood on the wire.
    """

    websocket: ClientConnection
    answers: dict[str, Any] = field(default_factory=dict)
    commands: list[Call] = field(default_factory=list)
    answered: asyncio.Queue[Call] = field(default_factory=asyncio.Queue)
    frames: list[tuple[Literal[">", "<"], str]] = field(default_factory=list)
    _waiting: dict[str, asyncio.Future[CallResult | CallError]] = field(default_factory=dict)
    _count: int = 0

    async def send(self, action: str, payload: dict[str, Any]) -> CallResult | CallError:
        """Send a call and return what comes back; ConnectionError if nothing can any more."""
        self._count += 1
        unique_id = str(self._count)
        future = asyncio.get_running_loop().create_future()
        self._waiting[unique_id] = future
        try:
            await self._say(encode(Call(unique_id, action, payload)))
        except ConnectionClosed as error:
            raise ConnectionError("the socket has closed") from error
        return await asyncio.wait_for(future, 30)

    async def call(self, action: str, **payload: Any) -> dict[str, Any]:
        """Send a call and return the answer's payload; a CALLERROR fails the test."""
        answer = await self.send(action, payload)
        assert isinstance(answer, CallResult), answer
        return answer.payload

    async def boot(self, **more: str) -> None:
        """Boot, and report that connector 1 is available."""
        boot = await self.call(
            "BootNotification", chargePointVendor="evseloop", chargePointModel="played", **more
        )
        assert boot["status"] == "Accepted"
        await self.status("Available")

    async def command(self, action: str) -> Call:
        """Wait until it has answered a command of that action, leaving out others before it."""
        async with asyncio.timeout(30):
            while (call := await self.answered.get()).action != action:
                pass
        return call

    async def status(self, status: str, connector_id: int = 1) -> None:
        """Report a status."""
        await self.call(
            "StatusNotification", connectorId=connector_id, errorCode="NoError", status=status
        )

    async def serve(self) -> None:
        """Take what arrives, until the socket closes."""
        try:
            while True:
                heard = await self.websocket.recv()
                self.frames.append(("<", str(heard)))
                frame = decode(heard)
                if isinstance(frame, Call):
                    self.commands.append(frame)
                    await self._answer(frame)
                    self.answered.put_nowait(frame)
                elif future := self._waiting.pop(frame.unique_id, None):
                    future.set_result(frame)
        except ConnectionClosed:
            for future in self._waiting.values():
                future.set_exception(ConnectionError("the socket has closed"))

    async def _answer(self, call: Call) -> None:
        answer = self.answers.get(call.action)
        if callable(answer):
            answer = answer(call.payload)
            if isinstance(answer, Awaitable):
                answer = await answer
        frame = (
            CallError(call.unique_id, "NotSupported", "not played")
            if answer is None
            else CallResult(call.unique_id, answer)
        )
        await self._say(encode(frame))

    async def _say(self, text: str) -> None:
        self.frames.append((">", text))
        await self.websocket.send(text)


@pytest.fixture
async def play_charger() -> AsyncIterator[Callable[..., Awaitable[PlayedCharger]]]:
    """Connect played chargers: `await play_charger(ocpp_url, charge_point_id, key)`."""
    async with contextlib.AsyncExitStack() as stack:

        async def play(
            ocpp: str,
            charge_point_id: str,
            key: str | None = None,
            *,
            tls: ssl.SSLContext | None = None,
            **answers: Any,
        ) -> PlayedCharger:
            headers = {}
            if key is not None:
                pair = charge_point_id.encode() + b":" + bytes.fromhex(key)
                headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
            websocket = await stack.enter_async_context(
                connect(
                    f"{ocpp}/{charge_point_id}",
                    subprotocols=["ocpp1.6"],
                    ssl=tls,
                    additional_headers=headers,
                    compression=None,
                    proxy=None,
                )
            )
            charger = PlayedCharger(websocket, answers)
            task = asyncio.create_task(charger.serve())
            stack.push_async_callback(_ended, task)
            return charger

        yield play


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
