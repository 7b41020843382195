"""The bounded queue in front of the writers."""

import asyncio
from collections import deque

from central.domain.storage.base import StorageBusyError


class Places:
    """Counts what waits to be written and makes callers wait while that is too much.

    Belongs to one event loop.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken = 0
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._closed = False

    @property
    def has_room(self) -> bool:
        """Whether a place can be taken at once."""
        return self._taken < self._limit and not self._waiters

    @property
    def waiting(self) -> int:
        """How many are queued or wait for a place."""
        return self._taken + len(self._waiters)

    async def take(self) -> None:
        """Take a place, first come, first served.

        Raises:
            RuntimeError: the storage is closed.
        """
        if self.has_room and not self._closed:
            self._taken += 1
            return
        self._check_open()
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self.give_back(1)  # the place came together with the cancellation
            elif waiter in self._waiters:
                self._waiters.remove(waiter)
            raise

    def take_now(self) -> None:
        """Take a place.

        Raises:
            StorageBusyError: there is none.
            RuntimeError: the storage is closed.
        """
        self._check_open()
        if not self.has_room:
            raise StorageBusyError
        self._taken += 1

    def give_back(self, count: int) -> None:
        """Free places; those who wait get them in their order."""
        self._taken -= count
        while self._waiters and self._taken < self._limit:
            waiter = self._waiters.popleft()
            if not waiter.done():
                self._taken += 1
                waiter.set_result(None)

    def close(self) -> None:
        """Let nobody in any more; who waits for a place is told so."""
        self._closed = True
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_exception(_closed())

    def _check_open(self) -> None:
        if self._closed:
            raise _closed()


def _closed() -> RuntimeError:
    return RuntimeError("the storage is closed")
