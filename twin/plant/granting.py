"""Time by grants: a controller that runs its own ticks is told how far it may run them.

The rules of the co-simulation link, which docs/link.md gives reasons for:

- Inputs are sampled, and hold for a whole grant. It ends before the next event of
  the clock and before the first instant at which an analogue pin has left its
  quantum, so no tick sees a pin that has moved since.
- A tick at the instant of a plant event sees what that event did.
- A controller comes back as soon as an output or its report changes. Outputs take
  effect `exec_us` after that tick, and are seen by nobody before.
- The twin never goes past the beginning of a grant before the answer is there,
  and nobody acts on the plant at an instant for which time has been granted away.
- Controllers that share a clock are granted one tick at a time, in the order of their
  ticks: what one of them does may concern the others from the next microsecond on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from twin.clock import LEAVING, TICK, Clock
from twin.link.frames import Changed
from twin.link.pins import Outputs
from twin.link.session import Reply
from twin.plant.ticker import NEVER_US, Ticker, pin_values
from twin.process import TICK_US, GrantedController

LIVE_GRANT_US = 1_000_000
"""Longest grant while the contactor may carry current: the energy total moves without a quantum,
and a register must not lag by more than a meter's interval."""

LONGEST_GRANT_US = 60_000_000
"""So long at most while nothing moves at all: a slow controller still answers within the wall
time that it has, and one whose plant has no more events is not sent off for good."""

_GRANTED: WeakKeyDictionary[Clock, int] = WeakKeyDictionary()
"""How many controllers are granted time on a clock."""


class CausalityError(Exception):
    """Somebody acted on the plant at an instant that was granted away already."""


class GrantTicker(Ticker):
    """Grants time to a controller in place of stepping it; see `Ticker`.

    Args:
        controller: at the other end of the link.
        foresee: returns when an analogue quantity may leave the bands of the inputs just sampled.
        *seat: the rest, as for `Ticker`.
    """

    controller: GrantedController

    def __init__(self, *seat: Any, foresee: Callable[[int], int | None]) -> None:
        super().__init__(*seat)
        self.controller.phase_us = self._phase_us
        self._foresee = foresee
        self._run_until_us = 0
        self._wanted_us = NEVER_US
        self._look = False
        self._seen: Reply | None = None

    # --- asked from outside ---

    def want(self, time_us: int) -> None:
        """End the grant at this instant at the latest: pins move.

        Raises:
            CausalityError: that instant was granted away.
        """
        if not self.running:
            return
        now_us = self.clock.now_us
        first_us = now_us if self.clock.before_ticks else now_us + 1
        if max(time_us, first_us) < self._run_until_us:
            raise CausalityError(
                f"pins move at {time_us} us, but the controller has run to "
                f"{self._run_until_us} us: whoever moves the clock has to put its end into it first"
            )
        if time_us > now_us:
            self._wanted_us = min(self._wanted_us, time_us)
        if self._halting is not None:
            self._look = True

    def look(self) -> None:
        """Have the next tick reported."""
        self.want(self.clock.now_us)
        self._look = True

    # --- grants ---

    def _start(self) -> None:
        """Begin to grant time, with the first tick from now on."""
        self._run_until_us = self.clock.now_us
        self._wanted_us = NEVER_US
        self._seen = None
        # Who has just come up is heard at the first tick, whatever was heard before.
        self._look = True
        _GRANTED[self.clock] = _GRANTED.get(self.clock, 0) + 1
        self._next(self.clock.now_us)

    def _halt(self, then: Callable[[], object]) -> None:
        self.controller.cut_power(self.clock.now_us)
        super()._halt(then)
        self._look = False
        _GRANTED[self.clock] -= 1

    @property
    def _by_ticks(self) -> bool:
        return _GRANTED[self.clock] > 1 or self.controller.tick_by_tick()

    def _next(self, from_us: int) -> None:
        """Go on with the first tick at or after an instant, which is now or later."""
        clock = self.clock
        late_us = (from_us - self._phase_us) % TICK_US
        if late_us == 0 and (from_us > clock.now_us or clock.before_ticks):
            self._handle = clock.at(from_us, self._tick, TICK)
        elif self._by_ticks:
            self._handle = clock.at(from_us + TICK_US - late_us, self._tick, TICK)
        elif from_us > clock.now_us:
            self._handle = clock.at(from_us, self._arrive, TICK)
        else:
            self._later()

    def _arrive(self) -> None:
        """Come to the end of a grant between two ticks."""
        self._see()
        self._later()

    def _later(self) -> None:
        """Go on one later: whoever acts at this instant from outside acts before the grant."""
        at_us = self.clock.now_us + 1
        if (at_us - self._phase_us) % TICK_US == 0:
            self._handle = self.clock.at(at_us, self._tick, TICK)
        else:
            # When the clock leaves that instant: somebody may stop it there, and act.
            self._handle = self.clock.at(at_us, self._extend, LEAVING)

    def _tick(self) -> None:
        """Run the tick of this instant alone: what comes after it may still be acted upon."""
        self._see()
        self._grant(self.clock.now_us + 1)

    def _extend(self) -> None:
        """Run all ticks up to the next instant at which something happens."""
        if self._by_ticks:
            self._next(self.clock.now_us)
        else:
            self._grant(NEVER_US)

    def _grant(self, until_us: int) -> None:
        clock = self.clock
        now_us = clock.now_us
        self._handle = None
        if self._wanted_us <= now_us:
            self._wanted_us = NEVER_US
        inputs, due_us = self._sample(now_us)
        self.controller.sees(inputs)
        tick_us = now_us + (self._phase_us - now_us) % TICK_US
        if until_us == NEVER_US:
            longest_us = LONGEST_GRANT_US if inputs.mirror_main_open else LIVE_GRANT_US
            ends = (due_us, self._foresee(now_us), clock.peek_us(), self._wanted_us)
            until_us = min(now_us + longest_us, *(end for end in ends if end is not None))
            if self._look or self.every_tick:
                until_us = min(until_us, tick_us + 1)
            if until_us <= tick_us:
                # Something moves before it: that tick is sampled at its own instant.
                self._handle = clock.at(tick_us, self._tick, TICK)
                return
        reply = self.controller.grant(now_us, until_us, inputs)
        if reply.changed is not Changed.NOTHING or self._look or self.every_tick:
            self._has_run(reply.tick_us + 1)
            if reply.tick_us == now_us:
                self._deliver(reply)
            else:
                self._handle = clock.at(reply.tick_us, partial(self._deliver, reply), TICK)
            return
        self._has_run(until_us)
        self._seen = reply
        if reply.tick_us == now_us:
            self._see()
        self._next(until_us)

    def _has_run(self, until_us: int) -> None:
        self._run_until_us = until_us
        self.clock.granted_us = max(self.clock.granted_us, until_us)

    def _see(self) -> None:
        """Let be seen what a grant left unchanged but for measured values and the display."""
        reply, self._seen = self._seen, None
        if reply is not None:
            self.controller.take(reply)
            self._drive_if_new(reply.outputs[0])

    def _deliver(self, reply: Reply) -> None:
        """Let what a tick did take its course: it is that tick's instant."""
        now_us = self.clock.now_us
        self._handle = None
        self._look = False
        self.controller.take(reply)
        self._drive_if_new(reply.outputs[0])
        if self._halting is not None:
            self._halt(self._halting)
            return
        self._stepped(now_us)
        self._next(now_us + 1)

    def _drive_if_new(self, outputs: Outputs) -> None:
        pins = pin_values(outputs)
        if pins != self._driven:
            self._driven = pins
            effect = self.clock.after(self._exec_us, partial(self._drive, outputs))
            self._effects = [*(e for e in self._effects if e.pending), effect]
