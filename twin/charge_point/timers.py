"""Timers in the twin's time that end with the charge point that set them."""

from __future__ import annotations

from collections.abc import Callable

from twin.clock import Clock, Handle


class Timers:
    """Sets timers, and takes all of them back when power goes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: set[Handle] = set()

    @property
    def now_us(self) -> int:
        """The twin's time, microseconds."""
        return self._clock.now_us

    def after(self, delay_us: int, action: Callable[[], None]) -> Handle:
        """Run `action` in `delay_us` microseconds of twin time; `Handle.cancel` takes it back."""
        self._waiting = {handle for handle in self._waiting if handle.pending}
        handle = self._clock.after(delay_us, action)
        self._waiting.add(handle)
        return handle

    def cancel_all(self) -> None:
        """Take back every timer."""
        for handle in self._waiting:
            handle.cancel()
        self._waiting.clear()
