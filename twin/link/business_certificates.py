"""Certificates of a business side that is a program: where it keeps them, and TLS with them.

The program owns the files of `DIR/certificates` (docs/link.md). The twin puts into a new folder
what a charger leaves the factory with, and reads them for each connection, as a board's modem does.
"""

from __future__ import annotations

import os
import re
import ssl
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from websockets.exceptions import InvalidHandshake

from twin.charge_point.security.checks import read_chain, read_key
from twin.charge_point.security.event_types import SecurityEvent
from twin.charge_point.security.identity import Identity
from twin.charge_point.security.setup import SecuritySetup
from twin.charge_point.security.tls import ClientContext, client_context, security_event
from twin.link.business_frames import NET_FAILURES

FOLDER = "certificates"
MOST_ROOTS = 20
_PRIVATE_KEY = re.compile(r"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?-----END \1-----\n", re.DOTALL)

_FAILURES = {
    SecurityEvent.FAILED_TO_AUTHENTICATE: "refuses this charger",
    SecurityEvent.INVALID_CENTRAL_CERTIFICATE: "its certificate is not to be believed",
    SecurityEvent.INVALID_TLS_VERSION: "TLS version",
    SecurityEvent.INVALID_TLS_CIPHER_SUITE: "cipher suite",
}


def provision(directory: Path, setup: SecuritySetup) -> None:
    """Put there what a charger leaves the factory with, where there is nothing yet.

    Raises:
        ValueError: more roots than there is room for.
    """
    folder = directory / FOLDER
    if folder.exists():
        return
    beside = directory / f"{FOLDER}.new"
    beside.mkdir(mode=0o700, exist_ok=True)
    roots = {"central": setup.central_roots, "manufacturer": setup.manufacturer_roots}
    chains = {kind: read_chain(pem) if pem else [] for kind, pem in roots.items()}
    if sum(map(len, chains.values())) > MOST_ROOTS:
        raise ValueError(f"the firmware has room for {MOST_ROOTS} root certificates")
    for kind, chain in chains.items():
        for number, root in enumerate(chain):
            _write(beside / f"{kind}{number}.pem", _pem(root))
    if setup.certificate:
        own = "".join(map(_pem, read_chain(setup.certificate)))
        _write(beside / "own.pem", setup.key.rstrip() + "\n" + own)
    beside.rename(folder)


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def tls_of(
    directory: Path, now: Callable[[], datetime], *, own: bool, key_log: Path | None
) -> ClientContext | None:
    """Return the TLS of a connection with what a program keeps; None: it keeps none.

    Args:
        directory: of the program.
        now: what the charger takes for the time.
        own: with its own certificate, where it has one.
        key_log: as in `SecuritySetup`.

    Raises:
        BadCertificate: what is there cannot be read.
    """
    folder = directory / FOLDER
    if not folder.is_dir():
        return None
    roots = [
        root
        for path in sorted(folder.glob("central*.pem"))
        for root in read_chain(path.read_text(encoding="ascii"))
    ]
    made = client_context(roots, _identity(folder / "own.pem") if own else None, now)
    if key_log is not None:
        made.keylog_filename = str(key_log)
    return made


def _identity(path: Path) -> Identity | None:
    if not path.exists():
        return None
    text = path.read_text(encoding="ascii")
    key = _PRIVATE_KEY.search(text)
    return Identity(tuple(read_chain(text)), read_key(key[0] if key else ""))


def clock_of(directory: Path, utc_at_zero: datetime, now_us: int) -> datetime:
    """Return the time of a program's battery-backed clock; without one, that it would have."""
    path = directory / "clock.bin"
    kept = path.read_bytes() if path.exists() else b""
    if len(kept) >= 8:
        (offset_us,) = struct.unpack_from("<q", kept)
        return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=offset_us + now_us)
    return utc_at_zero + timedelta(microseconds=now_us)


def failure_of(error: Exception | None, tls: ssl.SSLContext | None) -> int:
    """Return what an attempt failed of, of `NET_FAILURES`."""
    if isinstance(tls, ClientContext) and tls.trouble is not None:
        error = tls.trouble
    event = None if error is None else security_event(error)
    if event is not None:
        return NET_FAILURES.index(_FAILURES[event])
    nobody = isinstance(error, OSError) and not isinstance(error, (ssl.SSLError, InvalidHandshake))
    return NET_FAILURES.index("nobody is reached" if nobody else "other")
