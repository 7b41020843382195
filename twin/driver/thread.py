"""The twin's own thread: one asyncio loop that alone touches the clock."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self, TypeVar

from twin.driver.base import Driver, WallTimeout

Result = TypeVar("Result")


class TwinThread:
    """Runs everything of the twin on one loop in one thread; the façade for synchronous callers.

    Use as a context manager, or call `close` at the end. Whatever was left
    running on the loop is cancelled then.

    Args:
        name: Name of the thread.
        wall_timeout_s: How long a submitted call may take in wall time.
    """

    def __init__(self, name: str = "twin", *, wall_timeout_s: float = 600.0) -> None:
        self.wall_timeout_s = wall_timeout_s
        self._runner = asyncio.Runner()
        self._loop = self._runner.get_loop()
        started = threading.Event()
        self._loop.call_soon(started.set)
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()
        started.wait()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def submit(
        self, coroutine: Coroutine[Any, Any, Result], timeout_s: float | None = None
    ) -> Result:
        """Run a coroutine on the twin's loop and return its result, or raise its error.

        Raises:
            WallTimeout: It took longer than `timeout_s` (default: of the thread) of wall time.
        """
        limit_s = self.wall_timeout_s if timeout_s is None else timeout_s
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result(limit_s)
        except TimeoutError:
            if future.done():
                raise
            future.cancel()
            raise WallTimeout(f"the twin was not done after {limit_s:g} s of wall time") from None

    def call(self, function: Callable[[], Result]) -> Result:
        """Run a plain function on the twin's loop and return its result, or raise its error."""

        async def run() -> Result:
            return function()

        return self.submit(run())

    @contextmanager
    def exchange(self, driver: Driver, *, moving_us: int = 0) -> Iterator[None]:
        """Enclose an exchange of the calling thread; see `Driver.exchange`."""
        context = driver.exchange(moving_us=moving_us)
        self.submit(_enter(context))
        try:
            yield
        finally:
            self.submit(_leave(context))

    def close(self) -> None:
        """End the loop and the thread. A second call does nothing."""
        if not self._thread.is_alive():
            return
        self.submit(_cancel_the_rest())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._runner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


async def _enter(context: Any) -> None:
    await context.__aenter__()


async def _leave(context: Any) -> None:
    await context.__aexit__(None, None, None)


async def _cancel_the_rest() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
