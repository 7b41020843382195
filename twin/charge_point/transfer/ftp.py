"""Files over FTP (RFC 959) and FTPS (explicit, RFC 4217). These functions block."""

from __future__ import annotations

import ftplib
import ssl
from io import BytesIO

from twin.charge_point.transfer.location import MOST_BYTES, Location, TransferFailed

# UnicodeError: what the server says is not UTF-8 (RFC 2640).
_FAILURES = (OSError, EOFError, ftplib.Error, UnicodeError)
_REFUSED = frozenset({"530", "532", "550", "553"})


def fetch(location: Location, trust: ssl.SSLContext, timeout_s: float | None) -> bytes:
    """Return a file.

    Raises:
        TransferFailed: It cannot be had, or is too large.
    """
    found = bytearray()

    def take(piece: bytes) -> None:
        found.extend(piece)
        if len(found) > MOST_BYTES:
            raise TransferFailed(f"the file is larger than {MOST_BYTES} bytes")

    *folders, name = location.steps or [""]
    try:
        with _session(location, trust, timeout_s) as session:
            for folder in folders:
                session.cwd(folder)
            session.retrbinary(f"RETR {name}", take)
    except _FAILURES as error:
        raise _failed(error) from error
    return bytes(found)


def upload(
    location: Location, name: str, content: bytes, trust: ssl.SSLContext, timeout_s: float | None
) -> None:
    """Store a file in the folder at a location.

    Raises:
        TransferFailed: The server did not take it.
    """
    try:
        with _session(location, trust, timeout_s) as session:
            for folder in location.steps:
                session.cwd(folder)
            session.storbinary(f"STOR {name}", BytesIO(content))
    except _FAILURES as error:
        raise _failed(error) from error


def _session(location: Location, trust: ssl.SSLContext, timeout_s: float | None) -> ftplib.FTP:
    session: ftplib.FTP
    if location.scheme == "ftps":
        session = ftplib.FTP_TLS(timeout=timeout_s, context=trust)  # noqa: S321 -- what is asked for
    else:
        session = ftplib.FTP(timeout=timeout_s)  # noqa: S321 -- what the URL asks for
    try:
        session.connect(location.host, location.port or ftplib.FTP_PORT)
        session.login(location.user, location.password)
        if isinstance(session, ftplib.FTP_TLS):
            session.prot_p()
    except BaseException:
        session.close()
        raise
    return session


def _failed(error: Exception) -> TransferFailed:
    why = str(error) or type(error).__name__
    return TransferFailed(why, denied=isinstance(error, ftplib.error_perm) and why[:3] in _REFUSED)
