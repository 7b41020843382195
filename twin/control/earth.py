"""Protective earth of the supply."""

from __future__ import annotations

from twin.control.faults import Causes, set_cause
from twin.control.settings import ControllerSettings
from twin.control.sustained import NEVER_US, Sustained
from twin.process import FaultCode, StopKind


class EarthGuard:
    """Opens when protective earth is lost (IEC 61851-1 clause 6.3.1.2).

    An earth that breaks between charger and vehicle takes the pilot's return
    with it and looks like state A; that is the pilot monitor's.

    Attributes:
        good: protective earth is there now: a contactor may close.
        due_us: when a missing earth counts as lost.
    """

    def __init__(self, settings: ControllerSettings, causes: Causes) -> None:
        self._causes = causes
        self._lost = Sustained(settings.earth_filter_us)
        self.good = False
        self.due_us = NEVER_US

    def update(self, now_us: int, earth_sense: bool) -> None:
        """Look at the sense pin."""
        if earth_sense and self.good:
            return
        self.good = earth_sense
        lost = self._lost.update(now_us, not earth_sense)
        self.due_us = self._lost.due_us
        set_cause(self._causes, FaultCode.EARTH_LOST, lost, StopKind.IMMEDIATE)
