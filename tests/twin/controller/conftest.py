"""A hand-driven bench at the controller's pins: levels in, levels out, no plant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

import pytest

from twin.controller import ControllerSettings, Hardware, ReferenceController
from twin.link.pins import Inputs, Outputs, PilotMode
from twin.process import TICK_US, Command, FaultCode, Memory, Phase, Report

SAMPLES = 40
HIGH_MV = {"A": 12_000, "B": 8_980, "C": 5_990, "D": 2_930, "E": 0}


class PinBench:
    """Sets the pins of one controller and ticks it.

    Mirror contacts follow their coils, the residual-current monitor its test,
    the lock its drive, each after a delay; all may be broken. With
    `skipping`, ticks at which nothing can happen are left out, as
    `twin.process.Controller` allows; a property test shows that it makes no
    difference.
    """

    def __init__(
        self,
        controller: ReferenceController,
        *,
        skipping: bool = True,
        memory: Memory | None = None,
    ) -> None:
        self.controller = controller
        self.skipping = skipping
        self.now_us = 0
        self.steps = 0
        self.log: list[tuple[int, Outputs]] = []
        self.outputs = Outputs()
        # what the world does
        self.pilot = "A"
        self.high_mv: int | None = None
        self.low_mv: int | None = None
        self.pilot_dead = False
        self.mirror_delay_us = 20_000
        self.monitor_delay_us = 30_000
        self.lock_delay_us = 100_000
        self.welded = [False, False]
        self.stuck_open = [False, False]
        self.lock_jammed = False
        self.monitor_dead = False
        self.leak = False
        self.inputs = Inputs(
            proximity_mv=3300,
            cycle_n=(SAMPLES,) * 3,
            frequency_mhz=50_000,
            mirror_main_open=True,
            mirror_l2l3_open=True,
            earth_sense=True,
            temperature_valid=True,
            temperature_contactor_c=25.0,
            temperature_connector_c=25.0,
            supply_present=True,
        )
        self.volts(230.0)
        self.amps(0.0)
        self._pending: list[tuple[int, str, bool]] = []
        self._shown: Any = None
        self._told: Any = None
        self._revision = -1
        controller.reset(0, memory or Memory())

    # --- the world ---

    def volts(self, *volts: float) -> None:
        values = volts * 3 if len(volts) == 1 else volts
        self.inputs.cycle_v2 = tuple(SAMPLES * v * v for v in values)

    def amps(self, *amps: float) -> None:
        values = amps * 3 if len(amps) == 1 else amps
        self.inputs.cycle_i2 = tuple(SAMPLES * a * a for a in values)

    def celsius(self, celsius: float) -> None:
        self.inputs.temperature_contactor_c = celsius

    def cable(self, ohm: float | None) -> None:
        self.inputs.proximity_mv = 3300 if ohm is None else round(3300 * ohm / (1000 + ohm))

    def command(self, **changes: Any) -> None:
        for name, value in changes.items():
            assert hasattr(self.controller.command, name)
            setattr(self.controller.command, name, value)

    def _follow(self, pin: str, value: bool, delay_us: int) -> None:
        planned = [entry for entry in self._pending if entry[1] == pin]
        due = planned[-1][2] if planned else getattr(self.inputs, pin)
        if due != value:
            self._pending.append((self.now_us + delay_us, pin, value))

    def _settle(self) -> None:
        """Bring the inputs to what the world shows at this tick."""
        outputs, inputs = self.outputs, self.inputs
        for index, (coil, pin) in enumerate(
            (
                (outputs.contactor_main, "mirror_main_open"),
                (outputs.contactor_l2l3, "mirror_l2l3_open"),
            )
        ):
            closed = (coil and not self.stuck_open[index]) or self.welded[index]
            self._follow(pin, not closed, self.mirror_delay_us)
        trip = self.leak or (outputs.residual_test and not self.monitor_dead)
        self._follow("residual_trip", trip, self.monitor_delay_us)
        if not self.lock_jammed:
            self._follow("lock_feedback", outputs.lock, self.lock_delay_us)
        for entry in [entry for entry in self._pending if entry[0] <= self.now_us]:
            self._pending.remove(entry)
            setattr(inputs, entry[1], entry[2])
        high = HIGH_MV[self.pilot] if self.high_mv is None else self.high_mv
        low = (0 if self.pilot == "E" else -12_000) if self.low_mv is None else self.low_mv
        mode = outputs.pilot_mode
        inputs.pilot_n_high = 0 if self.pilot_dead or mode is PilotMode.STEADY_NEGATIVE else 50
        inputs.pilot_n_low = 0 if self.pilot_dead or mode is PilotMode.STEADY_POSITIVE else 50
        inputs.pilot_high_mv = high if inputs.pilot_n_high else 0
        inputs.pilot_low_mv = low if inputs.pilot_n_low else 0

    def _needs_step(self) -> bool:
        inputs, bands = self.inputs, self.controller.bands()
        command = self.controller.command
        shown = (*_watched(inputs), *map(bool, inputs.cycle_n), *_commanded(command))
        changed, self._shown = shown != self._shown, shown
        wake_us = self.controller.wake_at_us()
        return changed or (wake_us is not None and self.now_us >= wake_us) or self._left(bands)

    def _left(self, bands: dict[str, tuple[float, float]]) -> bool:
        inputs = self.inputs
        values = {
            "pilot_age_us": inputs.pilot_age_us,
            "temperature_c": max(inputs.temperature_contactor_c, inputs.temperature_connector_c),
        }
        for line in range(3):
            n = inputs.cycle_n[line]
            values[f"current_l{line + 1}_a"] = (inputs.cycle_i2[line] / n) ** 0.5 if n else 0.0
            values[f"voltage_l{line + 1}_v"] = (inputs.cycle_v2[line] / n) ** 0.5 if n else 0.0
        if not inputs.temperature_valid:
            del values["temperature_c"]
        return any(not low <= values.get(name, low) <= high for name, (low, high) in bands.items())

    # --- time ---

    def tick(self) -> bool:
        """Run one tick; return whether the controller was stepped."""
        self._settle()
        steps = not self.skipping or self._needs_step()
        if steps:
            self.steps += 1
            outputs = self.controller.step(self.now_us, self.inputs)
            wake_us = self.controller.wake_at_us()
            assert wake_us is None or wake_us > self.now_us
            if not self.log or outputs != self.outputs:
                self.log.append((self.now_us, outputs))
            self.outputs = outputs
            self._check_revision()
        self.now_us += TICK_US
        return steps

    def _check_revision(self) -> None:
        """Whatever the report says anew, measured values apart, has raised the revision."""
        told, revision = _said(self.report), self.controller.revision
        assert told == self._told or revision > self._revision
        self._told, self._revision = told, revision

    def _jump(self, end_us: int) -> None:
        """Go on to the next tick at which something may happen, at most to the end."""
        wake_us = self.controller.wake_at_us()
        soonest_us = min([entry[0] for entry in self._pending], default=end_us)
        if wake_us is not None:
            soonest_us = min(soonest_us, wake_us)
        ticks = -(-(min(soonest_us, end_us) - self.now_us) // TICK_US)
        self.now_us += max(0, ticks) * TICK_US

    def run(self, milliseconds: float) -> None:
        """Run ticks; afterwards the outputs are those of the last one."""
        end_us = self.now_us + round(milliseconds) * TICK_US
        while self.now_us < end_us:
            if not self.tick() and self.skipping:
                self._jump(end_us)

    def ticks_until(self, done: Callable[[], bool], within_ms: int) -> int:
        """Run until something is so; return how many ticks later than now that was, from 0."""
        start_us = self.now_us
        end_us = start_us + (within_ms + 1) * TICK_US
        while self.now_us < end_us:
            stepped = self.tick()
            if done():
                return (self.now_us - start_us) // TICK_US - 1
            if not stepped and self.skipping:
                self._jump(end_us)
        raise AssertionError(f"not within {within_ms} ms; phase {self.phase.name}")

    # --- what came of it ---

    @property
    def phase(self) -> Phase:
        return self.report.phase

    @property
    def report(self) -> Report:
        return self.controller.report()

    @property
    def faults(self) -> frozenset[FaultCode]:
        return self.report.faults

    @property
    def coil(self) -> bool:
        return self.outputs.contactor_main

    # --- short cuts ---

    def plug(self, state: str = "B") -> None:
        self.pilot = state
        if self.controller.hardware.kind == "socket":
            self.cable(220.0)
        self.run(500)

    def charge(self, amps: float = 16.0, limit_a: float = 32.0) -> None:
        """Go from A to a closed contactor with current flowing, past the inrush time."""
        self.plug("B")
        self.command(permitted=True, limit_a=limit_a)
        self.run(500)
        self.pilot = "C"
        self.ticks_until(lambda: self.phase is Phase.CHARGING, 3000)
        self.run(50)
        self.amps(amps)
        self.run(2000)
        assert self.coil


@dataclass(frozen=True)
class BenchMaker:
    """Makes benches: keywords of `Hardware`, `settings` as a dict of changes."""

    def __call__(
        self,
        *,
        settings: dict[str, Any] | None = None,
        skipping: bool = True,
        memory: Memory | None = None,
        controller_type: type[ReferenceController] = ReferenceController,
        **hardware: Any,
    ) -> PinBench:
        chosen = replace(ControllerSettings(), **(settings or {}))
        controller = controller_type(chosen, Hardware(**hardware))
        return PinBench(controller, skipping=skipping, memory=memory)


_ANALOGUE = ("cycle_", "total_", "temperature_con", "frequency", "pilot_age")
_watched = attrgetter(*(name for name in Inputs.__slots__ if not name.startswith(_ANALOGUE)))
_commanded = attrgetter(*Command.__slots__)
_MEASURED = ("energy_wh", "voltage_v", "current_a", "power_w", "frequency_hz", "temperature_c")
_said = attrgetter(*(name for name in Report.__slots__ if name not in _MEASURED))


@pytest.fixture
def make_bench() -> BenchMaker:
    return BenchMaker()


@pytest.fixture
def bench(make_bench: BenchMaker) -> PinBench:
    """A three-phase tethered charger of 32 A."""
    made = make_bench()
    made.run(300)
    return made
