"""The one source of time in the twin: integer microseconds on a SimPy environment.

The clock is virtual: it stands still until somebody steps it. Drivers that hold
it, pace it or tie it to the wall look at `Clock.peek_us` and call `Clock.step`.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop
from typing import cast

import simpy
from simpy.events import Event, EventPriority

Action = Callable[[], object]

PLANT = EventPriority(1)
"""Priority of what physics does. At equal time it comes before any tick."""
TICK = EventPriority(2)
"""Priority of control ticks: they see everything that happened at the same instant."""
_LAST = EventPriority(9)


class Handle(Event):
    """An action that waits for its time. `cancel` takes it back."""

    _ok = True
    _value = None

    def __init__(self, action: Action) -> None:
        # Event.__init__ is left out on purpose: an action needs no list of its own.
        self._action = action
        self.callbacks = (self,)  # type: ignore[assignment]

    def __call__(self, _: Event) -> None:
        """Run the action; SimPy calls this when the time has come."""
        self._action()

    @property
    def pending(self) -> bool:
        """True until the action has run or was cancelled."""
        return bool(self.callbacks)

    def cancel(self) -> None:
        """Take the action back. Cancelling twice, or after it ran, does nothing."""
        if self.callbacks:
            self.callbacks = ()  # type: ignore[assignment]


class _Environment(simpy.Environment):
    """A SimPy environment in which a cancelled action does not move time."""

    def peek(self) -> float:
        queue = self._queue
        while queue and type(queue[0][3]) is Handle and not queue[0][3].callbacks:
            heappop(queue)
        return super().peek()

    def step(self) -> None:
        self.peek()
        super().step()


class Clock:
    """Virtual time in integer microseconds.

    Attributes:
        env: the SimPy environment behind it, for processes that are easier
            written as generators. Its unit is the microsecond and all delays
            given to it must be integers.
    """

    def __init__(self, start_us: int = 0) -> None:
        self.env: simpy.Environment = _Environment(start_us)

    @property
    def now_us(self) -> int:
        """The present instant, microseconds since the twin began."""
        return cast("int", self.env._now)  # the property costs twice as much

    def at(self, time_us: int, action: Action, priority: EventPriority = PLANT) -> Handle:
        """Run `action` at `time_us`; at equal time by priority, then in the order of asking.

        Raises:
            ValueError: the time has passed.
        """
        delay_us = time_us - self.now_us
        if delay_us < 0:
            raise ValueError(f"{time_us} us is in the past: it is {self.now_us} us now")
        handle = Handle(action)
        self.env.schedule(handle, priority, delay_us)
        return handle

    def after(self, delay_us: int, action: Action, priority: EventPriority = PLANT) -> Handle:
        """Run `action` in `delay_us` microseconds.

        Raises:
            ValueError: the delay is negative.
        """
        return self.at(self.now_us + delay_us, action, priority)

    def peek_us(self) -> int | None:
        """Return the time of the next action; None: nothing is left to happen."""
        time_us = self.env.peek()
        return None if time_us == simpy.core.Infinity else cast("int", time_us)

    def step(self) -> None:
        """Go to the next action and run it.

        Raises:
            simpy.core.EmptySchedule: nothing is left to happen.
        """
        self.env.step()

    def run_until(self, time_us: int) -> None:
        """Run everything up to and including `time_us` and stand there.

        Raises:
            ValueError: the time has passed.
        """
        end = self.at(time_us, _nothing, _LAST)
        step = self.env.step
        while end.callbacks:
            step()

    def run_for(self, duration_us: int) -> None:
        """Run everything in the next `duration_us` microseconds."""
        self.run_until(self.now_us + duration_us)


def _nothing() -> None:
    """End of a `run_until`."""
