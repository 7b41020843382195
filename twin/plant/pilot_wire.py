"""The control pilot on its wire, in time: generator, circuit, what vehicle and instrument see."""

from __future__ import annotations

from abc import ABC, abstractmethod

from twin.clock import Clock, Handle
from twin.electrics.pilot import Edges, PilotCircuit, PilotGenerator
from twin.link.pins import PilotMode
from twin.plant.recording import Recorder
from twin.tolerances import EvseParts
from twin.vehicle import Vehicle
from twin.vehicle.pilot_reading import PilotView

LEAST_PILOT_V = 1.0
"""A vehicle takes less than this on the upper plateau for no pilot at all."""

# Globals, as `twin.control` explains.
_POSITIVE, _PWM, _NEGATIVE = PilotMode.STEADY_POSITIVE, PilotMode.PWM, PilotMode.STEADY_NEGATIVE

_NONE, _STEADY = PilotView.NONE, PilotView.STEADY

DEAD = (0.0, 0.0, None)
"""A generator without power."""

Level = tuple[int, int, int, PilotMode, int]
"""Since when, upper plateau, lower plateau, mode, duty: as a converter would see them."""


class PilotWire(ABC):
    """The control pilot of one EVSE; who reads it for the controller is `twin.plant.pilot_side`.

    Args:
        clock: its time.
        parts: its components.
        recorder: takes signals.

    Attributes:
        circuit: component values and faults; whoever changes one calls `refresh`.
        generator: its clockwork.
        duty_offset_ppm: what the generator adds to a commanded duty.
        vehicle: who watches the other end.
    """

    def __init__(
        self,
        clock: Clock,
        parts: EvseParts,
        recorder: Recorder,
    ) -> None:
        self.clock = clock
        self.circuit = PilotCircuit(
            parts.positive_v, parts.negative_v, parts.source_ohm, parts.evse_pf
        )
        self.generator = PilotGenerator(parts.pilot_period_us, parts.pilot_phase_us)
        self.duty_offset_ppm = parts.duty_error_ppm
        self.vehicle: Vehicle | None = None
        self.powered = True
        self._recorder = recorder
        self._mode = _POSITIVE
        self._duty_ppm = 0
        self._commanded: tuple[PilotMode, int] = (self._mode, 0)
        self._change: Handle | None = None
        self._levels: list[Level] = []
        self.refresh()

    # --- from the controller ---

    def command(self, mode: PilotMode, duty_ppm: int) -> None:
        """Take a mode and duty over at the next PWM period."""
        self._commanded = (mode, duty_ppm)
        if self._change is not None:
            self._change.cancel()
        at_us = self.generator.boundary_us(self.clock.now_us)
        self._change = self.clock.at(at_us, lambda: self._take_over(mode, duty_ppm))

    def reset(self) -> None:
        """Stand as the board's pull-ups leave it: +12 V steady, at once."""
        if self._change is not None:
            self._change.cancel()
            self._change = None
        self._mode, self._duty_ppm = self._commanded = _POSITIVE, 0
        self.refresh()

    def _take_over(self, mode: PilotMode, duty_ppm: int) -> None:
        self._change = None
        if mode is _PWM:
            duty_ppm = min(1_000_000, max(0, duty_ppm + self.duty_offset_ppm))
            if duty_ppm == 1_000_000:
                mode, duty_ppm = _POSITIVE, 0
            elif duty_ppm == 0:
                mode = _NEGATIVE
        else:
            duty_ppm = 0
        if (mode, duty_ppm) != (self._mode, self._duty_ppm):
            self._mode, self._duty_ppm = mode, duty_ppm
            self.refresh()

    # --- the circuit has changed ---

    def refresh(self) -> None:
        """Work the plateaus out anew, now."""
        now_us = self.clock.now_us
        high_v, low_v, edges = self.circuit.solution() if self.powered else DEAD
        level = (now_us, round(1000 * high_v), round(1000 * low_v), self._mode, self._duty_ppm)
        levels = self._levels
        if levels and levels[-1][1:] == level[1:]:
            self._tell_vehicle(high_v, low_v, edges)
            return
        if levels and levels[-1][0] == now_us:
            levels.pop()
        horizon_us = now_us - 3 * self.generator.period_us
        while len(levels) > 1 and levels[1][0] <= horizon_us:
            levels.pop(0)
        levels.append(level)
        if self._recorder.on:
            self._record(level)
        self._note_visible(now_us, levels[-2] if len(levels) > 1 else level, level)
        self._tell_vehicle(high_v, low_v, edges)

    def _record(self, level: Level) -> None:
        record, (_, high_mv, low_mv, mode, duty_ppm) = self._recorder.record, level
        record("pilot_mode", mode)
        record("pilot_duty_ppm", duty_ppm)
        record("pilot_high_mv", low_mv if mode is _NEGATIVE else high_mv)
        record("pilot_low_mv", high_mv if mode is _POSITIVE else low_mv)

    @abstractmethod
    def _note_visible(self, now_us: int, old: Level, new: Level) -> None:
        """Hear of a new level on the wire."""

    def _tell_vehicle(self, high_v: float, low_v: float, edges: Edges | None) -> None:
        vehicle = self.vehicle
        if vehicle is None:
            return
        if edges is None or not self.circuit.reaches_vehicle():
            vehicle.see_pilot(_NONE)
        elif self._mode is _NEGATIVE:
            vehicle.see_pilot(PilotView.NEGATIVE if low_v < -LEAST_PILOT_V else _NONE)
        elif high_v < LEAST_PILOT_V:
            vehicle.see_pilot(_NONE)
        elif self._mode is _POSITIVE:
            vehicle.see_pilot(_STEADY)
        else:
            duty_percent = edges.duty_percent(self._duty_ppm * 1e-6, self.generator.period_us)
            if duty_percent is None:
                vehicle.see_pilot(_STEADY)
            else:
                vehicle.see_pilot(PilotView.PWM, duty_percent)

    def edges_changed(self) -> None:
        """Let the vehicle see what other edges make of the duty; the plateaus stay."""
        self._tell_vehicle(*(self.circuit.solution() if self.powered else DEAD))

    def set_period(self, period_us: int) -> None:
        """Change the PWM's period; a new period begins now."""
        self.generator = PilotGenerator(period_us, self.clock.now_us % period_us)
        del self._levels[:-1]
        self.edges_changed()

    def offset_duty(self, offset_ppm: int) -> None:
        """Change what the generator adds to a commanded duty, from the next period on."""
        self.duty_offset_ppm = offset_ppm
        self.command(*self._commanded)

    # --- with an instrument ---

    def plateaus_mv(self) -> tuple[int | None, int | None]:
        """Return the settled plateaus at the plug now; None where there is none."""
        _, high_mv, low_mv, mode, _ = self._levels[-1]
        return (
            None if mode is _NEGATIVE else high_mv,
            None if mode is _POSITIVE else low_mv,
        )

    def edges(self) -> Edges | None:
        """Return the edges at the plug; None unless there is a PWM."""
        if self._mode is not _PWM or not self.powered:
            return None
        return self.circuit.solution()[2]

    def duty_percent(self) -> float | None:
        """Return the duty at the plug, at 0 V; None unless there is a PWM."""
        edges = self.edges()
        if edges is None:
            return None
        return edges.duty_percent(self._duty_ppm * 1e-6, self.generator.period_us)
