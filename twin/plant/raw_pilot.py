"""The control pilot as a converter samples it, and the controller's sampler at work on that."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np

from twin.clock import Clock
from twin.control.pilot_sampler import FULL_CODE, LEAST_MV, MOST_MV, PilotSampler
from twin.electrics.pilot_waveform import Stretch, voltages
from twin.evse_config import PilotConverter
from twin.link.pins import Inputs, PilotMode
from twin.plant.pilot_side import PilotSide
from twin.plant.pilot_wire import Level
from twin.plant.recording import Recorder
from twin.tolerances import EvseParts

LATENCY_US = 200
"""From a window's last sample to its plateaus at the pins: transfer and reckoning."""
WATCHED_US = 50_000
"""After a change of the pilot every window is sampled for so long…"""
IDLE_WINDOWS = 500
"""… and then one of so many: about one in five seconds. A pilot that has not changed for 50 ms
shows a sampler nothing new but noise, and a second of samples costs more than a minute of all
else."""
HISTORY_US = 60_000
"""How far back the circuit is remembered: two windows and what comes before them."""

_PS = 1_000_000
"""Picoseconds in a microsecond. Samples are counted in these, so that none drifts by rounding."""


class RawPilotSide(PilotSide):
    """The control pilot of one EVSE, read by a free-running converter.

    The vehicle's and the instrument's view are those of `PilotSide`; only what the controller
    gets comes from samples. What a sample is depends on the instant alone: the same seed gives
    the same samples, whenever the controller looks.

    Args:
        clock: its time.
        parts: its components.
        recorder: takes signals.
        want_tick: asks for a control tick at or after an instant.
        converter: how it samples.
        seed: draws phase, drift and noise.

    Attributes:
        sampler: makes plateaus of samples; another one may be put in its place.
    """

    def __init__(
        self,
        clock: Clock,
        parts: EvseParts,
        recorder: Recorder,
        want_tick: Callable[[int], object],
        converter: PilotConverter,
        seed: int,
    ) -> None:
        draw = Random(f"{seed}/pilot converter")
        drift_ppm = draw.uniform(-100, 100) if converter.drift_ppm is None else converter.drift_ppm
        self.sampler = PilotSampler(converter.sample_ns)
        self._seed = seed & 0xFFFF_FFFF_FFFF_FFFF
        self._noise_mv = converter.noise_mv
        self._sample_ps = round(converter.sample_ns * (1000 + drift_ppm / 1000))
        self._first_ps = draw.randrange(self._sample_ps)
        self._window = self.sampler.window
        self._stretches: list[Stretch] = []
        self._watch_from = self._watch_to = -1
        self._sampled = -1
        super().__init__(clock, parts, recorder, want_tick)

    # --- the circuit has changed ---

    def refresh(self) -> None:
        """Work the plateaus out anew, now."""
        super().refresh()
        self._remember()

    def edges_changed(self) -> None:
        """Let vehicle and converter see other edges; the plateaus stay."""
        super().edges_changed()
        self._remember()

    def _note_visible(self, now_us: int, old: Level, new: Level) -> None:
        """Leave it to `_remember`: what can be seen when is a matter of windows."""

    def _remember(self) -> None:
        """Begin a stretch if circuit or generator differ from the last one's."""
        now_us, circuit, generator = self.clock.now_us, self.circuit, self.generator
        positive_v = circuit.positive_v if self.powered else 0.0
        negative_v = circuit.negative_v if self.powered else 0.0
        high_us = generator.period_us * self._duty_ppm // 1_000_000
        if self._mode is not PilotMode.PWM:
            high_us = generator.period_us if self._mode is PilotMode.STEADY_POSITIVE else 0
        stretch = Stretch(
            now_us,
            high_us,
            generator.period_us,
            generator.phase_us % generator.period_us,
            circuit.relaxation(positive_v),
            circuit.relaxation(negative_v),
        )
        stretches = self._stretches
        if stretches:
            last = stretches[-1]
            if (stretch.high_us, stretch.period_us, stretch.phase_us) == (
                last.high_us,
                last.period_us,
                last.phase_us,
            ) and (stretch.positive, stretch.negative) == (last.positive, last.negative):
                return
            if last.since_us == now_us:
                stretches.pop()
        while len(stretches) > 1 and stretches[1].since_us <= now_us - HISTORY_US:
            stretches.pop(0)
        stretches.append(stretch)
        self._watch(now_us)

    def _watch(self, now_us: int) -> None:
        """Sample the present window and those after it."""
        present = self._window_at(now_us)
        if self._watch_to < present - 1:
            self._watch_from = present
        self._watch_to = self._window_at(now_us + WATCHED_US)
        self._want_tick(self._ready_us(present))

    # --- windows ---

    def _window_at(self, time_us: int) -> int:
        """Return the number of the window in progress at an instant."""
        return (time_us * _PS - self._first_ps) // self._sample_ps // self._window

    def _end_us(self, window: int) -> int:
        """Return when a window's last sample was or will be taken, rounded up."""
        last = (window + 1) * self._window - 1
        return -(-(self._first_ps + last * self._sample_ps) // _PS)

    def _ready_us(self, window: int) -> int:
        """Return when a window's plateaus are at the pins."""
        return self._end_us(window) + LATENCY_US

    def _complete(self, time_us: int) -> int:
        """Return the last window whose plateaus are at the pins at an instant; -1: none."""
        window = self._window_at(time_us - LATENCY_US)
        while self._ready_us(window) > time_us:
            window -= 1
        return max(window, -1)

    def codes(self, window: int) -> list[int]:
        """Return the samples of a window, as the converter gives them."""
        first_ps = self._first_ps + window * self._window * self._sample_ps
        base_us, offset_ps = divmod(first_ps, _PS)
        times_us = (offset_ps + np.arange(self._window, dtype=np.int64) * self._sample_ps) / _PS
        millivolts = 1000 * voltages(self._stretches, base_us, times_us)
        if self._noise_mv:
            # Keyed by the window: its noise does not depend on which others were sampled.
            key = np.array([self._seed, window], dtype=np.uint64)
            noise = np.random.Generator(np.random.Philox(key=key))
            millivolts += noise.normal(0.0, self._noise_mv, self._window)
        codes = np.rint((millivolts - LEAST_MV) * (FULL_CODE / (MOST_MV - LEAST_MV)))
        taken: list[int] = np.clip(codes, 0, FULL_CODE).astype(np.int64).tolist()
        return taken

    # --- to the controller ---

    def read(self, now_us: int, inputs: Inputs) -> int | None:
        """Put the sampler's reading into the pins; return when it next may change by itself."""
        dead_us = self.converter_dead_us
        window = self._complete(now_us if dead_us is None else dead_us)
        if self._due(window) > self._sampled:
            self.sampler.feed(self.codes(window), self._end_us(window))
            self._sampled = window
        sampler = self.sampler
        inputs.pilot_age_us = now_us - self._end_us(window)
        inputs.pilot_n_high, inputs.pilot_n_low = sampler.n_high, sampler.n_low
        inputs.pilot_high_mv = sampler.high_mv if sampler.n_high else 0
        inputs.pilot_low_mv = sampler.low_mv if sampler.n_low else 0
        if dead_us is not None:
            return None
        following = window - window % IDLE_WINDOWS + IDLE_WINDOWS
        if window < self._watch_to:
            following = min(following, max(window + 1, self._watch_from))
        return self._ready_us(following)

    def _due(self, window: int) -> int:
        """Return the last window up to this one that is to be sampled."""
        due = window - window % IDLE_WINDOWS
        if window >= self._watch_from:
            due = max(due, min(window, self._watch_to))
        return due

    def newest_us(self) -> int:
        """Return when the newest sample was taken, of a converter that is dead."""
        dead_us = self.clock.now_us if self.converter_dead_us is None else self.converter_dead_us
        return self._end_us(self._complete(dead_us))
