"""The process of a central system: HTTP and OCPP in one event loop, from start to clean end."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import resource
import signal
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import structlog
import uvicorn
import uvloop

from central import control
from central.app import create_app
from central.database import StartError
from central.domain.clock import BusinessClock, ExternalClock
from central.settings import Settings
from central.system import CentralSystem, open_system

log = structlog.get_logger(__name__)

GRACEFUL_S = 5
"""How long requests that are under way may take to end, once the process was told to."""

MOST_SOCKETS = 65_536


@dataclass(frozen=True)
class Listening:
    """Where a process listens; port 0 takes a free one."""

    host: str = "127.0.0.1"
    http_port: int = 8000
    ocpp_port: int = 9000
    ocpp_tls_port: int = 9443
    """Taken only where the settings name certificates for it."""
    control_socket: Path | None = None


def run(settings: Settings, listening: Listening, clock: BusinessClock) -> None:
    """Run a central system until SIGINT or SIGTERM, then end it cleanly.

    When it is up, one line on stdout says where: `ready {"http": …, "ocpp": …}`, with
    `"ocpp_tls"` where there is TLS.

    Raises:
        StartError: It cannot start; the message is one line that says why.
        ControlSocketError: The control socket cannot be opened.
    """
    _allow_many_sockets()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, listening, clock))


async def _serve(settings: Settings, listening: Listening, clock: BusinessClock) -> None:
    async with AsyncExitStack() as stack:
        # All sockets are taken before anything is started, so that a busy one costs nothing.
        http_socket = stack.enter_context(
            _bound(listening.host, listening.http_port, "--http-port")
        )
        ocpp_socket = stack.enter_context(
            _bound(listening.host, listening.ocpp_port, "--ocpp-port")
        )
        tls_socket = (
            stack.enter_context(_bound(listening.host, listening.ocpp_tls_port, "--ocpp-tls-port"))
            if settings.ocpp_tls_cert
            else None
        )
        control_socket = (
            stack.enter_context(control.bound(listening.control_socket))
            if listening.control_socket is not None
            else None
        )
        addresses = {"http": _url("http", http_socket), "ocpp": _url("ws", ocpp_socket)}
        settings = _with_public_url(settings, http_socket)
        system = await stack.enter_async_context(open_system(settings, clock))
        if control_socket is not None:
            assert isinstance(clock, ExternalClock)
            await stack.enter_async_context(
                control.listening(control_socket, control.ControlSocket(clock, system.schedule))
            )
        told_to_end = _told_to_end()
        server = _HttpServer(system)
        async with asyncio.TaskGroup() as tasks:
            jobs = tasks.create_task(system.run_jobs())
            http = tasks.create_task(server.serve([http_socket]))
            async with AsyncExitStack() as chargers:
                await chargers.enter_async_context(system.ocpp.listening(ocpp_socket))
                if tls_socket is not None:
                    await chargers.enter_async_context(
                        system.ocpp.listening(tls_socket, system.tls)
                    )
                    addresses["ocpp_tls"] = _url("wss", tls_socket)
                await server.up.wait()
                # What is here by now stays. Walking through it in each full collection would
                # stop the loop for 40 ms at a time.
                gc.collect()
                gc.freeze()
                # What a message needs is freed when it is answered; looking for cycles after each
                # 700 objects, some thirty messages, took 4 % of the time of the loop.
                gc.set_threshold(10_000, 10, 10)
                _announce(addresses)
                await told_to_end.wait()
                log.info("ending")
                # Who waits for a charger is answered before HTTP ends: the chargers go first.
                system.services.ending.set()
            server.should_exit = True
            await http
            jobs.cancel()
    log.info("ended")


def _told_to_end() -> asyncio.Event:
    """Return what SIGINT or SIGTERM sets; a second signal has its usual effect."""
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    signals = (signal.SIGINT, signal.SIGTERM)

    def end() -> None:
        told.set()
        for number in signals:
            loop.remove_signal_handler(number)

    for number in signals:
        loop.add_signal_handler(number, end)
    return told


def _allow_many_sockets() -> None:
    """Raise the limit of open files to what this user may have: a charger is one of them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_SOCKETS if hard == resource.RLIM_INFINITY else min(hard, MOST_SOCKETS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class _HttpServer(uvicorn.Server):
    """uvicorn, told to end by us instead of by signals that it would raise again."""

    def __init__(self, system: CentralSystem) -> None:
        super().__init__(
            uvicorn.Config(
                create_app(system.services),
                loop="none",
                http="httptools",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=GRACEFUL_S,
            )
        )
        self.up = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone: the process handles them."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, and say so."""
        await super().startup(sockets)
        self.up.set()


def _announce(addresses: dict[str, str]) -> None:
    print(f"ready {json.dumps(addresses)}", flush=True)  # noqa: T201 -- scripts wait for it
    log.info("up", **addresses)


def _bound(host: str, port: int, option: str) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError) as error:
        why = error.strerror if isinstance(error, socket.gaierror) else "not the name of a host"
        raise StartError(f"--host {host}: {why}; name an address of this machine") from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise StartError(
            f"cannot listen on {host} port {port}: {error.strerror}; "
            f"choose another with {option}, 0 for a free one"
        ) from None
    listener.setblocking(False)
    return listener


def _with_public_url(settings: Settings, listener: socket.socket) -> Settings:
    """Fill in where chargers reach the HTTP port; unknown where it listens on any address."""
    if settings.public_url or ip_address(listener.getsockname()[0]).is_unspecified:
        return settings
    return settings.model_copy(update={"public_url": _url("http", listener)})


def _url(scheme: str, listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
