"""The control pilot as the controller gets it: the converter's reading of the wire."""

from __future__ import annotations

from collections.abc import Callable

from twin.clock import Clock
from twin.electrics.pilot import PilotGenerator
from twin.link.pins import Inputs, PilotMode
from twin.plant.pilot_wire import Level, PilotWire
from twin.plant.recording import Recorder
from twin.tolerances import EvseParts

# Globals, as `twin.control` explains.
_POSITIVE, _PWM = PilotMode.STEADY_POSITIVE, PilotMode.PWM


class PilotSide(PilotWire):
    """The control pilot of one EVSE, read for the controller at the ends of PWM periods.

    Args:
        clock: its time.
        parts: its components.
        recorder: takes signals.
        want_tick: asks for a control tick at or after an instant.

    Attributes:
        converter_dead_us: since when the converter has been dead; None: it is well.
    """

    def __init__(
        self,
        clock: Clock,
        parts: EvseParts,
        recorder: Recorder,
        want_tick: Callable[[int], object],
    ) -> None:
        self.converter_dead_us: int | None = None
        self._want_tick = want_tick
        # The level that the pins show in full, while they do.
        self._shown: Level | None = None
        self._visible_us: tuple[int, ...] = ()
        super().__init__(clock, parts, recorder)

    # --- the wire has changed ---

    def _note_visible(self, now_us: int, old: Level, new: Level) -> None:
        """Ask for ticks when the converter delivers what has changed: at the ends of periods."""
        period_us = self.generator.period_us
        start_us = self.generator.last_boundary_us(now_us)
        end_us = start_us + period_us
        soonest_us = latest_us = end_us
        if new[3:] != old[3:]:
            # A new period; only a reset breaks into one.
            if now_us != start_us:
                latest_us += period_us
        elif new[3] is _PWM and new[1] != old[1]:
            taken_us = start_us + period_us * new[4] // 1_000_000
            if now_us >= taken_us:
                latest_us += period_us
                if new[2] == old[2]:
                    soonest_us = latest_us
        pending = {soonest_us, latest_us}
        for visible_us in self._visible_us:
            if visible_us > now_us:
                pending.add(visible_us)
        self._visible_us = tuple(sorted(pending))
        self._want_tick(self._visible_us[0])

    def set_period(self, period_us: int) -> None:
        """Change the PWM's period; a new period begins now."""
        now_us = self.clock.now_us
        self._shown = None
        self._visible_us = (now_us + period_us, now_us + 2 * period_us)
        super().set_period(period_us)
        self._want_tick(now_us)

    # --- to the controller ---

    def read(self, now_us: int, inputs: Inputs) -> int | None:
        """Put the converter's reading into the pins; return when it next may change by itself."""
        dead_us = self.converter_dead_us
        at_us = now_us if dead_us is None else dead_us
        end_us = self.generator.last_boundary_us(at_us)
        inputs.pilot_age_us = now_us - end_us
        newest = self._levels[-1]
        if newest is not self._shown:
            self._show(newest, end_us, inputs)
        for visible_us in self._visible_us:
            if visible_us > now_us:
                return visible_us
        return None

    def _show(self, newest: Level, end_us: int, inputs: Inputs) -> None:
        """Put the plateaus of the period that ended last into the pins."""
        levels, period_us = self._levels, self.generator.period_us
        since_us, high_mv, low_mv, mode, duty_ppm = newest
        start_us = end_us - period_us
        whole = since_us <= start_us
        self._shown = newest if whole else None
        if not whole and len(levels) > 1:
            mode, duty_ppm = self._level_at(start_us)[3:]
            high_us = period_us if mode is not _PWM else period_us * duty_ppm // 1_000_000
            high_mv = self._level_at(start_us + high_us - 1)[1]
            low_mv = self._level_at(end_us - 1)[2]
        if mode is _PWM:
            inputs.pilot_n_high, inputs.pilot_n_low = self.generator.counts(duty_ppm)
        else:
            samples = period_us // PilotGenerator.SAMPLE_US
            steady_high = mode is _POSITIVE
            inputs.pilot_n_high = samples if steady_high else 0
            inputs.pilot_n_low = 0 if steady_high else samples
        inputs.pilot_high_mv = high_mv if inputs.pilot_n_high else 0
        inputs.pilot_low_mv = low_mv if inputs.pilot_n_low else 0

    def newest_us(self) -> int:
        """Return when the newest sample was taken, of a converter that is dead."""
        dead_us = self.clock.now_us if self.converter_dead_us is None else self.converter_dead_us
        return self.generator.last_boundary_us(dead_us)

    def _level_at(self, time_us: int) -> Level:
        for level in reversed(self._levels):
            if level[0] <= time_us:
                return level
        return self._levels[0]
