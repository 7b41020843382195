"""Are the sensors alive: without their data nothing may stay closed."""

from __future__ import annotations

from twin.control.band import Band
from twin.control.faults import Causes, set_cause
from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.control.sustained import NEVER_US, Sustained
from twin.link.pins import Inputs, PilotMode
from twin.process import FaultCode, StopKind

# Globals, as `twin.control` explains.
_PWM, _NEGATIVE = PilotMode.PWM, PilotMode.STEADY_NEGATIVE


class SensorGuard:
    """Watches the age of pilot samples, missing plateaus, mains cycles and temperatures.

    Attributes:
        good: every sensor delivers now: a contactor may close.
        due_us: when missing data count.
        bands: the ages of a pilot sample between which nothing changes.
    """

    def __init__(
        self, settings: ControllerSettings, hardware: Hardware, causes: Causes, now_us: int
    ) -> None:
        self.settings = settings
        self.hardware = hardware
        self._causes = causes
        self._silent = Sustained(settings.sensor_filter_us)
        self._no_cycles = Sustained(settings.sensor_filter_us)
        self._supplied = Sustained(settings.supply_settling_us)
        self._up = Sustained(settings.start_up_us)
        self._up.update(now_us, True)
        self.good = False
        self.due_us = NEVER_US
        limit_us = settings.pilot_age_max_us
        self._fresh: dict[str, Band] = {"pilot_age_us": (0, limit_us)}
        self._stale: dict[str, Band] = {"pilot_age_us": (limit_us + 1, NEVER_US)}
        self._plain = hardware.kind == "plain"
        self.bands = {} if self._plain else self._fresh
        self._supply_present: bool | None = None

    def pilot_is_stale(self, inputs: Inputs) -> bool:
        """Return whether the pilot converter has stopped delivering."""
        return inputs.pilot_age_us > self.settings.pilot_age_max_us

    def plateau_missing(self, inputs: Inputs, mode: PilotMode) -> bool:
        """Return whether a plateau that the generator makes is not there."""
        if mode is _NEGATIVE:
            return not inputs.pilot_n_low
        return not inputs.pilot_n_high or (mode is _PWM and not inputs.pilot_n_low)

    def age_moved(self, inputs: Inputs) -> bool:
        """Return whether the age of the newest pilot sample has left its band."""
        too_old = inputs.pilot_age_us > self.settings.pilot_age_max_us
        return too_old is not (self.bands is self._stale) and not self._plain

    def update(self, now_us: int, inputs: Inputs, mode: PilotMode) -> None:
        """Look at every sensor; `mode` is what the pilot generator makes."""
        stale, silent = False, not inputs.temperature_valid
        if not self._plain:
            stale = self.pilot_is_stale(inputs)
            too_old = inputs.pilot_age_us > self.settings.pilot_age_max_us
            self.bands = self._stale if too_old else self._fresh
            silent = silent or self.plateau_missing(inputs, mode)
        no_cycles = inputs.supply_present and not any(inputs.cycle_n)
        good = not (stale or silent or no_cycles)
        if (
            good
            and self.good
            and now_us < self.due_us
            and inputs.supply_present is self._supply_present
        ):
            return
        self.good = good
        self._supply_present = inputs.supply_present
        up = self._up.update(now_us, True)
        lost = self._silent.update(now_us, silent and up)
        # Right after the supply comes back there is no complete cycle yet.
        supplied = self._supplied.update(now_us, inputs.supply_present)
        lost = self._no_cycles.update(now_us, no_cycles and supplied and up) or lost
        self.due_us = min(
            self._silent.due_us, self._no_cycles.due_us, self._supplied.due_us, self._up.due_us
        )
        set_cause(self._causes, FaultCode.SENSOR_LOST, lost or (stale and up), StopKind.IMMEDIATE)
