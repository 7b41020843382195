"""The recorder: samples of signals at the events that changed them, in bounded memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Samples:
    """The samples of one signal, in order of time.

    Attributes:
        time_us: instants, microseconds.
        value: values, in the signal's unit.
        dropped: how many of the oldest samples were given up for memory.
    """

    time_us: array[int] = field(default_factory=lambda: array("q"))
    value: array[float] = field(default_factory=lambda: array("d"))
    dropped: int = 0


class Trace:
    """Records signals by name.

    Args:
        signals: names to record (see `twin.trace.signals.SIGNALS`, with the EVSE's name in
            front where it has one); None records everything.
        max_samples: bound per signal; when full, the oldest half is given up.
    """

    def __init__(self, signals: Iterable[str] | None = None, max_samples: int = 100_000) -> None:
        self.signals = None if signals is None else frozenset(signals)
        self.max_samples = max_samples
        self._samples: dict[str, Samples] = {}

    def record(self, name: str, time_us: int, value: float) -> None:
        """Add a sample; one with the value of the last is left out, as nothing changed."""
        raise NotImplementedError

    def names(self) -> list[str]:
        """Return the names of all signals with samples, sorted."""
        return sorted(self._samples)

    def samples(self, name: str) -> Samples:
        """Return all samples of a signal; empty if it never had one."""
        return self._samples.get(name, Samples())

    def value_at(self, name: str, time_us: int) -> float | None:
        """Return a signal's value at an instant (held or run straight); None before its first."""
        raise NotImplementedError

    def first(
        self, name: str, value: float, *, after_us: int = 0, before_us: int | None = None
    ) -> int | None:
        """Return when a signal first became `value` at or after `after_us`; None: never."""
        raise NotImplementedError

    def edges(self, name: str, *, after_us: int = 0) -> list[tuple[int, float]]:
        """Return every (time_us, value) of a signal at or after `after_us`."""
        raise NotImplementedError
