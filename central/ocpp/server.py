"""The OCPP server: accepts the sockets of chargers and runs a connection for each."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

import structlog
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from central.ocpp.admission import SUBPROTOCOL, RefusedError, admit
from central.ocpp.charge_point import ChargePoint, Services
from central.ocpp.connection import ChargerConnection
from central.ocpp.registry import Registry
from central.ocpp.socket import ChargerSocket

log = structlog.get_logger(__name__)


class OcppServer:
    """The chargers' side of a central system; see `listening`."""

    def __init__(self, services: Services, registry: Registry) -> None:
        self._services = services
        self._registry = registry

    @asynccontextmanager
    async def listening(self, listener: socket.socket) -> AsyncIterator[None]:
        """Take chargers on a bound socket; at the end their sockets are closed with 1001.

        What was received by then is still handled and committed.
        """
        settings = self._services.settings
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
            create_connection=ChargerSocket,
        ):
            yield

    async def _process_request(
        self, connection: ServerConnection, request: Request
    ) -> Response | None:
        assert isinstance(connection, ChargerSocket)
        try:
            connection.admission = await admit(request.path, request.headers, self._services)
        except RefusedError as refused:
            log.warning(
                "charger refused",
                path=request.path[:200],
                remote=_address(connection),
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
                services=self._services,
                log=charger_log,
            ),
            self._registry,
        )
        _forget_headers(websocket)
        predecessor = self._registry.attach(connection)
        charger_log.info(
            "connected",
            remote=_address(websocket),
            security_profile=websocket.admission.security_profile,
            replaces=predecessor is not None,
        )
        await connection.run(predecessor)


def _forget_headers(websocket: ChargerSocket) -> None:
    """Free what the handshake left: 4 kB of each socket, and the charger's key in it."""
    for message in (websocket.request, websocket.response):
        if message is not None:
            message.headers.clear()


def _address(connection: ServerConnection) -> str:
    host, port = connection.remote_address[:2]
    return f"{host}:{port}"
