"""A pilot that is sampled: its circuit and generator are set by hand, nothing else is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from twin.clock import Clock
from twin.evse_config import PilotConverter
from twin.link.pins import Inputs, PilotMode
from twin.plant.raw_pilot import RawPilotSide
from twin.plant.recording import Recorder
from twin.tolerances import Tolerance, draw_evse


@dataclass
class Sampled:
    """One pilot and the controller's sampler on it."""

    clock: Clock
    pilot: RawPilotSide

    def generate(self, mode: PilotMode, duty_ppm: int = 0) -> None:
        """Have the generator make something from its next period on."""
        self.pilot.command(mode, duty_ppm)
        self.run_us(1100)

    def run_us(self, duration_us: int) -> None:
        self.clock.run_for(duration_us)

    def read(self) -> Inputs:
        """Return the pins as a tick now would see them."""
        inputs = Inputs()
        self.pilot.read(self.clock.now_us, inputs)
        return inputs

    def settle(self) -> Inputs:
        """Return the pins after a window in which nothing changed."""
        self.run_us(25_000)
        return self.read()


@pytest.fixture
def sampled() -> Callable[..., Sampled]:
    """Build a sampled pilot."""

    def make(
        seed: int = 0,
        tolerance: Tolerance = "nominal",
        noise_mv: float = 20.0,
        drift_ppm: float | None = None,
        sample_ns: int = 12_000,
    ) -> Sampled:
        clock = Clock()
        parts = draw_evse(tolerance, seed, 1.0)
        converter = PilotConverter(sample_ns, drift_ppm, noise_mv)
        recorder = Recorder(clock, None, "")
        pilot = RawPilotSide(clock, parts, recorder, lambda _: None, converter, seed)
        return Sampled(clock, pilot)

    return make
