"""A scripted central system on a real socket, and a charge point on the real plant."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft4Validator, FormatChecker
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed

from twin.charge_point import ChargePoint
from twin.clock import Clock
from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.controller import ReferenceController
from twin.driver import HeldDriver
from twin.evse import Evse
from twin.evse_config import EvseConfig
from twin.vehicle import Vehicle

Payload = dict[str, Any]
SILENT = object()
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)

_SCHEMAS = files("ocpp") / "v16" / "schemas"


def _violations(name: str, payload: Payload) -> list[str]:
    schema = json.loads((_SCHEMAS / f"{name}.json").read_text(encoding="utf-8-sig"))
    validator = Draft4Validator(schema, format_checker=FormatChecker())
    return [f"{name}: {error.message}" for error in validator.iter_errors(payload)]


class Refusal(Exception):  # noqa: N818 -- an answer of the protocol
    """The CALLERROR that a call was answered with, or is to be answered with."""

    def __init__(self, code: str, description: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.description = description


class ScriptedCentral:
    """Answers by script, checks every frame on its own, and remembers all of them."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Payload]] = []
        self.answers: dict[str, Callable[[Payload], Payload | object]] = {}
        self.violations: list[str] = []
        self.headers: list[Headers] = []
        self.now: Callable[[], datetime] = lambda: EPOCH
        self.times_us: list[int] = []
        self.clock_us: Callable[[], int] = lambda: 0
        self.unanswered: list[Payload] = []
        self.on_call: Callable[[str, Payload], None] = lambda action, payload: None
        self._server: Server | None = None
        self._port = 0
        self._socket: ServerConnection | None = None
        self._waiting: dict[str, tuple[str, asyncio.Future[Payload]]] = {}
        self._sent = 0
        self._transactions: dict[str, int] = {}
        self.tags: dict[str, Payload] = {}

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._port}"

    async def start(self) -> None:
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            self._port,
            subprotocols=["ocpp1.6"],  # type: ignore[list-item]
            compression=None,
            ping_interval=None,
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

    async def _serve(self, socket: ServerConnection) -> None:
        assert socket.request is not None
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

    def credentials(self) -> bytes:
        return base64.b64decode(self.headers[-1]["Authorization"].removeprefix("Basic "))


class Rig:
    """One charge point on real EVSEs, in held time, against the scripted central system."""

    def __init__(self, central: ScriptedCentral, folder: Path, **latency: Any) -> None:
        self.central = central
        self.clock = Clock()
        self.driver = HeldDriver(self.clock, wall_timeout_s=10, **latency)
        self.folder = folder
        self.evses: list[Evse] = []
        self.charge_point: ChargePoint | None = None
        self.events: list[str] = []
        central.now = lambda: EPOCH + timedelta(microseconds=self.clock.now_us)
        central.clock_us = lambda: self.clock.now_us

    def add_evse(self, **facts: Any) -> Evse:
        config = EvseConfig(**facts)
        hardware = Hardware(
            kind=config.kind,
            rating_a=config.rating_a,
            phases=config.phases,
            ventilation=config.ventilation,
            lock=config.kind == "socket",
        )
        controller = ReferenceController(ControllerSettings(), hardware)
        evse = Evse(self.clock, config, controller, name=f"evse{len(self.evses) + 1}.")
        self.evses.append(evse)
        return evse

    def build(self, **options: Any) -> ChargePoint:
        if not self.evses:
            self.add_evse()
        self.charge_point = ChargePoint(
            options.pop("identity", "CP1"),
            options.pop("url", self.central.url),
            self.evses,
            self.folder / "charge-point.db",
            self.driver,
            **options,
        )
        self.charge_point.on_event(lambda event: self.events.append(event.text))
        return self.charge_point

    async def boot(self, within_s: float = 60, **options: Any) -> ChargePoint:
        charge_point = self.build(**options)
        await self.driver.advance(3_000_000)
        charge_point.start()
        await self.until(lambda: charge_point.online, within_s)
        await self.run(2)
        return charge_point

    @property
    def cp(self) -> ChargePoint:
        assert self.charge_point is not None
        return self.charge_point

    async def run(self, seconds: float) -> None:
        await self.driver.advance(int(seconds * 1e6))

    async def until(self, predicate: Callable[[], bool], seconds: float = 60) -> None:
        came_true = await self.driver.advance_until(predicate, int(seconds * 1e6))
        assert came_true, f"not within {seconds} s; last events: {self.events[-8:]}"

    async def ask(self, action: str, payload: Payload) -> Payload:
        async with self.driver.exchange():
            return await self.central.call(action, payload)

    def plug_in(self, connector: int = 1, model: str = "byd-atto-3", **facts: Any) -> Vehicle:
        vehicle = Vehicle(model, **{"soc_percent": 40.0, **facts})
        self.evses[connector - 1].plug_in(vehicle)
        return vehicle

    def unplug(self, connector: int = 1, **how: Any) -> None:
        self.evses[connector - 1].unplug(**how)

    def tag(self, id_tag: str = "TAG1", connector: int = 1) -> None:
        self.evses[connector - 1].present_tag(id_tag)

    async def charging(self, connector: int = 1, id_tag: str = "TAG1", **facts: Any) -> None:
        """Bring a connector to the reusable state Charging."""
        self.plug_in(connector, **facts)
        await self.run(1)
        self.tag(id_tag, connector)
        await self.until(lambda: self.cp.transaction_id(connector) is not None)
        await self.until(lambda: self.evses[connector - 1].report().closed)
        await self.run(1)


@pytest.fixture
async def central() -> AsyncIterator[ScriptedCentral]:
    """A central system that finds every frame valid."""
    scripted = ScriptedCentral()
    await scripted.start()
    yield scripted
    await scripted.stop()
    assert scripted.violations == []


@pytest.fixture
async def rig(central: ScriptedCentral, tmp_path: Path) -> AsyncIterator[Rig]:
    made = Rig(central, tmp_path)
    yield made
    if made.charge_point is not None:
        await made.charge_point.close()


@pytest.fixture
def make_rig(tmp_path: Path) -> Callable[[ScriptedCentral], Rig]:
    return lambda central: Rig(central, tmp_path)


@pytest.fixture
def fresh_rig() -> Callable[[Path], Rig]:
    """Make a rig with a central system of its own, which is still to be started."""
    return lambda folder: Rig(ScriptedCentral(), folder)


@pytest.fixture
def silent() -> object:
    """What a scripted answer returns to leave a call without an answer."""
    return SILENT


@pytest.fixture
def refusal() -> type[Refusal]:
    return Refusal
