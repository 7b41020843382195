"""A real OCPP server on a real socket over a real SQLite file, and chargers that speak to it."""

import asyncio
import base64
import itertools
import shutil
import socket
import threading
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
import structlog
import uvloop
from websockets.asyncio.client import connect

from central.domain import chargers
from central.domain.charger_keys import ChargerKeys, generate_key
from central.domain.clock import ExternalClock
from central.domain.last_seen import LastSeen
from central.domain.message_log import open_message_log
from central.domain.passwords import Passwords
from central.domain.storage import open_storage
from central.migrations import upgrade
from central.ocpp.charge_point import Services
from central.ocpp.registry import Registry
from central.ocpp.server import OcppServer
from central.ocpp.settings import OcppSettings
from central.ocpp.waiting_room import WaitingRoom
from wire.frames import Call, CallError, CallResult, decode, encode

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SERVER_KEY = b"k" * 32


class PlayedCharger:
    """A charger played by the test: sends what it is told and reads what comes."""

    def __init__(self, websocket):
        self.websocket = websocket
        self._ids = itertools.count(1)

    async def send(self, frame):
        """Send a frame, or any text."""
        await self.websocket.send(frame if isinstance(frame, str | bytes) else encode(frame))

    async def receive(self):
        async with asyncio.timeout(20):
            return decode(await self.websocket.recv())

    async def call(self, action, payload, unique_id=None):
        """Send a call and give its answer."""
        await self.send(Call(unique_id or f"m{next(self._ids)}", action, payload))
        return await self.receive()

    async def ask(self, action, payload):
        """Send a call that must not be refused and give the payload of the answer."""
        answer = await self.call(action, payload)
        assert isinstance(answer, CallResult), answer
        return answer.payload

    async def refused(self, action, payload, unique_id=None):
        """Send a call that must be refused and give the code."""
        answer = await self.call(action, payload, unique_id)
        assert isinstance(answer, CallError), answer
        return answer.code

    async def boot(self):
        return await self.ask(
            "BootNotification", {"chargePointVendor": "Maker", "chargePointModel": "One"}
        )

    async def closed(self):
        """Wait until the server has closed the socket; gives the code."""
        async with asyncio.timeout(20):
            await self.websocket.wait_closed()
        return self.websocket.close_code


class RunningCentral:
    """The server under test with everything a test may look into."""

    def __init__(self, services, registry, port):
        self.services = services
        self.registry = registry
        self.port = port
        self._stack = AsyncExitStack()

    @property
    def storage(self):
        return self.services.storage

    @property
    def clock(self):
        return self.services.clock

    async def add(self, identity, *, with_key=True):
        """Admit a charger; gives its key as 40 hexadecimal digits."""
        key = generate_key(SERVER_KEY)
        await self.storage.write(
            chargers.add_charger,
            identity,
            self.clock.now(),
            key_hash=key.key_hash if with_key else None,
        )
        return key.key

    async def open(self, identity, *, key=None, headers=None, subprotocols=("ocpp1.6",), **more):
        """Connect; `key` is sent as raw bytes, `more` is what `websockets` takes."""
        headers = dict(headers or {})
        if key is not None:
            secret = identity.encode() + b":" + bytes.fromhex(key)
            headers["Authorization"] = "Basic " + base64.b64encode(secret).decode()
        scheme = "wss" if "ssl" in more else "ws"
        websocket = await connect(
            f"{scheme}://127.0.0.1:{self.port}/{quote(identity, safe='')}",
            subprotocols=subprotocols or None,
            additional_headers=headers,
            compression=None,
            ping_interval=None,
            proxy=None,
            **more,
        )
        self._stack.push_async_callback(websocket.close)
        return PlayedCharger(websocket)

    async def charger(self, identity="CP1"):
        """Admit a charger, connect it and boot it."""
        played = await self.open(identity, key=await self.add(identity))
        await played.boot()
        return played

    async def link(self, identity="CP1"):
        found = await self.registry.find(identity)
        assert found is not None
        return found

    async def aclose(self):
        await self._stack.aclose()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """An SQLite file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "central.db"
    asyncio.run(upgrade(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(empty_database, tmp_path):
    path = tmp_path / "central.db"
    for file in empty_database.parent.glob(empty_database.name + "*"):
        shutil.copy(file, path.parent / file.name)
    return f"sqlite:///{path}"


@asynccontextmanager
async def _running(url, passwords, storage=None, waiting_room=None, tls=None, **settings):
    async with AsyncExitStack() as stack:
        if storage is None:
            storage = await open_storage(url)
            stack.push_async_callback(storage.close)
        message_log = await open_message_log(url)
        stack.push_async_callback(message_log.close)
        clock = ExternalClock(NOON)
        services = Services(
            settings=OcppSettings(**settings),
            storage=storage,
            clock=clock,
            keys=ChargerKeys(SERVER_KEY, passwords),
            last_seen=LastSeen(storage),
            message_log=message_log,
            waiting_room=waiting_room or WaitingRoom(),
        )
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        registry = Registry()
        server = OcppServer(services, registry)
        central = RunningCentral(services, registry, listener.getsockname()[1])
        stack.push_async_callback(central.aclose)
        await stack.enter_async_context(server.listening(listener, tls))
        yield central


@pytest.fixture(scope="session")
def passwords():
    """Making one costs 80 ms, and it keeps nothing."""
    with closing(Passwords()) as passwords:
        yield passwords


@pytest.fixture
async def start_central(sqlite_url, passwords):
    """Start a server with settings of the test's choice, or with a storage of its own."""
    async with AsyncExitStack() as stack:

        async def start(*, url=sqlite_url, within=stack, **settings):
            return await within.enter_async_context(_running(url, passwords, **settings))

        yield start


@pytest.fixture
async def central(start_central):
    """A server at its defaults."""
    return await start_central()


@pytest.fixture
def runner():
    """An event loop that a test without one of its own can run coroutines in."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def running_central(runner, sqlite_url, passwords):
    """A server at its defaults, in the loop of `runner`."""
    running = _running(sqlite_url, passwords)
    yield runner.run(running.__aenter__())
    runner.run(running.__aexit__(None, None, None))


@pytest.fixture
def logged():
    """The log lines of the test, as dictionaries."""
    with structlog.testing.capture_logs() as lines:
        yield lines


class Stall:
    """A disk that stands still: nothing is committed, or nothing read, until it is released."""

    def __init__(self):
        self._gate = threading.Event()
        self._tasks = []

    async def writer(self, storage):
        """Hold up the writer; returns once it stands."""
        await self._hold(storage.write)

    async def readers(self, storage):
        """Hold up all four readers; returns once they stand."""
        for _ in range(4):
            await self._hold(storage.read)

    async def _hold(self, run):
        loop = asyncio.get_running_loop()
        reached = asyncio.Event()

        def wait(_conn):
            loop.call_soon_threadsafe(reached.set)
            self._gate.wait(30)

        self._tasks.append(asyncio.ensure_future(run(wait)))
        await reached.wait()

    def release(self):
        self._gate.set()

    async def end(self):
        self.release()
        await asyncio.gather(*self._tasks)


@pytest.fixture
async def stall():
    stall = Stall()
    yield stall
    await stall.end()


async def _until(condition):
    """Let the event loop run until a condition holds."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 -- what is waited for has no event of its own
            await asyncio.sleep(0.001)


@pytest.fixture
def until():
    return _until


def pytest_asyncio_loop_factories():
    """Run the server on the event loop that the process has, see `central.process`."""
    return {"uvloop": uvloop.new_event_loop}
