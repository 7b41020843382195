"""Where a charge point calls, and how it shows who it is."""

from __future__ import annotations

import base64
import ssl
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from websockets.typing import Subprotocol

SUBPROTOCOL = Subprotocol("ocpp1.6")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the central system listens and who calls there.

    Attributes:
        url: Without the identity, such as `ws://127.0.0.1:9000`.
        identity: The charge point's identity, appended percent-encoded (OCPP-J 1.6 3.1.1).
        key: The authorization key, raw bytes, for Basic authentication; None: without.
        tls: For a `wss` URL: whom to believe and, with a certificate, who calls; None:
            the authorities that this machine believes.
        subprotocol: What the two are to speak.
    """

    url: str
    identity: str
    key: bytes | None = None
    tls: ssl.SSLContext | None = None
    subprotocol: Subprotocol = SUBPROTOCOL

    def address(self) -> str:
        """Return the URL to connect to."""
        return f"{self.url.rstrip('/')}/{quote(self.identity, safe='')}"

    def headers(self) -> dict[str, str]:
        """Return the Basic authorization: the key's raw bytes, not their text (OCPP-J 6.2)."""
        if self.key is None:
            return {}
        credentials = self.identity.encode() + b":" + self.key
        return {"Authorization": "Basic " + base64.b64encode(credentials).decode()}

    def tls_context(self) -> ssl.SSLContext | None:
        """Return the TLS of a `wss` URL, None of any other."""
        if not self.url.startswith("wss:"):
            return None
        return _machines_authorities() if self.tls is None else self.tls


@cache
def _machines_authorities() -> ssl.SSLContext:
    """Return the one TLS that believes what this machine believes, `SSL_CERT_FILE` included.

    To make it takes 23 ms and 0.9 MB: too much for each of a thousand chargers at each attempt.
    """
    return ssl.create_default_context()
