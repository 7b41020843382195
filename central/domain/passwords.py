"""Passwords, and keys that people chose: argon2id, in a bounded pool of threads.

A hash costs about 80 ms of a core, on purpose. The event loop must not stand still for it, and a
flood of log-ins must not take the machine: two threads work, a bounded number waits.
"""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from typing import Final, ParamSpec, Self, TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from central.domain.errors import BusyError, InvalidError

P = ParamSpec("P")
T = TypeVar("T")

MIN_LENGTH: Final = 8
MAX_LENGTH: Final = 128


class Passwords:
    """Hashes and verifies; `close` ends its threads."""

    def __init__(
        self, *, threads: int = 2, max_waiting: int = 64, busy: str = "too many log-ins at once"
    ) -> None:
        """Start the threads; `busy` is what is said to those for whom there is no room."""
        self._busy = busy
        self._hasher = PasswordHash((Argon2Hasher(),))
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._max_waiting = max_waiting
        self._waiting = 0

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
        return await self._run(self._hasher.hash, password)

    async def verify(self, password: str, stored: str | None) -> bool:
        """Say whether a password is right.

        `stored` is the hash; None where there is no such user, which takes as long and is False.

        Raises:
            BusyError: too many are waiting.
        """
        return await self._run(self._verify, password[: MAX_LENGTH + 1], stored)

    async def _run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._waiting >= self._max_waiting:
            raise BusyError(self._busy, retry_after_s=2)
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, partial(work, *args, **kwargs))
        finally:
            self._waiting -= 1

    def _verify(self, password: str, stored: str | None) -> bool:
        try:
            right = self._hasher.verify(password, stored or self._nobody)
        except UnknownHashError:
            return False
        return right and stored is not None

    @cached_property
    def _nobody(self) -> str:
        """A hash that stands for a user who does not exist; made when it is first needed."""
        return self._hasher.hash(secrets.token_hex(16))
