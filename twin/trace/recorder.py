"""The recorder: samples of signals at the events that changed them, in bounded memory."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from twin.trace.signals import SIGNALS


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
        max_samples: bound per signal, at least 2; when full, the oldest half is given up.

    Raises:
        ValueError: a bound below 2.
    """

    def __init__(self, signals: Iterable[str] | None = None, max_samples: int = 100_000) -> None:
        if max_samples < 2:
            raise ValueError(f"max_samples is {max_samples}: a trace keeps 2 or more")
        self.signals = None if signals is None else frozenset(signals)
        self.max_samples = max_samples
        self._samples: dict[str, Samples] = {}

    def record(self, name: str, time_us: int, value: float) -> None:
        """Add a sample.

        Of a signal that holds its value, a sample with the last value is left
        out: nothing changed. Of one that runs straight from sample to sample,
        a third equal sample in a row replaces the second.
        """
        if self.signals is not None and name not in self.signals:
            return
        samples = self._samples.get(name)
        if samples is None:
            samples = self._samples[name] = Samples()
        times, values = samples.time_us, samples.value
        if values and values[-1] == value:
            if holds(name):
                return
            if len(values) > 1 and values[-2] == value:
                times[-1] = time_us
                return
            if times[-1] == time_us:
                return
        times.append(time_us)
        values.append(value)
        if len(times) > self.max_samples:
            half = len(times) // 2
            del times[:half], values[:half]
            samples.dropped += half

    def names(self) -> list[str]:
        """Return the names of all signals with samples, sorted."""
        return sorted(self._samples)

    def samples(self, name: str) -> Samples:
        """Return all samples of a signal; empty if it never had one."""
        return self._samples.get(name, Samples())

    def value_at(self, name: str, time_us: int) -> float | None:
        """Return a signal's value at an instant, held or run straight; None before its first.

        Where several samples share an instant, the last of them counts.
        """
        samples = self.samples(name)
        times, values = samples.time_us, samples.value
        after = bisect_right(times, time_us)
        if after == 0:
            return None
        before = after - 1
        if holds(name) or after == len(times):
            return values[before]
        share = (time_us - times[before]) / (times[after] - times[before])
        return values[before] + share * (values[after] - values[before])

    def first(
        self, name: str, value: float, *, after_us: int = 0, before_us: int | None = None
    ) -> int | None:
        """Return when a signal first was `value` from `after_us` on; None: never.

        A signal that held the value already at `after_us` answers `after_us`.
        """
        samples = self.samples(name)
        if holds(name) and samples.time_us and self.value_at(name, after_us) == value:
            return after_us
        for at_us, seen in self.edges(name, after_us=after_us):
            if before_us is not None and at_us > before_us:
                return None
            if seen == value:
                return at_us
        return None

    def last(self, name: str, value: float) -> int | None:
        """Return when a signal last became `value`; None: it never did."""
        samples = self.samples(name)
        for at_us, seen in zip(reversed(samples.time_us), reversed(samples.value), strict=True):
            if seen == value:
                return at_us
        return None

    def edges(self, name: str, *, after_us: int = 0) -> list[tuple[int, float]]:
        """Return every (time_us, value) of a signal at or after `after_us`."""
        samples = self.samples(name)
        start = bisect_left(samples.time_us, after_us)
        return list(zip(samples.time_us[start:], samples.value[start:], strict=True))


def holds(name: str) -> bool:
    """Return whether a signal holds its value until its next sample; unknown ones do."""
    signal = SIGNALS.get(name.rpartition(".")[2])
    return signal is None or signal.steps
