"""A central system that a test scripts: real sockets, and every frame checked on its own."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

from jsonschema import Draft4Validator, FormatChecker
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

Payload = dict[str, Any]
SILENT = object()
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)

_SCHEMAS = files("ocpp") / "v16" / "schemas"


def _violations(name: str, payload: Payload) -> list[str]:
    # In decimals: 6.3 is a multiple of 0.1, its nearest binary fraction is not.
    text = (_SCHEMAS / f"{name}.json").read_text(encoding="utf-8-sig")
    schema = json.loads(text, parse_float=Decimal)
    exact = json.loads(json.dumps(payload), parse_float=Decimal)
    validator = Draft4Validator(schema, format_checker=FormatChecker())
    return [f"{name}: {error.message}" for error in validator.iter_errors(exact)]


class Refusal(Exception):  # noqa: N818 -- an answer of the protocol
    """The CALLERROR that a call was answered with, or is to be answered with."""

    def __init__(self, code: str, description: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.description = description


class ScriptedCentral:
    """Answers by script, checks every frame on its own, and remembers all of them.

    `answered`: what it has been answered, and how many calls had come before that.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, Payload]] = []
        self.answers: dict[str, Callable[[Payload], Payload | object]] = {}
        self.violations: list[str] = []
        self.headers: list[Headers] = []
        self.now: Callable[[], datetime] = lambda: EPOCH
        self.times_us: list[int] = []
        self.answered: list[tuple[str, int]] = []
        self.clock_us: Callable[[], int] = lambda: 0
        self.unanswered: list[Payload] = []
        self.on_call: Callable[[str, Payload], None] = lambda action, payload: None
        self.tls: ssl.SSLContext | None = None
        self.sessions: list[ssl.SSLObject] = []
        self.refuse: Callable[[Headers], bool] = lambda headers: False
        self._server: Server | None = None
        self._port = 0
        self._socket: ServerConnection | None = None
        self._waiting: dict[str, tuple[str, asyncio.Future[Payload]]] = {}
        self._sent = 0
        self._transactions: dict[str, int] = {}
        self.tags: dict[str, Payload] = {}

    @property
    def url(self) -> str:
        return f"{'wss' if self.tls else 'ws'}://127.0.0.1:{self._port}"

    async def start(self) -> None:
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            self._port,
            subprotocols=["ocpp1.6"],  # type: ignore[list-item]
            compression=None,
            ping_interval=None,
            ssl=self.tls,
            process_request=self._admit,
        )
        self._port = next(iter(self._server.sockets)).getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        if self._socket is not None:
            self._socket.transport.abort()
        self._server.close()
        await self._server.wait_closed()

    def drop(self) -> None:
        """Break the link, as a crashed router does."""
        assert self._socket is not None
        self._socket.transport.abort()

    def _admit(self, socket: ServerConnection, request: Request) -> Response | None:
        return socket.respond(401, "no\n") if self.refuse(request.headers) else None

    async def _serve(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        if self.tls is not None:
            self.sessions.append(socket.transport.get_extra_info("ssl_object"))
        self.headers.append(socket.request.headers)
        self.identity = unquote(socket.request.path.rsplit("/", 1)[-1])
        self._socket = socket
        try:
            async for text in socket:
                await self._frame(socket, json.loads(text))
        except ConnectionClosed:
            pass
        for _, future in self._waiting.values():
            if not future.done():
                future.set_exception(ConnectionError("gone before it answered"))
        self._waiting.clear()

    async def _frame(self, socket: ServerConnection, frame: list[Any]) -> None:
        if frame[0] != 2:
            asked = self._waiting.pop(frame[1], None)
            assert asked is not None, f"an answer nobody waits for: {frame}"
            action, future = asked
            self.answered.append((action, len(self.calls)))
            if frame[0] == 3:
                self.violations += _violations(action + "Response", frame[2])
                future.set_result(frame[2])
            else:
                future.set_exception(Refusal(frame[2], frame[3]))
            return
        _, unique_id, action, payload = frame
        self.violations += _violations(action, payload)
        if len(unique_id) > 36:
            self.violations.append(f"unique id {unique_id} too long")
        self.calls.append((action, payload))
        self.times_us.append(self.clock_us())
        self.on_call(action, payload)
        script = self.answers.get(action, getattr(self, f"_{action}", lambda _: {}))
        try:
            answer = script(payload)
        except Refusal as refusal:
            await socket.send(json.dumps([4, unique_id, refusal.code, refusal.description, {}]))
            return
        if answer is not SILENT:
            assert isinstance(answer, dict)
            await socket.send(json.dumps([3, unique_id, answer]))

    async def call(self, action: str, payload: Payload) -> Payload:
        assert self._socket is not None
        self._sent += 1
        unique_id = f"central-{self._sent}"
        future: asyncio.Future[Payload] = asyncio.get_running_loop().create_future()
        self._waiting[unique_id] = (action, future)
        await self._socket.send(json.dumps([2, unique_id, action, payload]))
        return await future

    async def say(self, text: str) -> None:
        assert self._socket is not None
        await self._socket.send(text)

    # --- the answers unless a test says otherwise ---

    def _time(self) -> str:
        return self.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _BootNotification(self, _: Payload) -> Payload:  # noqa: N802
        return {"currentTime": self._time(), "interval": 300, "status": "Accepted"}

    def _Heartbeat(self, _: Payload) -> Payload:  # noqa: N802
        return {"currentTime": self._time()}

    def tag_info(self, id_tag: str) -> Payload:
        return self.tags.get(id_tag, {"status": "Accepted"})

    def _Authorize(self, payload: Payload) -> Payload:  # noqa: N802
        return {"idTagInfo": self.tag_info(payload["idTag"])}

    def _StartTransaction(self, payload: Payload) -> Payload:  # noqa: N802
        same = json.dumps(payload, sort_keys=True)
        number = self._transactions.setdefault(same, 100 + len(self._transactions))
        return {"transactionId": number, "idTagInfo": self.tag_info(payload["idTag"])}

    def _DataTransfer(self, _: Payload) -> Payload:  # noqa: N802
        return {"status": "UnknownVendorId"}

    # --- what a test looks at ---

    def of(self, action: str) -> list[Payload]:
        return [payload for name, payload in self.calls if name == action]

    @property
    def actions(self) -> list[str]:
        return [name for name, _ in self.calls]

    def statuses(self, connector: int = 1) -> list[str]:
        return [
            payload["status"]
            for payload in self.of("StatusNotification")
            if payload["connectorId"] == connector
        ]

    def events(self) -> list[str]:
        return [payload["type"] for payload in self.of("SecurityEventNotification")]

    def credentials(self) -> bytes:
        return base64.b64decode(self.headers[-1]["Authorization"].removeprefix("Basic "))
