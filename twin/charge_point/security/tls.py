"""TLS as the whitepaper wants it (W section 2.4), and what it means when it fails.

Dates of certificates are judged by the charger's clock, as everything else is
that it does; OpenSSL would take the machine's.
"""

from __future__ import annotations

import secrets
import ssl
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)
from websockets.exceptions import InvalidStatus

from twin.charge_point.security.checks import BadCertificate, check_dates
from twin.charge_point.security.event_types import SecurityEvent
from twin.charge_point.security.identity import Identity

CIPHER_SUITES = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "AES128-GCM-SHA256",
    "AES256-GCM-SHA384",
)
"""The four of W section 2.4 by OpenSSL's names, for TLS 1.2. TLS 1.3, which is younger than the
whitepaper, has its own."""

_NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL, which `ssl` does not name."""


class ClientContext(ssl.SSLContext):
    """One connection's TLS, on the side of the charger.

    Attributes:
        now: The charger's clock.
        trouble: What went wrong with TLS after the handshake: in TLS 1.3 that is when
            the other side says that it does not take the charger's certificate.
    """

    now: Callable[[], datetime]
    trouble: ssl.SSLError | None = None


class _ClientObject(ssl.SSLObject):
    def do_handshake(self) -> None:
        super().do_handshake()
        assert isinstance(self.context, ClientContext)
        now = self.context.now()
        for der in _verified_chain(self):
            try:
                check_dates(x509.load_der_x509_certificate(der), now)
            except BadCertificate as error:
                raise ssl.SSLCertVerificationError(1, f"certificate {error}") from error

    def read(self, len: int = 1024, buffer: Any = None) -> Any:  # noqa: A002
        try:
            # Without a buffer None must not be handed on.
            return super().read(len) if buffer is None else super().read(len, buffer)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError, ssl.SSLEOFError):
            raise
        except ssl.SSLError as error:
            assert isinstance(self.context, ClientContext)
            self.context.trouble = error
            raise


def _verified_chain(tls: ssl.SSLObject) -> list[bytes]:
    if hasattr(tls, "get_verified_chain"):
        return list(tls.get_verified_chain())
    # Python 3.13 made it public; before, it is there all the same.
    chain = tls._sslobj.get_verified_chain()  # type: ignore[attr-defined]
    return [ssl.PEM_cert_to_DER_cert(each.public_bytes()) for each in chain]


def client_context(
    roots: Sequence[x509.Certificate], identity: Identity | None, now: Callable[[], datetime]
) -> ClientContext:
    """Return the TLS of a connection: version, suites, whom to believe and who calls.

    Args:
        roots: Roots of the central system.
        identity: The charger's own certificate, security profile 3; None: without.
        now: The charger's clock.
    """
    context = ClientContext(ssl.PROTOCOL_TLS_CLIENT)
    context.sslobject_class = _ClientObject
    context.now = now
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(":".join(CIPHER_SUITES))
    context.options |= ssl.OP_NO_COMPRESSION
    context.verify_flags |= _NO_CHECK_TIME
    for root in roots:
        context.load_verify_locations(cadata=root.public_bytes(Encoding.DER))
    if identity is not None:
        _load(context, identity)
    return context


def _load(context: ssl.SSLContext, identity: Identity) -> None:
    """Hand over the private key, which `ssl` takes from a file alone: one that says nothing."""
    password = secrets.token_bytes(32).hex().encode()
    key = identity.key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password)
    )
    chain = b"".join(each.public_bytes(Encoding.PEM) for each in identity.chain)
    with TemporaryDirectory() as folder:  # mode 0700
        path = Path(folder) / "identity.pem"
        path.write_bytes(key + chain)
        context.load_cert_chain(path, password=password)


_VERSION = frozenset(
    {
        "TLSV1_ALERT_PROTOCOL_VERSION",
        "TLSV1_UNSUPPORTED_PROTOCOL",
        "UNSUPPORTED_PROTOCOL",
        "WRONG_SSL_VERSION",
    }
)
_CIPHER_SUITE = frozenset(
    {
        "NO_CIPHERS_AVAILABLE",
        "SSLV3_ALERT_HANDSHAKE_FAILURE",
        "TLSV1_ALERT_INSUFFICIENT_SECURITY",
        "UNKNOWN_CIPHER_RETURNED",
        "WRONG_CIPHER_RETURNED",
    }
)
_REFUSED = (
    "ACCESS_DENIED", "BAD_CERTIFICATE", "CERTIFICATE_EXPIRED", "CERTIFICATE_REQUIRED",
    "CERTIFICATE_REVOKED", "CERTIFICATE_UNKNOWN", "UNKNOWN_CA", "UNSUPPORTED_CERTIFICATE",
)  # fmt: skip
"""How alerts (RFC 8446 section 6.2) end that are about the charger's certificate."""


def security_event(error: Exception) -> SecurityEvent | None:
    """Return what a failed attempt at a connection says of security, None where nothing."""
    if isinstance(error, InvalidStatus):
        refused = error.response.status_code in {401, 403}
        return SecurityEvent.FAILED_TO_AUTHENTICATE if refused else None
    if isinstance(error, ssl.SSLCertVerificationError):
        return SecurityEvent.INVALID_CENTRAL_CERTIFICATE
    if isinstance(error, ssl.SSLError):
        reason = error.reason or ""
        if reason in _VERSION:
            return SecurityEvent.INVALID_TLS_VERSION
        if reason in _CIPHER_SUITE:
            return SecurityEvent.INVALID_TLS_CIPHER_SUITE
        if reason.endswith(_REFUSED):
            return SecurityEvent.FAILED_TO_AUTHENTICATE
    return None
