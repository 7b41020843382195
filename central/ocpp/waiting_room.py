"""Where chargers wait before the upgrade while the central system is behind with its answers.

Thousands that come back at once bring more messages than can be carried out in a second. Let in
all together, each of them would wait for seconds in the middle of its messages, and one that gives
up sends them again. So they wait at the door, first come, first served, and whoever is inside is
answered soon.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import structlog

from central.domain.errors import BusyError

log = structlog.get_logger(__name__)

ANSWER_S: Final = 0.6
"""How many seconds of work there may be before nobody else is let in. That of the last 0.25 to
0.5 s, see `WaitingRoom`, is part of it."""

LEAST: Final = 100
"""Works that may be under way in any case: what comes together in one commit costs little more
than each alone, and a small fleet never has so many."""

RETRY_AFTER_S: Final = 5

TOLD_AFTER_S: Final = 1.0
TOLD_EVERY_S: Final = 60.0
"""After how long, and how often at most, the log says that chargers wait."""

_LOOK_EVERY_S: Final = 0.05
"""How often it is looked whether somebody may come in, while somebody waits."""

_WINDOW_S: Final = 0.25
"""Over which the works that end are counted; only while there are many or somebody waits."""


class WaitingRoom:
    """Counts the work that chargers have given, and lets further ones in while it is little.

    A work is a call that is not answered yet, a charger that is being looked up, or one whose
    coming or going is being written. Where `rate` of them end in a second, one that comes takes
    about `under_way / rate` seconds. One that ended a moment ago counts too, as its charger will
    have more to say: a commit ends many at once, and those that were let in in their stead would
    come on top of them.

    Times are those of `clock`, seconds; that of the waiting is the event loop's.
    """

    def __init__(
        self,
        *,
        answer_s: float = ANSWER_S,
        least: int = LEAST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._answer_s = answer_s
        self._least = least
        self._clock = clock
        self._under_way = 0
        self._ended = 0
        # When the present window began and the one before it, and what had ended by then.
        self._window_at = clock()
        self._ended_by_window = 0
        self._ended_by_last = 0
        self._rate = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._looking: asyncio.TimerHandle | None = None
        self._crowded_since = 0.0
        self._told_at: float | None = None
        self._is_closed = False

    @property
    def waiting(self) -> int:
        """How many chargers wait."""
        return len(self._waiting)

    @property
    def under_way(self) -> int:
        """How much work is under way."""
        return self._under_way

    def begin(self) -> None:
        """Count a work that has come; whatever becomes of it, `end` has to follow."""
        self._under_way += 1

    def end(self) -> None:
        """Count a work as done."""
        self._under_way -= 1
        self._ended += 1

    @contextmanager
    def work(self) -> Iterator[None]:
        """Count what is done within as a work."""
        self.begin()
        try:
            yield
        finally:
            self.end()

    @asynccontextmanager
    async def entered(self, patience_s: float) -> AsyncIterator[None]:
        """Wait until there is room, and count what is done within as a work.

        Raises:
            BusyError: there was none for `patience_s` seconds, or the central system ends.
        """
        await self._enter(patience_s)
        try:
            yield
        finally:
            self.end()

    def close(self) -> None:
        """Send all away who wait or come from now on: the central system ends."""
        self._is_closed = True
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_exception(_ending())

    async def _enter(self, patience_s: float) -> None:
        if self._is_closed:
            raise _ending()
        if not self._waiting and self._has_room():
            self.begin()
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        if self._looking is None:
            self._crowded_since = self._clock()
            self._look_later()
        try:
            async with asyncio.timeout(patience_s):
                await waiter
        except TimeoutError:
            self._leave(waiter)
            raise BusyError(
                "too much is waiting to be answered", retry_after_s=RETRY_AFTER_S
            ) from None
        except asyncio.CancelledError:
            self._leave(waiter)
            raise

    def _leave(self, waiter: asyncio.Future[None]) -> None:
        if not waiter.done() or waiter.cancelled():
            if waiter in self._waiting:
                self._waiting.remove(waiter)
        elif waiter.exception() is None:
            self.end()  # it was let in at the very moment

    def _tell(self) -> None:
        now = self._clock()
        if now - self._crowded_since < TOLD_AFTER_S:
            return
        if self._told_at is None or now - self._told_at >= TOLD_EVERY_S:
            self._told_at = now
            log.warning(
                "answers are late, chargers wait at the door", works_under_way=self._under_way
            )

    def let_in(self) -> None:
        """Let those in for whom there is room now; it is looked often enough while they wait."""
        while self._waiting and self._has_room():
            waiter = self._waiting.popleft()
            if not waiter.done():
                self.begin()
                waiter.set_result(None)
        if self._waiting:
            self._tell()

    def _look_later(self) -> None:
        self._looking = asyncio.get_running_loop().call_later(_LOOK_EVERY_S, self._look)

    def _look(self) -> None:
        self._looking = None
        self.let_in()
        if self._waiting:
            self._look_later()

    def _has_room(self) -> bool:
        self._measure()
        # In the window before and in the present one up to now.
        lately = self._ended - self._ended_by_last
        return self._under_way + lately < max(self._least, self._rate * self._answer_s)

    def _measure(self) -> None:
        now = self._clock()
        span_s = now - self._window_at
        if span_s < _WINDOW_S:
            return
        # Half of it is what was measured before, as commits end many works at once. The first
        # after a quiet time is too low, and soon made up for.
        self._rate = (self._rate + (self._ended - self._ended_by_window) / span_s) / 2
        is_last = span_s < 2 * _WINDOW_S
        self._ended_by_last = self._ended_by_window if is_last else self._ended
        self._ended_by_window = self._ended
        self._window_at = now


def _ending() -> BusyError:
    return BusyError("the central system is ending", retry_after_s=RETRY_AFTER_S)
