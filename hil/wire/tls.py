"""TLS that goes by, read with the secrets that one of its ends writes down: nothing is terminated.

Not here: how a record is opened (`tls_records`); who may be trusted, which is between the two ends.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hil.wire.recording import Kind, Way
from hil.wire.tls_hello import SUPPORTED_VERSIONS, extensions, read_offer
from hil.wire.tls_records import (
    CHANGE_CIPHER_SPEC,
    DATA,
    HANDSHAKE,
    RECORDS,
    SUITES,
    Opener,
    Opener12,
    Opener13,
    Suite,
    UnreadableTls,
)

CLIENT_HELLO, SERVER_HELLO = 1, 2
TLS_1_3 = 0x0304

LABELS: dict[Way, str] = {">": "CLIENT_TRAFFIC_SECRET_0", "<": "SERVER_TRAFFIC_SECRET_0"}
"""Of a key log: the secrets of TLS 1.3 for what is said after the handshake."""

MASTER_SECRET = "CLIENT_RANDOM"  # noqa: S105 -- the label of a line
"""The label of TLS 1.2."""


class KeyLog:
    """The file into which an end writes its secrets, in the format of NSS ("SSLKEYLOGFILE").

    Args:
        path: of the file; it need not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read_bytes = 0
        self._secrets: dict[tuple[str, str], bytes] = {}

    def secret(self, label: str, client_random: bytes) -> bytes | None:
        """Return a secret of a connection; None where it has not been written yet."""
        wanted = (label, client_random.hex())
        if wanted not in self._secrets and self.path.is_file():
            with self.path.open("rb") as file:
                file.seek(self._read_bytes)
                for line in file:
                    if not line.endswith(b"\n"):
                        break
                    self._read_bytes += len(line)
                    match line.decode("ascii").split():
                        case [str(name), str(random), str(secret)] if not name.startswith("#"):
                            self._secrets[name, random] = bytes.fromhex(secret)
        return self._secrets.get(wanted)


class TlsSession:
    """One connection: what its two ends have agreed on in the clear, and a stream for each way.

    Args:
        key_log: where the secrets are.
        saw: told what the charger offers, and version and suite once the central system has
            answered.
    """

    def __init__(self, key_log: KeyLog, saw: Callable[[Way, Kind, str], None]) -> None:
        self.key_log = key_log
        self.streams: dict[Way, TlsStream] = {">": TlsStream(self, ">"), "<": TlsStream(self, "<")}
        self.client_random = b""
        self.server_random = b""
        self.suite: Suite | None = None
        self.is_1_3 = False
        self._saw = saw

    def hello(self, message: bytes) -> None:
        """Take in a ClientHello or a ServerHello (RFC 8446 section 4.1)."""
        kind, random = message[0], message[6:38]
        if kind == CLIENT_HELLO:
            self.client_random = random
            self._saw(">", "offer", str(read_offer(message)))
        elif kind == SERVER_HELLO:
            self.server_random = random
            at = 39 + message[38]
            number = int.from_bytes(message[at : at + 2])
            self.suite = SUITES.get(number)
            if self.suite is None:
                raise UnreadableTls(f"the cipher suite 0x{number:04x} cannot be read")
            selected = dict(extensions(message[at + 5 :])).get(SUPPORTED_VERSIONS, b"")
            self.is_1_3 = int.from_bytes(selected) == TLS_1_3
            self._saw("<", "tls", f"TLS 1.{3 if self.is_1_3 else 2}, {self.suite.name}")

    def opener(self, way: Way) -> Opener | None:
        """Return what opens the records of a way; None as long as its secret is not known."""
        if self.suite is None:
            return None
        label = LABELS[way] if self.is_1_3 else MASTER_SECRET
        secret = self.key_log.secret(label, self.client_random)
        if secret is None:
            return None
        if self.is_1_3:
            return Opener13(self.suite, secret)
        return Opener12(self.suite, secret, self.client_random, self.server_random, way)


class TlsStream:
    """What one end sends: takes its bytes as they come, gives what is inside."""

    def __init__(self, session: TlsSession, way: Way) -> None:
        self._session = session
        self._way = way
        self._bytes = bytearray()
        self._closed: list[bytes] = []
        """Records that cannot be opened yet, with their headers."""
        self._ciphered = False
        self._opener: Opener | None = None

    def feed(self, data: bytes) -> bytes:
        """Take what was sent next; return what can be read of it by now.

        Raises:
            UnreadableTls: It is no TLS, or of a kind that cannot be read here.
        """
        self._bytes += data
        while len(self._bytes) >= 5:
            if self._bytes[0] not in RECORDS or self._bytes[1] != 3:
                raise UnreadableTls("it is no TLS")
            length = 5 + int.from_bytes(self._bytes[3:5])
            if len(self._bytes) < length:
                break
            record = bytes(self._bytes[:length])
            del self._bytes[:length]
            self._take(record)
        return b"".join(self._open())

    def _take(self, record: bytes) -> None:
        kind = record[0]
        if kind == DATA or self._ciphered:
            self._closed.append(record)
        elif kind == CHANGE_CIPHER_SPEC:
            # In TLS 1.3 it is there for the sake of old boxes, and means nothing.
            self._ciphered = self._session.suite is not None and not self._session.is_1_3
        elif kind == HANDSHAKE and record[5] in {CLIENT_HELLO, SERVER_HELLO}:
            self._session.hello(record[5:])

    def _open(self) -> list[bytes]:
        if self._closed and self._opener is None:
            self._opener = self._session.opener(self._way)
        if self._opener is None:
            return []
        records, self._closed = self._closed, []
        return [self._opener.open(record) for record in records]
