"""Is there a vehicle, or only a resistor: the diode in its pilot circuit."""

from __future__ import annotations

from twin.control.faults import Causes, set_cause
from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.control.sustained import Sustained
from twin.link.pins import Inputs
from twin.process import FaultCode, PilotState, StopKind

_VEHICLE = (PilotState.B, PilotState.C, PilotState.D)


class DiodeCheck:
    """Judges the lower plateau while PWM is on (IEC 61851-1 A.4).

    A sound diode keeps it at -12 V; a shorted one lets it rise to -8.8 V in B
    and -5.6 V in C. Upper and lower plateau near zero together are a short of
    the pilot (state E), not a matter of the diode.
    """

    def __init__(self, settings: ControllerSettings, hardware: Hardware, causes: Causes) -> None:
        self.settings = settings
        self.hardware = hardware
        self._causes = causes
        self._missing = Sustained(settings.diode_filter_us)
        self._proven = Sustained(settings.diode_filter_us)

    @property
    def proven(self) -> bool:
        """The negative half has stood where it belongs since PWM came on."""
        return self._proven.met

    @property
    def due_us(self) -> int:
        """When a verdict falls if the pilot stays as it is."""
        return min(self._missing.due_us, self._proven.due_us)

    def is_missing(self, low_mv: int) -> bool:
        """Return whether a lower plateau in mV shows no diode."""
        return low_mv > self.settings.diode_low_above_mv

    def update(self, now_us: int, inputs: Inputs, pwm: bool, raw: PilotState | None) -> None:
        """Take a sample; `pwm` says whether PWM is on, `raw` what the upper plateau shows."""
        if not pwm or not inputs.pilot_n_low or raw not in _VEHICLE:
            missing = proven = False
        else:
            missing = self.is_missing(inputs.pilot_low_mv)
            proven = not missing
        self._missing.update(now_us, missing)
        self._proven.update(now_us, proven)
        set_cause(self._causes, FaultCode.DIODE_MISSING, self._missing.met, StopKind.IMMEDIATE)
