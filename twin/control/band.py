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
        names: the quantities, one or three, as `twin.process.Controller.bands` names them.
    """

    __slots__ = ("bands", "highs", "lows", "names", "three", "thresholds")

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.three = len(names) == 3
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
        lows, highs = self.lows, self.highs
        if not lows[0] <= values[0] <= highs[0]:
            return True
        return self.three and not (
            lows[1] <= values[1] <= highs[1] and lows[2] <= values[2] <= highs[2]
        )

    def locate(self, values: tuple[float, ...]) -> None:
        """Lay each band around its value, where it does not lie there already."""
        if not self.moved(values):
            return
        thresholds = self.thresholds
        low, high = inf, -inf
        for index, value in enumerate(values):
            if not low <= value <= high:  # often all are in the same band
                at = bisect_left(thresholds, value)
                low = nextafter(thresholds[at - 1], inf) if at else -inf
                high = thresholds[at] if at < len(thresholds) else inf
            self.lows[index] = low
            self.highs[index] = high
        self.bands = dict(zip(self.names, zip(self.lows, self.highs, strict=True), strict=True))

    def clear(self) -> None:
        """Watch nothing until thresholds are set again."""
        if self.bands or self.thresholds:
            self.thresholds = ()
            self.lows = [inf] * len(self.names)
            self.bands = {}
