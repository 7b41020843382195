"""Paced time: the twin's time is wall time × factor. Factor 1 is the wall clock."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

from twin.clock import Clock
from twin.driver.base import Action, Driver, DriverFailed, Hold, OnExchange

_STEPS_BETWEEN_LOOKS = 64
"""Events between two looks at the network while the twin catches up."""


class PacedDriver(Driver):
    """Holds the twin's time to wall time × factor, for fleets and demonstrations.

    Holds do nothing here: time goes on while a central system thinks. Where the
    host is too slow for the factor, the twin falls behind (`lag_us`) and leaves
    nothing out.

    Args:
        clock: The clock to move.
        factor: Seconds of twin time in a second of wall time, above 0.
        on_exchange: Called with the twin's time before each exchange.

    Raises:
        ValueError: The factor is not above 0.
    """

    network_timeout_s = 30.0

    def __init__(
        self, clock: Clock, *, factor: float = 1.0, on_exchange: OnExchange | None = None
    ) -> None:
        if not factor > 0:
            raise ValueError(f"the speed is a factor above 0, not {factor:g}")
        super().__init__(clock, on_exchange=on_exchange)
        self.factor = factor
        self.patience = max(1.0, factor)
        self._inbox: deque[Action] = deque()
        self._watchers: list[tuple[Callable[[], bool], asyncio.Future[bool]]] = []
        self._waiting: set[asyncio.Future[bool]] = set()
        self._wake = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._began_s = 0.0
        self._began_us = 0

    @property
    def is_everybodys_time(self) -> bool:
        """Whether the twin's time passes as fast as the wall's, which is the central system's."""
        return self.factor == 1.0

    @property
    def lag_us(self) -> int:
        """How far the twin is behind the time it should show, microseconds."""
        return max(0, self._instant_us() - self.clock.now_us)

    def deliver(self, lane: str, action: Action) -> None:  # noqa: ARG002 -- one order for all
        """Let it take effect at once, at the instant of twin time that it is now."""
        self._inbox.append(action)
        self._wake.set()

    def hold(self, what: str, *, for_answer: bool = False) -> Hold:  # noqa: ARG002
        """Hold nothing: time goes on."""
        return Hold(what, _nothing)

    def demand(self, what: str) -> Hold:
        """Ask for nothing: time moves anyway."""
        return Hold(what, _nothing)

    @asynccontextmanager
    async def exchange(self, *, moving_us: int = 0) -> AsyncIterator[None]:  # noqa: ARG002
        """Tell the harness the time; the twin goes on as ever."""
        await self.before_exchange()
        yield

    async def advance(self, dt_us: int) -> None:
        """Wait for `dt_us` of twin time, so `dt_us / factor` of wall time; see `Driver`."""
        await self._reach(dt_us, None)

    async def advance_until(self, predicate: Callable[[], bool], timeout_us: int) -> bool:
        """Wait until `predicate()` is true; see `Driver.advance_until`."""
        return predicate() or await self._reach(timeout_us, predicate)

    async def _reach(self, dt_us: int, predicate: Callable[[], bool] | None) -> bool:
        reached: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def at_end() -> None:
            if not reached.done():
                reached.set_result(predicate is not None and predicate())

        handle = self.clock.at(max(self.clock.now_us, self._instant_us()) + dt_us, at_end)
        self._waiting.add(reached)
        if predicate is not None:
            self._watchers.append((predicate, reached))
        self._wake.set()
        self._raise_if_stopped()
        try:
            return await reached
        finally:
            handle.cancel()
            self._waiting.discard(reached)
            self._watchers = [watcher for watcher in self._watchers if watcher[1] is not reached]

    def _instant_us(self) -> int:
        """The time that the twin should show now, microseconds."""
        elapsed_s = asyncio.get_running_loop().time() - self._began_s
        return self._began_us + int(elapsed_s * 1e6 * self.factor)

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            instant_us = self._instant_us()
            steps = 0
            while (next_us := self.clock.peek_us()) is not None and next_us <= instant_us:
                self.clock.step()
                self._look_at_watchers()
                steps += 1
                if steps % _STEPS_BETWEEN_LOOKS == 0:
                    await asyncio.sleep(0)
            # Only now does the clock stand where the network's messages find it.
            if instant_us > self.clock.now_us:
                self.clock.run_until(instant_us)
            for _ in range(len(self._inbox)):
                self._inbox.popleft()()
                self._look_at_watchers()
            await self._sleep_until_next()

    async def _sleep_until_next(self) -> None:
        next_us = self.clock.peek_us()
        if self._inbox:
            return
        if next_us is None:
            await self._wake.wait()
            return
        wait_s = (next_us - self._instant_us()) / 1e6 / self.factor
        if wait_s <= 0:
            await asyncio.sleep(0)
            return
        try:
            async with asyncio.timeout(wait_s):
                await self._wake.wait()
        except TimeoutError:
            return

    def _look_at_watchers(self) -> None:
        for predicate, reached in self._watchers:
            if not reached.done() and predicate():
                reached.set_result(True)

    async def __aenter__(self) -> Self:
        self._began_s = asyncio.get_running_loop().time()
        self._began_us = self.clock.now_us
        self._pump = asyncio.create_task(self._run(), name="pace of the twin")
        self._pump.add_done_callback(self._stopped)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._pump is not None
        self._pump.cancel()
        await asyncio.wait([self._pump])
        if error is None:
            self._raise_if_stopped()

    def _stopped(self, pump: asyncio.Task[None]) -> None:
        error = None if pump.cancelled() else pump.exception()
        for reached in self._waiting:
            if not reached.done():
                if error is None:
                    reached.cancel()
                else:
                    reached.set_exception(_failed(error))

    def _raise_if_stopped(self) -> None:
        pump = self._pump
        if pump is not None and pump.done() and not pump.cancelled():
            error = pump.exception()
            if error is not None:
                raise _failed(error)


def _failed(error: BaseException) -> DriverFailed:
    failure = DriverFailed("the twin stopped at an error")
    failure.__cause__ = error
    return failure


def _nothing(hold: Hold) -> None:
    """Release of a hold that holds nothing."""
