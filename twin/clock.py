"""The one source of time in the twin: integer microseconds on a SimPy environment.

The clock is virtual: it stands still until somebody steps it. Drivers that hold
it, pace it or tie it to the wall look at `Clock.peek_us` and call `Clock.step`.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import cast

import simpy
from simpy.core import EmptySchedule
from simpy.events import EventPriority

Action = Callable[[], object]
Entry = tuple[int, EventPriority, int, object]
"""Time, priority, number and what waits: a `Handle` or an event of SimPy."""

PLANT = EventPriority(1)
"""Priority of what physics does. At equal time it comes before any tick."""
TICK = EventPriority(2)
"""Priority of control ticks: they see everything that happened at the same instant."""
LAST = EventPriority(9)
"""Priority of the end of a run: all that happens at its instant has happened."""
LEAVING = EventPriority(10)
"""Priority of what is done when the clock goes on: nobody acts at this instant any more."""


class Handle:
    """An action that waits for its time. `cancel` takes it back.

    The clock alone makes them, and without `__init__`, which would cost as much as all the rest
    of asking for an action.

    Attributes:
        action: what runs; None once it has run or was cancelled.
    """

    __slots__ = ("action",)
    action: Action | None

    @property
    def pending(self) -> bool:
        """True until it has run or was cancelled."""
        return self.action is not None

    def cancel(self) -> None:
        """Take the action back. Cancelling twice, or after it ran, does nothing."""
        self.action = None


class _Environment(simpy.Environment):
    """A SimPy environment whose queue also holds handles; a cancelled one moves nothing.

    Handles are many and need none of what a SimPy event carries.

    Args:
        clock: is kept at the present instant.

    Attributes:
        stage: priority of what is being run; `LAST` between two steps.
        queue: SimPy's own queue, seen as what is in it here.
        numbers: what orders entries of equal time and priority.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock.now_us)
        self.clock = clock
        self.stage: EventPriority = LAST
        self.queue = cast("list[Entry]", self._queue)
        self.numbers = self._eid

    def peek(self) -> float:
        queue = self.queue
        while queue:
            waiting = queue[0][3]
            if type(waiting) is not Handle or waiting.action is not None:
                break
            heappop(queue)
        return super().peek()

    def step(self) -> None:
        queue = self.queue
        while queue:
            entry = queue[0]
            waiting = entry[3]
            if type(waiting) is Handle:
                heappop(queue)
                action = waiting.action
                if action is None:
                    continue
                waiting.action = None
            else:
                action = super().step
            self._now = self.clock.now_us = entry[0]
            self.stage = entry[1]
            try:
                action()
            finally:
                self.stage = LAST
            return
        raise EmptySchedule

    def run_to(self, end: Handle) -> None:
        """Step until `end` has run, which is in the queue."""
        # As `step`, without calling it for each of the thousands.
        queue, clock, step = self.queue, self.clock, super().step
        try:
            while end.action is not None:
                time_us, stage, _, waiting = queue[0]
                if type(waiting) is Handle:
                    heappop(queue)
                    action = waiting.action
                    if action is None:
                        continue
                    waiting.action = None
                else:
                    action = step
                self._now = clock.now_us = time_us
                self.stage = stage
                action()
        finally:
            self.stage = LAST


class Clock:
    """Virtual time in integer microseconds.

    Attributes:
        now_us: the present instant, microseconds since the twin began. Only a step moves
            it. A plain attribute: a day of a charger reads it 500 times.
        env: the SimPy environment behind it, for processes that are easier
            written as generators. Its unit is the microsecond and all delays
            given to it must be integers.
        granted_us: a controller of its own (`twin.plant.granting`) has run ahead to here: what
            comes from outside takes effect at this instant at the earliest.
    """

    def __init__(self, start_us: int = 0) -> None:
        self.now_us = start_us
        self.granted_us = start_us
        self._env = _Environment(self)
        self.env: simpy.Environment = self._env

    @property
    def before_ticks(self) -> bool:
        """True while the plant's part of the present instant is run: its ticks are to come.

        Between two steps they count as over: whoever acts from outside acts after them.
        """
        return self._env.stage < TICK

    def at(self, time_us: int, action: Action, priority: EventPriority = PLANT) -> Handle:
        """Run `action` at `time_us`; at equal time by priority, then in the order of asking.

        Raises:
            ValueError: the time has passed.
        """
        if time_us < self.now_us:
            raise ValueError(f"{time_us} us is in the past: it is {self.now_us} us now")
        env, handle = self._env, Handle()
        handle.action = action
        heappush(env.queue, (time_us, priority, next(env.numbers), handle))
        return handle

    def after(self, delay_us: int, action: Action, priority: EventPriority = PLANT) -> Handle:
        """Run `action` in `delay_us` microseconds.

        Raises:
            ValueError: the delay is negative.
        """
        # As `at`, without calling it: every other handle comes this way.
        if delay_us < 0:
            raise ValueError(f"{delay_us} us is a negative delay")
        env, handle = self._env, Handle()
        handle.action = action
        heappush(env.queue, (self.now_us + delay_us, priority, next(env.numbers), handle))
        return handle

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
        self._env.run_to(self.at(time_us, _nothing, LAST))

    def run_for(self, duration_us: int) -> None:
        """Run everything in the next `duration_us` microseconds."""
        self.run_until(self.now_us + duration_us)


def _nothing() -> None:
    """End of a `run_until`."""
