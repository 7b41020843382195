"""Is there a vehicle, or only a resistor: the diode in its pilot circuit."""

from __future__ import annotations

from twin.control.faults import Causes, set_cause
from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.control.sustained import NEVER_US, Sustained
from twin.link.pins import Inputs
from twin.process import FaultCode, PilotState, StopKind

_VEHICLE = (PilotState.B, PilotState.C, PilotState.D)


class DiodeCheck:
    """Judges the lower plateau while PWM is on (IEC 61851-1 Table A.4, footnote).

    A sound diode keeps it at -12 V; a shorted one lets it rise to -8.8 V in B
    and -5.6 V in C. Upper and lower plateau near zero together are a short of
    the pilot (state E), not a matter of the diode.

    Attributes:
        proven: the negative half has stood where it belongs since PWM came on.
        due_us: when a verdict falls if the pilot stays as it is.
    """

    def __init__(self, settings: ControllerSettings, hardware: Hardware, causes: Causes) -> None:
        self.settings = settings
        self.hardware = hardware
        self._causes = causes
        self._missing = Sustained(settings.diode_filter_us)
        self._proven = Sustained(settings.diode_filter_us)
        self.proven = False
        self.due_us = NEVER_US
        self._low_mv: int | None = None

    def is_missing(self, low_mv: int) -> bool:
        """Return whether a lower plateau in mV shows no diode."""
        return low_mv > self.settings.diode_low_above_mv

    def update(self, now_us: int, inputs: Inputs, pwm: bool, raw: PilotState | None) -> None:
        """Take a sample; `pwm` says whether PWM is on, `raw` what the upper plateau shows."""
        judged = pwm and raw in _VEHICLE and inputs.pilot_n_low
        low_mv = inputs.pilot_low_mv if judged else None
        if low_mv == self._low_mv and now_us < self.due_us:
            return
        self._low_mv = low_mv
        missing = low_mv is not None and self.is_missing(low_mv)
        self._missing.update(now_us, missing)
        self.proven = self._proven.update(now_us, low_mv is not None and not missing)
        self.due_us = min(self._missing.due_us, self._proven.due_us)
        set_cause(self._causes, FaultCode.DIODE_MISSING, self._missing.met, StopKind.IMMEDIATE)
