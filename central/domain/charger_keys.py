"""Keys of chargers for HTTP Basic authentication (security profiles 1 and 2).

A generated key is random, so a salted HMAC-SHA256 with the server's key protects it and costs
microseconds: 5,000 chargers that come back at once are let in at once. A key chosen by people can
be guessed and gets argon2id; once verified, an HMAC of it is remembered in memory.

A key is 16 to 20 bytes. The header should carry the bytes (Improved security for OCPP 1.6-J,
A01), yet many chargers send the hexadecimal text; both are taken.
"""

import hashlib
import hmac
import re
import secrets
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from central.domain.errors import InvalidError
from central.domain.passwords import Passwords

_HMAC: Final = "hmac-sha256"
_HEX_KEY: Final = re.compile(rb"(?:[0-9A-Fa-f]{2}){16,20}")
_REMEMBERED: Final = 20_000


@dataclass(frozen=True)
class NewKey:
    """A key that was just generated.

    Attributes:
        key: 40 hexadecimal digits, to be shown once and stored nowhere.
        key_hash: to be stored.
    """

    key: str
    key_hash: str

    def __repr__(self) -> str:
        """Keep the key out of logs."""
        return "NewKey(…)"


def generate_key(server_key: bytes) -> NewKey:
    """Make a key of 20 random bytes.

    Args:
        server_key: `obtain_secret(conn, SecretName.CHARGER_KEYS)`.
    """
    key = secrets.token_bytes(20)
    salt = secrets.token_hex(8)
    return NewKey(key.hex(), f"{_HMAC}${salt}${_mac(server_key, salt, key)}")


def chosen_key_pool() -> Passwords:
    """Make what hashes and verifies chosen keys; `close` ends its threads.

    It is not that of the log-ins: when all chargers come back at once, people still log in.
    """
    return Passwords(busy="too many chosen keys are being checked at once")


class ChargerKeys:
    """Checks the keys that chargers present."""

    def __init__(self, server_key: bytes, passwords: Passwords) -> None:
        """Check with the server's key, and chosen keys in a pool such as `chosen_key_pool`."""
        self._server_key = server_key
        self._passwords = passwords
        self._cache_key = secrets.token_bytes(32)
        self._verified: OrderedDict[str, bytes] = OrderedDict()

    async def hash_chosen(self, key: str) -> str:
        """Give what to store for a key that somebody chose.

        Raises:
            InvalidError: not 16 to 20 bytes of text, nor 32 to 40 hexadecimal digits.
            BusyError: too many are waiting.
        """
        return await self.hash_presented(key.encode())

    async def hash_presented(self, presented: bytes) -> str:
        """Give what to store for a key that a charger came with, bytes or hexadecimal text.

        Raises:
            InvalidError: as `hash_chosen`.
            BusyError: too many are waiting.
        """
        raw = _canonical(presented)
        if not 16 <= len(raw) <= 20:
            raise InvalidError(
                "a charger's key has 16 to 20 characters, or twice as many hexadecimal digits",
                where="key",
            )
        return await self._passwords.hash(raw.hex())

    async def verify(self, presented: bytes, key_hash: str) -> bool:
        """Say whether what a charger presented is its key.

        Raises:
            BusyError: too many chosen keys are being verified for the first time.
        """
        key = _canonical(presented)
        if key_hash.startswith(_HMAC):
            _, salt, stored = key_hash.split("$")
            return hmac.compare_digest(stored, _mac(self._server_key, salt, key))
        remembered = hmac.digest(self._cache_key, key, "sha256")
        if hmac.compare_digest(self._verified.get(key_hash, b""), remembered):
            return True
        if not await self._passwords.verify(key.hex(), key_hash):
            return False
        self._verified[key_hash] = remembered
        if len(self._verified) > _REMEMBERED:
            self._verified.popitem(last=False)
        return True

    async def find(self, presented: bytes, key_hashes: Sequence[str]) -> str | None:
        """Give the one of several hashes that is of this key, or None.

        Raises:
            BusyError: as `verify`.
        """
        for key_hash in key_hashes:
            if await self.verify(presented, key_hash):
                return key_hash
        return None


def _canonical(presented: bytes) -> bytes:
    """Give the bytes of a key, whether it came as bytes or as hexadecimal text."""
    if _HEX_KEY.fullmatch(presented):
        return bytes.fromhex(presented.decode())
    return presented


def _mac(server_key: bytes, salt: str, key: bytes) -> str:
    return hmac.new(server_key, salt.encode() + b"$" + key, hashlib.sha256).hexdigest()
