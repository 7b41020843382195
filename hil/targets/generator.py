"""A controller that is none: a free pilot generator with a switch, to test vehicles with."""

from __future__ import annotations

from dataclasses import replace

from twin.link.pins import Inputs, Outputs, PilotMode
from twin.process import Command, Memory, Report


class FreeGenerator:
    """Shows any pilot and closes the contactor on demand, with no protection whatever.

    For the vehicle's side of a limit: no conforming controller shows a duty of 4 %.
    """

    def __init__(self) -> None:
        self.command = Command()
        self.revision = 0
        self._outputs = Outputs()

    def generate(self, mode: PilotMode, duty_percent: float, closed: bool) -> None:
        """Set what the pilot shows from the next tick on, and whether the contactor is closed."""
        self._outputs = replace(
            self._outputs,
            pilot_mode=mode,
            pilot_duty_ppm=round(duty_percent * 10_000),
            contactor_main=closed,
            contactor_l2l3=closed,
        )

    def reset(self, now_us: int, memory: Memory) -> None:
        """Start afresh; it remembers nothing."""

    def step(self, now_us: int, inputs: Inputs) -> Outputs:
        """Show what was set."""
        del now_us, inputs
        return self._outputs

    def wake_at_us(self) -> int | None:
        """Nothing happens by itself."""
        return None

    def bands(self) -> dict[str, tuple[float, float]]:
        """Nothing is watched."""
        return {}

    def report(self) -> Report:
        """It has nothing to say."""
        return Report()

    def memory(self, now_us: int) -> Memory:
        """It keeps nothing."""
        del now_us
        return Memory()
