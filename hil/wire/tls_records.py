"""Records of TLS opened with secrets that are known: TLS 1.3 (RFC 8446) and 1.2 (RFC 5246).

In TLS 1.2 with AES-GCM (RFC 5288) alone, which is every suite that the security whitepaper names
(section 2.4).
"""

from __future__ import annotations

import struct
from abc import ABC, abstractmethod
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.hmac import HMAC

from hil.wire.recording import Way

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, DATA = RECORDS = 20, 21, 22, 23
"""Types of a record (RFC 8446 section 5.1)."""

KEY_UPDATE = 24

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


class Opener(ABC):
    """Opens the records of one way in their order."""

    @abstractmethod
    def open(self, record: bytes) -> bytes:
        """Return what a record, with its header, says to the application: nothing, if not to it.

        Raises:
            UnreadableTls: The secret is not the one of this record.
        """


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
