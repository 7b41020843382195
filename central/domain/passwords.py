"""People's passwords: argon2id, in a bounded pool of threads.

A hash costs about 80 ms of a core, on purpose. The event loop must not stand still for it, and a
flood of log-ins must not take the machine: two threads work, a bounded number waits.
"""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Self

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from central.domain.errors import BusyError, InvalidError

MIN_LENGTH: Final = 8
MAX_LENGTH: Final = 128


class Passwords:
    """Hashes and verifies; `close` ends its threads."""

    def __init__(self, *, threads: int = 2, max_waiting: int = 64) -> None:
        self._hasher = PasswordHash((Argon2Hasher(),))
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._max_waiting = max_waiting
        self._waiting = 0
        # Verified in place of the hash of a user that does not exist, for the same time.
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the threads once they are idle."""
        self._pool.shutdown()

    async def hash(self, password: str) -> str:
        """Give what to store.

        Raises:
            InvalidError: not 8 to 128 characters.
            BusyError: too many are waiting.
        """
        if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
            raise InvalidError(
                f"a password has {MIN_LENGTH} to {MAX_LENGTH} characters", where="password"
            )
        return await self._run(password, None)

    async def verify(self, password: str, stored: str | None) -> bool:
        """Say whether a password is right.

        `stored`: the hash; None where there is no such user, which takes as long and is False.

        Raises:
            BusyError: too many are waiting.
        """
        right = await self._run(password[: MAX_LENGTH + 1], stored or self._nobody)
        return right == "right" and stored is not None

    async def _run(self, password: str, stored: str | None) -> str:
        if self._waiting >= self._max_waiting:
            raise BusyError("too many log-ins at once", retry_after_s=2)
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            if stored is None:
                return await loop.run_in_executor(self._pool, self._hasher.hash, password)
            return await loop.run_in_executor(self._pool, self._verify, password, stored)
        finally:
            self._waiting -= 1

    def _verify(self, password: str, stored: str) -> str:
        try:
            return "right" if self._hasher.verify(password, stored) else "wrong"
        except UnknownHashError:
            return "wrong"
