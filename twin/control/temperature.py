"""Temperature of contactor and connector: less current, no current."""

from __future__ import annotations

from math import floor

from twin.control.band import BandWatch, at_or_above
from twin.control.faults import Causes, set_cause
from twin.control.settings import ControllerSettings
from twin.link.pins import Inputs
from twin.process import FaultCode, StopKind


class TemperatureGuard:
    """Derates from 65 °C, stops softly at 75 °C, at once at 85 °C, resumes below 60 °C (policy).

    Attributes:
        level: steps of derating, one per kelvin; down again one kelvin later.
        watch: the band in which nothing happens.
    """

    def __init__(self, settings: ControllerSettings, causes: Causes) -> None:
        self.settings = settings
        self._causes = causes
        self._levels = max(1, round(settings.temperature_soft_c - settings.temperature_derate_c))
        self.level = 0
        self._hot = False
        self.watch = BandWatch(("temperature_c",))

    def derated_a(self, full_a: float, least_a: float) -> float:
        """Return what is left of a current at this temperature, down to `least_a`."""
        if not self.level or full_a <= least_a:
            return full_a
        return least_a + (full_a - least_a) * (1.0 - self.level / self._levels)

    def moved(self, inputs: Inputs) -> bool:
        """Return whether the hotter sensor has left its band."""
        first_c, second_c = inputs.temperature_contactor_c, inputs.temperature_connector_c
        watch = self.watch
        return not watch.lows[0] <= max(first_c, second_c) <= watch.highs[0]

    def update(self, inputs: Inputs) -> None:
        """Judge the hotter sensor; a sensor that does not answer is the sensor guard's."""
        if not inputs.temperature_valid or not self.moved(inputs):
            return
        hotter_c = max(inputs.temperature_contactor_c, inputs.temperature_connector_c)
        settings = self.settings
        if hotter_c >= settings.temperature_soft_c:
            self._hot = True
        elif hotter_c < settings.temperature_resume_c:
            self._hot = False
        self._set_level(hotter_c - settings.temperature_derate_c)
        at_once = hotter_c >= settings.temperature_immediate_c
        stop = StopKind.IMMEDIATE if at_once else StopKind.SOFT
        set_cause(self._causes, FaultCode.OVER_TEMPERATURE, self._hot, stop)
        self.watch.set_thresholds(*self._thresholds())
        self.watch.locate((hotter_c,))

    def _set_level(self, over_k: float) -> None:
        reached = max(0, min(self._levels, floor(over_k) + 1))
        if reached > self.level:
            self.level = reached
        elif over_k < self.level - 2:
            self.level = max(0, min(self.level, floor(over_k) + 2))

    def _thresholds(self) -> list[float]:
        settings = self.settings
        limits = [settings.temperature_soft_c, settings.temperature_immediate_c]
        if self._hot:
            limits.append(settings.temperature_resume_c)
        if self.level < self._levels:
            limits.append(settings.temperature_derate_c + self.level)
        if self.level:
            limits.append(settings.temperature_derate_c + self.level - 2)
        return [at_or_above(limit) for limit in limits]
