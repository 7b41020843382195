"""EVSEs that find the wrong pilot plateaus in a stream of raw samples.

They show where the pilot is served raw; with settled plateaus nobody samples.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from hil.targets.build import Build
from scenarios.wrong.entry import Wrong
from twin.control.pilot_sampler import PilotSampler
from twin.evse import Evse
from twin.plant.raw_pilot import RawPilotSide


class _EdgesAreLevel(PilotSampler):
    """Takes the mean of all samples above 0 V for the upper plateau, edges and all."""

    def feed(self, codes: Sequence[int], newest_us: int) -> bool:
        complete = super().feed(codes, newest_us)
        above = [code for code in codes if code > 2060]
        if self.n_high and above:
            self.high_mv = round(sum(above) / len(above) * 30_000 / 4095) - 15_000
        return complete


class _MeanOfSixWindows(PilotSampler):
    """Smooths each plateau over its last six windows."""

    def __init__(self) -> None:
        self._highs: deque[int] = deque(maxlen=6)
        self._lows: deque[int] = deque(maxlen=6)
        super().__init__()

    def _conclude(self) -> None:
        super()._conclude()
        if self.n_high:
            self._highs.append(self.high_mv)
            self.high_mv = round(sum(self._highs) / len(self._highs))
        if self.n_low:
            self._lows.append(self.low_mv)
            self.low_mv = round(sum(self._lows) / len(self._lows))


class _HoldsPeaks(PilotSampler):
    """Looks at two periods at a time and holds the highest upper plateau for 40 ms."""

    def __init__(self) -> None:
        self._held: deque[int] = deque(maxlen=20)
        super().__init__()
        self.window = 168

    def _present(self, side: int) -> bool:
        return self._runs[side] > 0

    def _conclude(self) -> None:
        super()._conclude()
        if self.n_high:
            self._held.append(self.high_mv)
            self.high_mv = max(self._held)


class _WaitsForTheEdge(PilotSampler):
    """Knows no plateau shorter than 60 us: it has no sample of one."""

    def _keep_short(self, side: int, outermost: int) -> None:
        del side, outermost


def _sampling(sampler: type[PilotSampler]) -> Build:
    def change(evse: Evse) -> None:
        if isinstance(evse.pilot, RawPilotSide):
            evse.pilot.sampler = sampler()

    return Build(plant=change)


_HALVES = "of a shorted pilot it sees the lower half go first, as if the diode were missing"

ENTRIES: tuple[Wrong, ...] = (
    Wrong(
        "sampler-means-edges", "EVSELOOP.DETECT_BC",
        "its sampler counts the edges among the upper plateau",
        _sampling(_EdgesAreLevel),
        {
            "EVSELOOP.DETECT_AB": "an edge up to A takes longest",
            "EVSELOOP.DETECT_HYSTERESIS": "what the edges cost changes with where samples fall",
        },
    ),
    Wrong(
        "sampler-smooths", "EVSELOOP.FILTER_BUDGET",
        "its sampler takes the mean of six windows",
        _sampling(_MeanOfSixWindows),
        {"EVSELOOP.FAULT_NAMED": _HALVES},
    ),
    Wrong(
        "sampler-holds-peaks", "EVSELOOP.GLITCH",
        "its sampler holds the highest plateau for 40 ms",
        _sampling(_HoldsPeaks),
        {"EVSELOOP.FAULT_NAMED": _HALVES},
    ),
    Wrong(
        "sampler-misses-short-plateaus", "IEC61851.CLOSE_AFTER_C",
        "its sampler throws away what comes within 60 us of an edge",
        _sampling(_WaitsForTheEdge),
    ),
)  # fmt: skip
"""The wrong EVSEs of this topic."""
