"""The rating of the cable in a socket, from its proximity resistor."""

from __future__ import annotations

from math import inf

from twin.control.faults import Causes, set_cause
from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.control.sustained import NEVER_US, Sustained
from twin.process import FaultCode, StopKind

_PULL_UP_OHM = 1_000.0
_REFERENCE_MV = 3_300


class ProximityReader:
    """Reads the proximity pilot of a socket (IEC 61851-1 Annex B).

    Attributes:
        rating_a: what the cable may carry; 0 where there is none or its resistor is wrong. A
            fixed cable carries what the charger is rated for.
        present: something is plugged into the socket, valid or not.
        due_us: when a new resistance counts.
    """

    def __init__(self, settings: ControllerSettings, hardware: Hardware, causes: Causes) -> None:
        self.settings = settings
        self.hardware = hardware
        self._causes = causes
        self._fitted = hardware.kind == "socket"
        self.rating_a = 0.0 if self._fitted else hardware.rating_a
        self.present = not self._fitted
        self.due_us = NEVER_US
        self._rating_due_us = self._present_due_us = NEVER_US
        self._invalid = Sustained(settings.proximity_filter_us)
        self._mv: int | None = None
        self._seen_a = 0.0
        self._seen_present = False
        self._plugged = False

    def resistance_ohm(self, proximity_mv: int) -> float:
        """Return the resistance behind the 1 kΩ pull-up to 3.3 V."""
        if proximity_mv >= _REFERENCE_MV:
            return inf
        return _PULL_UP_OHM * proximity_mv / (_REFERENCE_MV - proximity_mv)

    def cable_rating_a(self, resistance_ohm: float) -> float:
        """Return the rating that a resistance stands for, 0 for an error."""
        settings = self.settings
        if resistance_ohm < settings.proximity_error_below_ohm:
            return 0.0
        if resistance_ohm <= settings.proximity_63_upto_ohm:
            return 63.0 if self.hardware.phases == 3 else 70.0
        if resistance_ohm <= settings.proximity_32_upto_ohm:
            return 32.0
        if resistance_ohm <= settings.proximity_20_upto_ohm:
            return 20.0
        if resistance_ohm <= settings.proximity_error_above_ohm:
            return 13.0
        return 0.0

    def update(self, now_us: int, proximity_mv: int, plugged: bool) -> None:
        """Take a sample; `plugged` says whether the control pilot shows a vehicle."""
        if not self._fitted:
            return
        if proximity_mv == self._mv and now_us < self.due_us and plugged is self._plugged:
            return
        self._plugged = plugged
        if proximity_mv != self._mv:
            self._mv = proximity_mv
            resistance_ohm = self.resistance_ohm(proximity_mv)
            seen_a = self.cable_rating_a(resistance_ohm)
            seen_present = resistance_ohm <= self.settings.proximity_error_above_ohm
            # Each for itself: what is plugged in stays so while its resistance changes.
            if seen_a != self._seen_a:
                self._seen_a = seen_a
                self._rating_due_us = now_us + self.settings.proximity_filter_us
            if seen_present is not self._seen_present:
                self._seen_present = seen_present
                self._present_due_us = now_us + self.settings.proximity_filter_us
        if now_us >= self._rating_due_us:
            self.rating_a = self._seen_a
            self._rating_due_us = NEVER_US
        if now_us >= self._present_due_us:
            self.present = self._seen_present
            self._present_due_us = NEVER_US
        # A plug that comes or goes moves both pilots: what disagrees has to do so for a while.
        invalid = self._invalid.update(now_us, plugged and not self._seen_a)
        self.due_us = min(self._rating_due_us, self._present_due_us, self._invalid.due_us)
        set_cause(self._causes, FaultCode.PROXIMITY_INVALID, invalid, StopKind.IMMEDIATE)
