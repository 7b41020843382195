"""Held time: the twin runs free, but stands still while an exchange is in flight.

So a slow host never becomes a slow charger: however long a central system takes
to answer in wall time, in the twin's time the answer comes after a latency that
is drawn by seed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from random import Random
from types import TracebackType
from typing import Self

from twin.clock import LAST, Clock
from twin.driver.base import Action, Driver, Hold, OnExchange, WallTimeout

LATENCY_US = (20_000, 80_000)
"""Least and greatest delay of a delivered message, microseconds: a cellular modem."""

_STEPS_BETWEEN_LOOKS = 32
"""Events between two looks at the network; a look costs as much as a few events."""

_SETTLING_LOOKS = 10
"""Turns of the loop after which what the kernel had to say has reached the charge point."""


class _Lane:
    """The order and the latencies of one charge point's connection."""

    __slots__ = ("last_due_us", "random")

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)
        self.last_due_us = 0


class HeldDriver(Driver):
    """Moves time only as far as asked, and not at all while an exchange is in flight.

    In flight are a connection attempt, an outgoing call that waits for its
    answer, and an `exchange` of the test. Time moves only inside `advance`,
    `advance_until` and, for what was delivered, `exchange`.

    Args:
        clock: The clock to move.
        seed: Draws the latencies, for each lane on its own.
        latency_us: Least and greatest latency of a delivered message, microseconds.
        wall_timeout_s: How long an exchange may take in wall time.
        on_exchange: Called with the twin's time before each exchange.
    """

    network_timeout_s = None

    def __init__(
        self,
        clock: Clock,
        *,
        seed: int = 0,
        latency_us: tuple[int, int] = LATENCY_US,
        wall_timeout_s: float = 30.0,
        on_exchange: OnExchange | None = None,
    ) -> None:
        super().__init__(clock, on_exchange=on_exchange)
        self.wall_timeout_s = wall_timeout_s
        self._seed = seed
        self._latency_us = latency_us
        self._lanes: dict[str, _Lane] = {}
        self._in_flight: list[Hold] = []
        self._demands: list[Hold] = []
        self._undelivered = 0
        self._holding = True
        self._exchanging = False
        self._changed = asyncio.Event()
        self._mover = asyncio.Lock()

    def deliver(self, lane: str, action: Action) -> None:
        """Let it take effect after a latency drawn for its lane, never before an earlier one."""
        state = self._lanes.get(lane)
        if state is None:
            state = self._lanes[lane] = _Lane(f"{self._seed}/{lane}")
        latency_us = state.random.randint(*self._latency_us)
        # What nobody was waiting for may find a controller ahead: then it comes at its grant's end.
        due_us = max(self.clock.now_us + latency_us, state.last_due_us, self.clock.granted_us)
        state.last_due_us = due_us
        self._undelivered += 1

        def arrive() -> None:
            self._undelivered -= 1
            action()

        self.clock.at(due_us, arrive)
        self._changed.set()

    def hold(self, what: str, *, for_answer: bool = False) -> Hold:
        """Stand still until released; see `unheld`."""
        return self._entry(self._in_flight, what, for_answer=for_answer)

    def demand(self, what: str) -> Hold:
        """Let an `exchange` move time freely until released."""
        return self._entry(self._demands, what)

    def _entry(self, entries: list[Hold], what: str, *, for_answer: bool = False) -> Hold:
        def released(entry: Hold) -> None:
            entries.remove(entry)
            self._changed.set()

        entry = Hold(what, released, for_answer=for_answer)
        entries.append(entry)
        return entry

    @contextmanager
    def unheld(self) -> Iterator[None]:
        """Let time pass over calls that are not answered, for a central system that is silent."""
        self._holding = False
        try:
            yield
        finally:
            self._holding = True

    @property
    def restless(self) -> bool:
        """True in an `exchange`, and where answers are not waited for.

        Otherwise the twin stands still until an answer is there, and where it takes effect is in
        the queue before time moves on.
        """
        return self._exchanging or not self._holding

    @property
    def _blocking(self) -> list[Hold]:
        if self._holding:
            return self._in_flight
        return [hold for hold in self._in_flight if not hold.for_answer]

    async def advance(self, dt_us: int) -> None:
        """Move by exactly `dt_us`, then wait for what is in flight; see `Driver.advance`."""
        await self._advance(dt_us, None)

    async def advance_until(self, predicate: Callable[[], bool], timeout_us: int) -> bool:
        """Move to the very instant at which `predicate()` comes true; see `Driver`."""
        return await self._advance(timeout_us, predicate)

    async def _advance(self, dt_us: int, predicate: Callable[[], bool] | None) -> bool:
        async with self._mover:
            end_us = self.clock.now_us + dt_us
            # An event like any other: whoever acts then finds nobody beyond it.
            end = self.clock.at(end_us, _nothing, LAST)
            await self._look()
            came_true = False
            steps = 0
            while True:
                await self._nothing_in_flight()
                if predicate is not None and predicate():
                    came_true = True
                    break
                if not end.pending:
                    break
                self.clock.step()
                steps += 1
                if steps % _STEPS_BETWEEN_LOOKS == 0:
                    await asyncio.sleep(0)
            end.cancel()
            await self._nothing_in_flight()
            return came_true

    @asynccontextmanager
    async def exchange(self, *, moving_us: int = 0) -> AsyncIterator[None]:
        """Stand still but for what is delivered, until all of it has taken effect."""
        async with self._mover:
            await self._look()
            await self._nothing_in_flight()
            await self.before_exchange()
            over = asyncio.Event()
            self._exchanging = True
            moving = asyncio.create_task(self._let_deliveries_in(over, moving_us))
            try:
                yield
            finally:
                over.set()
                self._changed.set()
                try:
                    await moving
                finally:
                    self._exchanging = False

    async def _let_deliveries_in(self, over: asyncio.Event, moving_us: int) -> None:
        """Move for deliveries, and for what was asked by one, until the exchange is over."""
        end_us = self.clock.now_us + moving_us
        while True:
            await self._nothing_in_flight()
            if over.is_set():
                await self._look()
                if not (self._undelivered or self._demands or self._blocking):
                    return
            freely = self._undelivered or self._demands
            next_us = self.clock.peek_us()
            if next_us is not None and (freely or (next_us <= end_us and not over.is_set())):
                self.clock.step()
                await asyncio.sleep(0)
                continue
            self._changed.clear()
            await self._changed.wait()

    async def settle(self) -> None:
        """Wait, in wall time alone, until nothing is in flight.

        Raises:
            WallTimeout: Something has been in flight for too long.
        """
        await self._look()
        await self._nothing_in_flight()

    async def _look(self) -> None:
        """Let what the kernel already has (a closed socket, a frame) reach the charge point."""
        for _ in range(_SETTLING_LOOKS):
            await asyncio.sleep(0)

    async def _nothing_in_flight(self) -> None:
        while self._blocking:
            self._changed.clear()
            try:
                async with asyncio.timeout(self.wall_timeout_s):
                    await self._changed.wait()
            except TimeoutError:
                raise WallTimeout(
                    f"after {self.wall_timeout_s:g} s of wall time still in flight: "
                    + ", ".join(hold.what for hold in self._blocking)
                ) from None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave time where it is."""


def _nothing() -> None:
    """End of an `advance`."""
