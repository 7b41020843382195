"""TLS that goes by, read with the secrets that one of its ends writes down: nothing is terminated.

TLS 1.3 (RFC 8446) and TLS 1.2 (RFC 5246) with AES-GCM (RFC 5288), which is every suite that the
security whitepaper names (section 2.4). Not here: who may be trusted; that is between the two ends.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.hmac import HMAC

from hil.wire.recording import Way

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, DATA = RECORDS = 20, 21, 22, 23
"""Types of a record (RFC 8446 section 5.1)."""

CLIENT_HELLO, SERVER_HELLO, KEY_UPDATE = 1, 2, 24
SUPPORTED_VERSIONS = 43
TLS_1_3 = 0x0304

LABELS: dict[Way, str] = {">": "CLIENT_TRAFFIC_SECRET_0", "<": "SERVER_TRAFFIC_SECRET_0"}
"""Of a key log: the secrets of TLS 1.3 for what is said after the handshake."""

MASTER_SECRET = "CLIENT_RANDOM"  # noqa: S105 -- the label of a line
"""The label of TLS 1.2."""

WRONG_SECRET = "a record cannot be opened with the secret that was logged"  # noqa: S105 -- a text

Aead = AESGCM | ChaCha20Poly1305


class UnreadableTls(ValueError):  # noqa: N818 -- named for what it is
    """TLS that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Suite:
    """A cipher suite: its name, the length of its key in bytes, and its hash."""

    name: str
    key_bytes: int
    hash: SHA256 | SHA384
    aead: type[Aead] = AESGCM


SUITES = {
    0x1301: Suite("TLS_AES_128_GCM_SHA256", 16, SHA256()),
    0x1302: Suite("TLS_AES_256_GCM_SHA384", 32, SHA384()),
    0x1303: Suite("TLS_CHACHA20_POLY1305_SHA256", 32, SHA256(), ChaCha20Poly1305),
    0xC02B: Suite("ECDHE-ECDSA-AES128-GCM-SHA256", 16, SHA256()),
    0xC02C: Suite("ECDHE-ECDSA-AES256-GCM-SHA384", 32, SHA384()),
    0xC02F: Suite("ECDHE-RSA-AES128-GCM-SHA256", 16, SHA256()),
    0xC030: Suite("ECDHE-RSA-AES256-GCM-SHA384", 32, SHA384()),
    0x009C: Suite("AES128-GCM-SHA256", 16, SHA256()),
    0x009D: Suite("AES256-GCM-SHA384", 32, SHA384()),
}
"""Those of TLS 1.3, and those of the whitepaper; by number."""


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
        agreed: told version and suite once the central system has answered.
    """

    def __init__(self, key_log: KeyLog, agreed: Callable[[str], None]) -> None:
        self.key_log = key_log
        self.streams: dict[Way, TlsStream] = {">": TlsStream(self, ">"), "<": TlsStream(self, "<")}
        self.client_random = b""
        self.server_random = b""
        self.suite: Suite | None = None
        self.is_1_3 = False
        self._agreed = agreed

    def hello(self, message: bytes) -> None:
        """Take in a ClientHello or a ServerHello (RFC 8446 section 4.1)."""
        kind, random = message[0], message[6:38]
        if kind == CLIENT_HELLO:
            self.client_random = random
        elif kind == SERVER_HELLO:
            self.server_random = random
            at = 39 + message[38]
            number = int.from_bytes(message[at : at + 2])
            self.suite = SUITES.get(number)
            if self.suite is None:
                raise UnreadableTls(f"the cipher suite 0x{number:04x} cannot be read")
            self.is_1_3 = _selected_version(message[at + 5 :]) == TLS_1_3
            self._agreed(f"TLS 1.{3 if self.is_1_3 else 2}, {self.suite.name}")

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


class Opener:
    """Opens the records of one way in their order."""

    def open(self, record: bytes) -> bytes:
        """Return what a record, with its header, says to the application: nothing, if not to it.

        Raises:
            UnreadableTls: The secret is not the one of this record.
        """
        raise NotImplementedError


class Opener13(Opener):
    """RFC 8446 section 5.2."""

    def __init__(self, suite: Suite, secret: bytes) -> None:
        self._suite = suite
        self._begun = False
        self._use(secret)

    def _use(self, secret: bytes) -> None:
        self._secret, self._count = secret, 0
        key = self._expand("key", self._suite.key_bytes)
        self._aead, self._iv = self._suite.aead(key), self._expand("iv", 12)

    def open(self, record: bytes) -> bytes:
        """Open a record; those of the handshake, which have other keys, are passed over."""
        if record[0] != DATA:
            return b""
        nonce = bytes(
            a ^ b for a, b in zip(self._iv, struct.pack(">4xQ", self._count), strict=True)
        )
        try:
            inner = self._aead.decrypt(nonce, record[5:], record[:5]).rstrip(b"\0")
        except InvalidTag:
            if self._begun:
                raise UnreadableTls(
                    "a record cannot be opened with the key that was logged"
                ) from None
            return b""
        self._begun = True
        self._count += 1
        if inner[-1] == HANDSHAKE and inner[0] == KEY_UPDATE:
            self._use(self._expand("traffic upd", self._suite.hash.digest_size))
        return inner[:-1] if inner[-1] == DATA else b""

    def _expand(self, label: str, length: int) -> bytes:
        """HKDF-Expand-Label of RFC 8446 section 7.1, for what fits into one block of the hash."""
        name = b"tls13 " + label.encode()
        info = struct.pack(">HB", length, len(name)) + name + b"\0"
        return _hmac(self._suite.hash, self._secret, info + b"\1")[:length]


class Opener12(Opener):
    """RFC 5246 section 6.2.3.3 with the nonces of RFC 5288 section 3."""

    def __init__(
        self, suite: Suite, master: bytes, client_random: bytes, server_random: bytes, way: Way
    ) -> None:
        seed = b"key expansion" + server_random + client_random
        size = suite.key_bytes
        block = _prf(suite.hash, master, seed, 2 * size + 8)
        place = 0 if way == ">" else 1
        self._aead = AESGCM(block[place * size : (place + 1) * size])
        salts = block[2 * size :]
        self._salt = salts[4 * place : 4 * place + 4]
        self._count = 0

    def open(self, record: bytes) -> bytes:
        """Open a record, from the Finished of the handshake on."""
        header, explicit, sealed = record[:3], record[5:13], record[13:]
        count = struct.pack(">Q", self._count)
        self._count += 1
        try:
            inner = self._aead.decrypt(
                self._salt + explicit, sealed, count + header + struct.pack(">H", len(sealed) - 16)
            )
        except InvalidTag:
            raise UnreadableTls(WRONG_SECRET) from None
        return inner if record[0] == DATA else b""


def _selected_version(extensions: bytes) -> int:
    """Return the version that the extensions of a ServerHello select; 0 where none does."""
    while len(extensions) >= 4:
        kind, length = struct.unpack(">HH", extensions[:4])
        if kind == SUPPORTED_VERSIONS:
            return int.from_bytes(extensions[4:6])
        extensions = extensions[4 + length :]
    return 0


def _prf(algorithm: SHA256 | SHA384, secret: bytes, seed: bytes, length: int) -> bytes:
    """RFC 5246 section 5."""
    found, chained = b"", seed
    while len(found) < length:
        chained = _hmac(algorithm, secret, chained)
        found += _hmac(algorithm, secret, chained + seed)
    return found[:length]


def _hmac(algorithm: SHA256 | SHA384, key: bytes, data: bytes) -> bytes:
    made = HMAC(key, algorithm)
    made.update(data)
    return made.finalize()
