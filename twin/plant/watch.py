"""When an analogue quantity may leave the band inside which its controller does nothing.

Never late: the instant named is at or before the first tick at which the pins
show the quantity outside. It may be early, as an extra tick is harmless.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from twin.electrics.load import NO_CURRENT, Constant
from twin.electrics.supply import Triple
from twin.plant.power_path import PowerPath

Band = tuple[float, float]
Bands = Mapping[str, Band]
NO_BAND: Band = (inf, -inf)

NEVER_US = 1 << 62
LINE_OF_KEY = {
    f"{quantity}_l{line + 1}_{unit}": (quantity == "current", line)
    for quantity, unit in (("current", "a"), ("voltage", "v"))
    for line in range(3)
}


class PowerWatch:
    """Watches currents, voltages and temperatures of a power path.

    Pins show root mean squares of whole mains cycles. A quantity that leaves
    its band now shows in the cycle that ends next, even if it is back by
    then, so that end is remembered until it has passed.
    """

    def __init__(self, path: PowerPath) -> None:
        self._path = path
        # The next instant at which a current or voltage leaves, and the end of its cycle.
        self._leaves_us = NEVER_US
        self._cycle_end_us = NEVER_US
        self._version = -1
        self._bands: Bands | None = None
        self._due_us: int | None = None
        # With these and no current, no voltage is outside: it need not be looked at again.
        self._idle_bands: Bands | None = None
        self._idle_v: Triple | None = None
        self._limits: list[tuple[bool, int, Band]] = []
        self._band_c: Band | None = None
        self._sensor_bands_c: tuple[Band, Band] | None = None

    def due_us(self, bands: Bands, now_us: int) -> int | None:
        """Return the instant at or before which a tick has to look; None: nothing moves."""
        path = self._path
        due_us = self._due_us
        if (
            path.version == self._version
            and bands is self._bands
            and (due_us is None or due_us > now_us)
        ):
            return due_us
        if bands is not self._bands:
            self._take(bands)
        self._version = path.version
        idle = path.leg is NO_CURRENT
        if idle and bands is self._idle_bands and path.open_v is self._idle_v:
            leaves_s = inf
        else:
            leaves_s = self._line_leaves_s()
            self._idle_bands = bands if idle and leaves_s == inf else None
            self._idle_v = path.open_v
        # What was foreseen but has not come yet is foreseen anew; what has come shows in its cycle.
        if self._leaves_us > now_us or self._cycle_end_us <= now_us:
            self._cycle_end_us = NEVER_US
        if leaves_s < inf:
            leaves_us = now_us + int(leaves_s * 1e6)
            end_us = path.next_cycle_end_us(leaves_us)
            if end_us < self._cycle_end_us:
                self._leaves_us, self._cycle_end_us = leaves_us, end_us
        due_us = self._cycle_end_us if self._cycle_end_us < NEVER_US else None
        if self._band_c is not None or self._sensor_bands_c is not None:
            heat_s = self._heat_leaves_s()
            if heat_s < inf:
                heat_us = now_us + int(heat_s * 1e6)
                due_us = heat_us if due_us is None else min(due_us, heat_us)
        self._due_us = due_us
        return due_us

    def _take(self, bands: Bands) -> None:
        """Sort new bands: currents (True) and voltages by line, temperature."""
        self._bands = bands
        self._limits = [
            (*LINE_OF_KEY[key], band) for key, band in bands.items() if key in LINE_OF_KEY
        ]
        self._band_c = bands.get("temperature_c")
        self._sensor_bands_c = None
        if "temperature_contactor_c" in bands:
            self._sensor_bands_c = (
                bands["temperature_contactor_c"],
                bands["temperature_connector_c"],
            )

    def _line_leaves_s(self) -> float:
        """Return in how many seconds the first current or voltage leaves its band."""
        path = self._path
        if path.uneven is not None:
            # A fault raises single lines: not foreseen, but looked at in every cycle.
            return 0.0
        leg, t_s = path.leg, path.elapsed_s()
        current_gain, voltage_gain = path.meter.current_gain, path.meter.voltage_gain
        present_a = leg.current(t_s)
        steady = type(leg) is Constant
        live, open_v, drop_ohm = path.live, path.open_v, path.drop_ohm
        leaves_s = inf
        last = (False, NO_BAND, False, 0.0)
        for is_current, line, band in self._limits:
            looked_at = (is_current, band, live[line], open_v[line])
            if looked_at == last:
                continue  # as the line before it: three sound phases are one
            last = looked_at
            low, high = band
            loaded_a = present_a if live[line] else 0.0
            if is_current:
                value = current_gain * loaded_a
            else:
                value = voltage_gain * (open_v[line] - drop_ohm * loaded_a)
            if not low <= value <= high:
                return 0.0
            if steady or not live[line]:
                continue
            for limit in (low, high):
                if -inf < limit < inf:
                    if is_current:
                        limit_a = limit / current_gain
                    else:
                        limit_a = (open_v[line] - limit / voltage_gain) / (drop_ohm or 1e-12)
                    if limit_a >= 0:
                        leaves_s = min(leaves_s, leg.reaches(limit_a, t_s) - t_s)
        return leaves_s

    def _heat_leaves_s(self) -> float:
        """Return in how many seconds, at the soonest, a temperature leaves its band."""
        path = self._path
        if not path.sensors_valid:
            return inf
        least_a, most_a = path.bounds_a()
        first_c, second_c = path.temperatures_c()
        if self._sensor_bands_c is not None:
            (first_low, first_high), (second_low, second_high) = self._sensor_bands_c
            if not (first_low <= first_c <= first_high and second_low <= second_c <= second_high):
                return 0.0
        else:
            assert self._band_c is not None
            low_c, high_c = self._band_c
            if low_c == -inf and path.hottest_c(most_a) <= high_c:
                return inf
            if not low_c <= max(first_c, second_c) <= high_c:
                return 0.0
            # The hotter one alone may go below; either may go above.
            first_high = second_high = high_c
            first_low, second_low = (low_c, -inf) if first_c >= second_c else (-inf, low_c)
        return min(
            path.contactor_node.leaves_s(first_c, first_low, first_high, least_a, most_a),
            path.connector_node.leaves_s(second_c, second_low, second_high, least_a, most_a),
        )
