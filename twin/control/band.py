"""On which side of which threshold analogue quantities stand."""

from __future__ import annotations

from bisect import bisect_left
from math import inf, nextafter

Band = tuple[float, float]


def at_or_above(limit: float) -> float:
    """Return the threshold t for which `value > t` means `value >= limit`."""
    return nextafter(limit, -inf)


class BandWatch:
    """Tells when one of a few quantities crosses one of its thresholds.

    A value is over a threshold if it is greater. Between neighbouring
    thresholds nothing can change, so that band is what a controller gives to
    the plant as "inside this a tick does nothing".

    Args:
        names: the quantities, as `twin.process.Controller.bands` names them.
    """

    __slots__ = ("bands", "highs", "lows", "names", "thresholds")

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.thresholds: tuple[float, ...] = ()
        self.lows = [inf] * len(names)
        self.highs = [-inf] * len(names)
        self.bands: dict[str, Band] = {}
        """By name, current as of the last `locate`; a new object after every change."""

    def set_thresholds(self, *thresholds: float) -> None:
        """Watch these from the next `moved` on, in any order."""
        ordered = tuple(sorted(thresholds))
        if ordered != self.thresholds:
            self.thresholds = ordered
            self.lows = [inf] * len(self.names)

    def moved(self, values: tuple[float, ...]) -> bool:
        """Return whether a value has left its band, or the thresholds have changed."""
        for value, low, high in zip(values, self.lows, self.highs):  # noqa: B905 (hot path)
            if not low <= value <= high:
                return True
        return False

    def locate(self, values: tuple[float, ...]) -> None:
        """Lay each band around its value."""
        thresholds = self.thresholds
        for index, value in enumerate(values):
            at = bisect_left(thresholds, value)
            self.lows[index] = nextafter(thresholds[at - 1], inf) if at else -inf
            self.highs[index] = thresholds[at] if at < len(thresholds) else inf
        self.bands = {
            name: (self.lows[index], self.highs[index]) for index, name in enumerate(self.names)
        }

    def clear(self) -> None:
        """Watch nothing until thresholds are set again."""
        if self.bands or self.thresholds:
            self.thresholds = ()
            self.lows = [inf] * len(self.names)
            self.bands = {}
