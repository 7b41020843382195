"""The OCPP server: accepts the sockets of chargers and runs a connection for each."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

import structlog
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from central.domain.errors import BusyError
from central.ocpp.admission import SUBPROTOCOL, Admission, RefusedError, Tls, admit, try_later
from central.ocpp.charge_point import ChargePoint, Services
from central.ocpp.connection import ChargerConnection
from central.ocpp.registry import Registry
from central.ocpp.socket import ChargerSocket
from central.ocpp.tls_door import TlsDoor
from central.pki.reading import facts_of_der
from central.pki.strength import PkiError

log = structlog.get_logger(__name__)


class OcppServer:
    """The chargers' side of a central system; see `listening`."""

    def __init__(self, services: Services, registry: Registry) -> None:
        self._services = services
        self._registry = registry

    @asynccontextmanager
    async def listening(
        self, listener: socket.socket, tls: ssl.SSLContext | None = None
    ) -> AsyncIterator[None]:
        """Take chargers on a bound socket; at the end their sockets are closed with 1001.

        What was received by then is still handled and committed. With `tls` it is the port of
        security profiles 2 and 3.
        """
        settings = self._services.settings

        class Socket(ChargerSocket):
            door = None if tls is None else TlsDoor(tls, settings.handshake_timeout_s)

        async with serve(
            self._serve,
            sock=listener,
            process_request=self._process_request,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            # It would cost 56 kB a connection instead of 14, for messages of 200 bytes.
            compression=None,
            max_size=settings.max_frame_bytes,
            open_timeout=settings.handshake_timeout_s,
            ping_interval=settings.ping_interval_s,
            ping_timeout=settings.ping_timeout_s,
            close_timeout=settings.close_timeout_s,
            server_header=None,
            create_connection=Socket,
        ):
            try:
                yield
            finally:
                # Before the end of the server, which waits for handshakes.
                self._services.waiting_room.close()

    async def _process_request(
        self, connection: ServerConnection, request: Request
    ) -> Response | None:
        assert isinstance(connection, ChargerSocket)
        try:
            connection.admission = await self._admit(connection, request)
        except RefusedError as refused:
            log.warning(
                "charger refused",
                path=request.path[:200],
                remote=connection.peer,
                status=refused.status.value,
                reason=refused.reason,
            )
            if refused.status is HTTPStatus.UNAUTHORIZED:
                # Which part was wrong is for the operator, not for somebody who tries keys.
                response = connection.respond(refused.status, "unauthorized\n")
                response.headers["WWW-Authenticate"] = 'Basic realm="OCPP"'
            else:
                response = connection.respond(refused.status, f"{refused.reason}\n")
            if refused.retry_after_s is not None:
                response.headers["Retry-After"] = str(refused.retry_after_s)
            return response
        return None

    async def _admit(self, connection: ServerConnection, request: Request) -> Admission:
        """Admit a charger as soon as there is room for what it brings.

        Raises:
            RefusedError: It may not connect, or not now.
        """
        services = self._services
        try:
            async with services.waiting_room.entered(services.settings.longest_wait_s):
                if connection.transport.is_closing():
                    raise RefusedError(
                        HTTPStatus.SERVICE_UNAVAILABLE, "it hung up while it was kept waiting"
                    )
                return await admit(request.path, request.headers, services, _tls_of(connection))
        except BusyError as error:
            raise try_later(error) from error

    async def _serve(self, websocket: ServerConnection) -> None:
        assert isinstance(websocket, ChargerSocket)
        assert websocket.admission is not None
        charger = websocket.admission.charger
        charger_log = log.bind(charge_point_id=charger.charge_point_id)
        connection = ChargerConnection(
            websocket,
            ChargePoint(
                charge_point_id=charger.charge_point_id,
                registration=charger.registration,
                security_profile=websocket.admission.security_profile,
                services=self._services,
                log=charger_log,
            ),
            self._registry,
        )
        _forget_headers(websocket)
        predecessor = self._registry.attach(connection)
        charger_log.info(
            "connected",
            remote=websocket.peer,
            security_profile=websocket.admission.security_profile,
            replaces=predecessor is not None,
        )
        await connection.run(predecessor)


def _tls_of(connection: ServerConnection) -> Tls | None:
    """Tell the TLS of a socket, None on the port without it.

    Raises:
        RefusedError: The client's certificate passed the handshake, but cannot be read.
    """
    session = connection.transport.get_extra_info("ssl_object")
    if session is None:
        return None
    der: bytes | None = session.getpeercert(binary_form=True)
    try:
        return Tls(None if der is None else facts_of_der(der))
    except PkiError as error:
        raise RefusedError(HTTPStatus.UNAUTHORIZED, str(error)) from error


def _forget_headers(websocket: ChargerSocket) -> None:
    """Free what the handshake left: 4 kB of each socket, and the charger's key in it."""
    for message in (websocket.request, websocket.response):
        if message is not None:
            message.headers.clear()
