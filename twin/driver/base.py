"""What a charge point, a plan or a keyword may ask of a driver of the twin's time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Self

from twin.clock import Clock

Action = Callable[[], None]
OnExchange = Callable[[int], Awaitable[None]]
"""Called with the twin's time, microseconds, before an exchange with the network begins."""


class WallTimeout(Exception):  # noqa: N818 -- a verdict that could not be reached, not an error
    """An exchange took too long in wall time: what was to be shown is inconclusive."""


class DriverFailed(Exception):  # noqa: N818 -- named for what happened
    """The twin stopped at an error of its own, which is the cause of this one."""


class Hold:
    """Something that the twin's time waits for, or that it moves for, until released."""

    __slots__ = ("_release", "for_answer", "what")

    def __init__(
        self, what: str, release: Callable[[Hold], None], *, for_answer: bool = False
    ) -> None:
        self.what = what
        self.for_answer = for_answer
        self._release: Callable[[Hold], None] | None = release

    def release(self) -> None:
        """Say that it is over. A second release changes nothing."""
        release, self._release = self._release, None
        if release is not None:
            release(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


class Driver(ABC):
    """Moves a clock, and lets what the network brings take effect at an instant of twin time.

    Everything is called on the loop that runs the driver. The clock moves only
    while the driver is entered as an asynchronous context manager.

    Attributes:
        clock: The clock that it moves, and nobody else.
        on_exchange: See `OnExchange`; None where nobody wants to know.
        network_timeout_s: How long a connection attempt may take in wall time;
            None where the driver itself guards against a network that hangs.
    """

    network_timeout_s: float | None
    patience: float = 1.0
    """What to multiply time-outs of answers with: the other side answers in wall time, and the
    twin's may run faster."""

    @property
    def is_everybodys_time(self) -> bool:
        """The central system's time passes as the twin's: what it says the time is, it is."""
        return True

    @property
    def restless(self) -> bool:
        """Something may take effect at an instant that is in no queue of the clock.

        Then nobody may run ahead of the clock, not even to its next event.
        """
        return True

    def __init__(self, clock: Clock, *, on_exchange: OnExchange | None = None) -> None:
        self.clock = clock
        self.on_exchange = on_exchange

    @abstractmethod
    def deliver(self, lane: str, action: Action) -> None:
        """Let what the network has brought take effect, in the order of delivery on its lane.

        A lane is one charge point's connection, by its identity.
        """

    @abstractmethod
    def hold(self, what: str, *, for_answer: bool = False) -> Hold:
        """Say that an exchange is in flight; `what` names it in a time-out.

        `for_answer`: it is the other side's turn, which may never come.
        """

    @abstractmethod
    def demand(self, what: str) -> Hold:
        """Say that the network waits for the twin to get somewhere, so that time must move."""

    @abstractmethod
    async def advance(self, dt_us: int) -> None:
        """Return once the twin's time has moved on by `dt_us` microseconds.

        Raises:
            WallTimeout: An exchange stood in the way for too long.
            DriverFailed: The twin stopped at an error of its own.
        """

    @abstractmethod
    async def advance_until(self, predicate: Callable[[], bool], timeout_us: int) -> bool:
        """Move on until `predicate()` is true, at most `timeout_us`; return whether it came true.

        The predicate is looked at now and after every event.

        Raises:
            WallTimeout: An exchange stood in the way for too long.
            DriverFailed: The twin stopped at an error of its own.
        """

    @abstractmethod
    def exchange(self, *, moving_us: int = 0) -> AbstractAsyncContextManager[None]:
        """Enclose an exchange with the network that is not the charge point's own.

        A call to the REST interface of the central system, for one. The twin
        stands still, but what the network delivers meanwhile takes effect, each
        message at its latency. `moving_us` lets the twin move on by as much
        besides, for an exchange that is answered only when the charger has done
        something that takes time.
        """

    async def before_exchange(self) -> None:
        """Tell the harness the twin's time, before a frame leaves or a connection is tried."""
        if self.on_exchange is not None:
            await self.on_exchange(self.clock.now_us)

    @abstractmethod
    async def __aenter__(self) -> Self:
        """Begin to move the clock."""

    @abstractmethod
    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop moving the clock."""
