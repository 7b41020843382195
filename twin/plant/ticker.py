"""The controller's ticks: when it looks, what it sees, when what it drives takes effect."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter

from twin.clock import TICK, Clock, Handle
from twin.link.pins import Inputs, Outputs
from twin.process import TICK_US, Controller, Memory

NEVER_US = 1 << 62

pin_values = attrgetter(*Outputs.__slots__)
"""The values of all output pins, in the order of their fields."""


class Ticker:
    """Steps one controller at its ticks, and leaves out those at which nothing can happen.

    Args:
        clock: the time.
        controller: what is stepped.
        phase_us: ticks are at phase + 1000 k us.
        exec_us: from a tick to its outputs.
        every_tick: leave no tick out.
        sample: fills the pins for a tick; returns when they next change by themselves.
        drive: takes outputs over at the pins.
        stepped: told after every step; returns when an analogue quantity may leave its band.
        booting: told before the controller is reset.

    Attributes:
        running: the controller has booted and ticks.
        memory: non-volatile memory as of the last halt.
    """

    def __init__(
        self,
        clock: Clock,
        controller: Controller,
        phase_us: int,
        exec_us: int,
        every_tick: bool,
        sample: Callable[[int], tuple[Inputs, int | None]],
        drive: Callable[[Outputs], object],
        stepped: Callable[[int], int | None],
        booting: Callable[[], object],
    ) -> None:
        self.clock = clock
        self.controller = controller
        self.running = False
        self.memory = Memory()
        self._phase_us = phase_us
        self._exec_us = exec_us
        self.every_tick = every_tick
        self._sample = sample
        self._drive = drive
        self._stepped = stepped
        self._booting = booting
        self._tick_us = -1
        self._handle: Handle | None = None
        self._boot: Handle | None = None
        self._driven: tuple[object, ...] = ()
        self._effects: list[Handle] = []
        self._halting: Callable[[], object] | None = None

    # --- life of the controller ---

    def boot(self, delay_us: int) -> None:
        """Start the controller from its memory in `delay_us`."""
        self._boot = self.clock.after(delay_us, self._booted)

    def _booted(self) -> None:
        self._boot = None
        self.running = True
        self._booting()
        self._driven = pin_values(Outputs())
        self.controller.reset(self.clock.now_us, self.memory)
        self._start()

    def _start(self) -> None:
        """Begin with the first tick from now on."""
        self.want(self.clock.now_us)

    def halt(self, then: Callable[[], object]) -> None:
        """Let the controller run the tick that comes next as its last, save memory, call `then`.

        Its supply holds that long in a power cut. One that has not booted yet just does not.
        """
        if self._boot is not None:
            self._boot.cancel()
            self._boot = None
        if self.running:
            self._halting = then
            self.want(self.clock.now_us)
        else:
            then()

    def ride_through(self) -> bool:
        """Take a halt back that has not come yet; return whether there was one."""
        riding = self._halting is not None
        self._halting = None
        return riding

    def _halt(self, then: Callable[[], object]) -> None:
        self._halting = None
        self.memory = self.controller.memory(self.clock.now_us)
        self.running = False
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        for effect in self._effects:
            effect.cancel()
        self._effects.clear()
        then()

    # --- ticks ---

    def look(self) -> None:
        """Have the controller step at its next tick, whatever the pins do."""
        self.want(self.clock.now_us)

    def want(self, time_us: int) -> None:
        """Have the controller step at the first tick at or after an instant."""
        if not self.running:
            return
        tick_us = time_us + (self._phase_us - time_us) % TICK_US
        if tick_us == self.clock.now_us and not self.clock.before_ticks:
            tick_us += TICK_US
        if self._handle is not None:
            if self._tick_us <= tick_us:
                return
            self._handle.cancel()
        self._tick_us = tick_us
        self._handle = self.clock.at(tick_us, self._tick, TICK)

    def _tick(self) -> None:
        now_us = self.clock.now_us
        self._handle = None
        inputs, due_us = self._sample(now_us)
        controller = self.controller
        outputs = controller.step(now_us, inputs)
        pins = pin_values(outputs)
        if pins != self._driven:
            self._driven = pins
            effect = self.clock.after(self._exec_us, partial(self._drive, Outputs(*pins)))
            effects = self._effects
            while effects and not effects[0].pending:
                del effects[0]
            effects.append(effect)
        if self._halting is not None:
            self._halt(self._halting)
            return
        leaves_us = self._stepped(now_us)
        if self.every_tick:
            self.want(now_us + TICK_US)
            return
        wake_us = controller.wake_at_us()
        if wake_us is not None and (due_us is None or wake_us < due_us):
            due_us = wake_us
        if leaves_us is not None and (due_us is None or leaves_us < due_us):
            due_us = leaves_us
        if due_us is not None and due_us < NEVER_US:
            self.want(due_us)
