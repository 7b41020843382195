"""A bench for the plant: an EVSE under the reference controller, and its trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from twin.clock import Clock
from twin.controller import ControllerSettings, Hardware, ReferenceController
from twin.evse import Evse
from twin.evse_config import EvseConfig
from twin.link.pins import Inputs, Outputs
from twin.trace import Trace
from twin.vehicle import Vehicle

SECOND = 1_000_000


class LoggingController(ReferenceController):
    """The reference controller, with a log of every change of what it drives."""

    def __init__(self, settings: ControllerSettings, hardware: Hardware) -> None:
        self.log: list[tuple[int, Outputs]] = []
        self.steps = 0
        super().__init__(settings, hardware)

    def step(self, now_us: int, inputs: Inputs) -> Outputs:
        outputs = super().step(now_us, inputs)
        self.steps += 1
        if not self.log or self.log[-1][1] != outputs:
            self.log.append((now_us, outputs))
        return outputs


@dataclass
class Bench:
    """One EVSE and what it takes to work it."""

    clock: Clock
    evse: Evse
    controller: LoggingController
    trace: Trace
    vehicle: Vehicle | None = field(default=None)

    def run(self, seconds: float) -> None:
        self.clock.run_for(round(seconds * SECOND))

    def charge(self, vehicle: Vehicle | None = None, limit_a: float = 32.0) -> Vehicle:
        """Plug in, permit, and wait until the current is there."""
        vehicle = vehicle or Vehicle(soc_percent=40)
        self.evse.plug_in(vehicle)
        self.evse.command(permitted=True, limit_a=limit_a)
        self.run(30)
        return vehicle


@pytest.fixture
def build() -> Callable[..., Bench]:
    """Build a bench from facts of the EVSE; it has booted, unless told otherwise."""

    def make(*, every_tick: bool = False, booted: bool = True, **facts: object) -> Bench:
        config = EvseConfig(**facts)
        hardware = Hardware(
            kind=config.kind,
            rating_a=config.rating_a,
            phases=config.phases,
            ventilation=config.ventilation,
            lock=config.kind == "socket",
        )
        clock, trace = Clock(), Trace()
        controller = LoggingController(ControllerSettings(), hardware)
        evse = Evse(clock, config, controller, trace=trace, every_tick=every_tick)
        if booted:
            clock.run_until(2 * SECOND)
        return Bench(clock, evse, controller, trace)

    return make
