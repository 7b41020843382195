"""The TLS handshake of the chargers' port, done here so that a failed one can be told of."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import Final

import structlog

log = structlog.get_logger(__name__)

LINES_OF_AN_ADDRESS: Final = 5
LINES: Final = 100
"""Failed handshakes that are logged in a minute, of one address and in all."""
_MINUTE_S: Final = 60.0

# What OpenSSL calls it, and what an operator is to know of it.
_MEANINGS: Final = {
    "HTTP_REQUEST": "it speaks HTTP without TLS: this port is for wss://",
    "WRONG_VERSION_NUMBER": "it speaks no TLS",
    "NO_SHARED_CIPHER": "it has no cipher suite of ours",
    "UNSUPPORTED_PROTOCOL": "its TLS is older than 1.2",
    "VERSION_TOO_LOW": "its TLS is older than 1.2",
    "TLSV1_ALERT_UNKNOWN_CA": "it does not trust our certificate; install our root in it",
    "SSLV3_ALERT_BAD_CERTIFICATE": "it does not take our certificate",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "it does not take our certificate",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "our certificate has expired by its clock",
}

_HUNG_UP: Final = "it hung up in the middle"


class TlsDoor:
    """Lets connections through a TLS handshake; those that fail leave one log line each.

    Of an address no more than `LINES_OF_AN_ADDRESS` are logged in a minute, and no more than
    `LINES` in all: who knocks all day fills no disk. How many were not is told in the first line
    of a later minute.
    """

    def __init__(self, context: ssl.SSLContext, timeout_s: float) -> None:
        self._context = context
        self._timeout_s = timeout_s
        # The event loop itself keeps no task alive.
        self._entering: set[asyncio.Task[None]] = set()
        self._minute_began = 0.0
        self._logged: dict[str, int] = {}
        self._untold = 0

    def enter(self, plain: asyncio.Transport, protocol: asyncio.Protocol) -> None:
        """Begin the handshake on a connection that has just been made.

        Once it is done `protocol` is told that the connection was made. The event loop has no
        handshake that begins on a transport without a chance that the first bytes are lost, so
        the connection moves to a descriptor of its own.
        """
        connection: socket.socket = plain.get_extra_info("socket").dup()
        connection.setblocking(False)
        peer = plain.get_extra_info("peername")
        plain.set_protocol(asyncio.Protocol())
        plain.abort()
        task = asyncio.get_running_loop().create_task(self._open(connection, peer, protocol))
        self._entering.add(task)
        task.add_done_callback(self._entering.discard)

    async def _open(
        self, connection: socket.socket, peer: tuple[str, int] | None, protocol: asyncio.Protocol
    ) -> None:
        try:
            transport, _ = await asyncio.get_running_loop().connect_accepted_socket(
                lambda: protocol,
                connection,
                ssl=self._context,
                ssl_handshake_timeout=self._timeout_s,
            )
        except OSError as error:
            connection.close()
            self._note_failed(peer, _reason(error))
            return
        if transport.get_extra_info("ssl_object").version() is None:
            # uvloop does not tell of a hang-up in the middle by an error.
            transport.close()
            self._note_failed(peer, _HUNG_UP)

    def _note_failed(self, peer: tuple[str, int] | None, reason: str) -> None:
        # One that has hung up before it was taken has no address any more.
        host, remote = (peer[0], "{}:{}".format(*peer[:2])) if peer else ("", "")
        now = asyncio.get_running_loop().time()
        if now - self._minute_began >= _MINUTE_S:
            self._minute_began = now
            self._logged.clear()
        count = self._logged.get(host, 0)
        if count >= LINES_OF_AN_ADDRESS or sum(self._logged.values()) >= LINES:
            self._untold += 1
            return
        self._logged[host] = count + 1
        log.warning(
            "TLS handshake failed",
            remote=remote,
            reason=reason,
            **({"not_logged_before": self._untold} if self._untold else {}),
        )
        self._untold = 0


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not good: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        name = (error.reason or "").replace(" ", "_").upper()
        return _MEANINGS.get(name) or name.replace("_", " ").lower() or "no TLS that can be read"
    if isinstance(error, ConnectionAbortedError):
        return "it took too long"
    return _HUNG_UP
