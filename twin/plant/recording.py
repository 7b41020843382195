"""The tap between a plant and its trace: nothing is worked out where nothing is recorded."""

from __future__ import annotations

from collections.abc import Iterable

from twin.clock import Clock
from twin.trace import Trace


class Recorder:
    """Records signals of one EVSE under its name.

    Args:
        clock: stamps what is recorded now.
        trace: where it goes; None: nowhere.
        prefix: put in front of every signal's name.

    Attributes:
        on: something is recorded at all.
    """

    def __init__(self, clock: Clock, trace: Trace | None, prefix: str) -> None:
        self.clock = clock
        self.on = trace is not None
        self._trace = trace
        self._prefix = prefix

    def record(self, name: str, value: float) -> None:
        """Record a signal's value as of now."""
        if self._trace is not None:
            self._trace.record(self._prefix + name, self.clock.now_us, float(value))

    def record_all(self, name: str, samples: Iterable[tuple[int, float]]) -> None:
        """Record several samples of a signal, in order of time."""
        if self._trace is not None:
            for time_us, value in samples:
                self._trace.record(self._prefix + name, time_us, float(value))
