"""A real central system as a process of its own, and a charger played by hand."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from wire.frames import Call, CallError, CallResult, decode, encode

ADMIN_EMAIL = "admin@example.org"
ADMIN_PASSWORD = "a password for tests"
READY_WITHIN_S = 60


@dataclass
class CentralProcess:
    """A running `evseloop central`.

    Attributes:
        http, ocpp: addresses, such as `http://127.0.0.1:40001`.
        stderr: its log so far goes into this file.
    """

    process: subprocess.Popen[str]
    http: str
    ocpp: str
    stderr: Path
    admin_email: str = ADMIN_EMAIL
    admin_password: str = ADMIN_PASSWORD

    def admin(self) -> httpx.Client:
        """Return a client that is logged in as administrator; close it."""
        answer = httpx.post(
            f"{self.http}/api/admin/login",
            json={"email": self.admin_email, "password": self.admin_password},
        )
        answer.raise_for_status()
        headers = {"Authorization": f"Bearer {answer.json()['token']}"}
        return httpx.Client(base_url=self.http, timeout=30, headers=headers)

    def add_charger(self, charge_point_id: str) -> str:
        """Admit a charger and return its key."""
        with self.admin() as client:
            answer = client.post("/api/chargers", json={"charge_point_id": charge_point_id})
            answer.raise_for_status()
            return str(answer.json()["key"])

    def end(self, number: int = signal.SIGINT) -> int:
        """Send a signal, wait, and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=30)


@pytest.fixture
def start_central(tmp_path: Path) -> Iterator[Callable[..., CentralProcess]]:
    """Start central systems on free ports; those still running are killed after the test.

    `start_central(*options, **environment)` waits until it is up. The database
    is one file of the test, so a second start goes on with what the first left.
    """
    with contextlib.ExitStack() as stack:

        def start(*options: str, **environment: str) -> CentralProcess:
            log = tmp_path / "central.log"
            file = stack.enter_context(log.open("a", encoding="utf-8"))
            process = stack.enter_context(
                subprocess.Popen(
                    [
                        *(sys.executable, "-m", "evseloop", "central"),
                        *("--http-port", "0", "--ocpp-port", "0", *options),
                    ],
                    stdout=subprocess.PIPE,
                    stderr=file,
                    text=True,
                    env={
                        **os.environ,
                        "DATABASE_URL": f"sqlite:///{tmp_path}/central.db",
                        "ADMIN_EMAIL": ADMIN_EMAIL,
                        "ADMIN_PASSWORD": ADMIN_PASSWORD,
                        **environment,
                    },
                )
            )
            stack.callback(process.kill)
            watchdog = threading.Timer(READY_WITHIN_S, process.kill)
            watchdog.start()
            assert process.stdout is not None
            line = process.stdout.readline()
            watchdog.cancel()
            assert line.startswith("ready "), f"it did not start:\n{log.read_text()}"
            addresses = json.loads(line.removeprefix("ready "))
            return CentralProcess(process, addresses["http"], addresses["ocpp"], log)

        yield start


@dataclass
class PlayedCharger:
    """A charger whose every message the test writes.

    Attributes:
        answers: what it answers to commands: a payload for each action, or a
            function that makes one. An action without one is refused (NotSupported).
        commands: the commands it has got, in order.
    """

    websocket: ClientConnection
    answers: dict[str, Any] = field(default_factory=dict)
    commands: list[Call] = field(default_factory=list)
    _waiting: dict[str, asyncio.Future[CallResult | CallError]] = field(default_factory=dict)
    _count: int = 0

    async def send(self, action: str, payload: dict[str, Any]) -> CallResult | CallError:
        """Send a call and return what comes back; ConnectionError if nothing can any more."""
        self._count += 1
        unique_id = str(self._count)
        future = asyncio.get_running_loop().create_future()
        self._waiting[unique_id] = future
        try:
            await self.websocket.send(encode(Call(unique_id, action, payload)))
        except ConnectionClosed as error:
            raise ConnectionError("the socket has closed") from error
        return await asyncio.wait_for(future, 30)

    async def call(self, action: str, **payload: Any) -> dict[str, Any]:
        """Send a call and return the answer's payload; a CALLERROR fails the test."""
        answer = await self.send(action, payload)
        assert isinstance(answer, CallResult), answer
        return answer.payload

    async def boot(self) -> None:
        """Boot, and report that connector 1 is available."""
        boot = await self.call(
            "BootNotification", chargePointVendor="evseloop", chargePointModel="played"
        )
        assert boot["status"] == "Accepted"
        await self.status("Available")

    async def status(self, status: str, connector_id: int = 1) -> None:
        """Report a status."""
        await self.call(
            "StatusNotification", connectorId=connector_id, errorCode="NoError", status=status
        )

    async def serve(self) -> None:
        """Take what arrives, until the socket closes."""
        try:
            while True:
                frame = decode(await self.websocket.recv())
                if isinstance(frame, Call):
                    self.commands.append(frame)
                    await self._answer(frame)
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
        await self.websocket.send(encode(frame))


@pytest.fixture
async def play_charger() -> AsyncIterator[Callable[..., Awaitable[PlayedCharger]]]:
    """Connect played chargers: `await play_charger(ocpp_url, charge_point_id, key)`."""
    async with contextlib.AsyncExitStack() as stack:

        async def play(
            ocpp: str, charge_point_id: str, key: str | None = None, **answers: Any
        ) -> PlayedCharger:
            headers = {}
            if key is not None:
                pair = charge_point_id.encode() + b":" + bytes.fromhex(key)
                headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
            websocket = await stack.enter_async_context(
                connect(
                    f"{ocpp}/{charge_point_id}",
                    subprotocols=["ocpp1.6"],
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
