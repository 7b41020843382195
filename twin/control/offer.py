"""The current that the pilot offers: duty from amps, and how often it may change."""

from __future__ import annotations

from twin.control.settings import ControllerSettings
from twin.control.sustained import NEVER_US


class CurrentOffer:
    """The duty in force while PWM is on (IEC 61851-1 Table A.7 and Table A.6 sequence 6).

    Attributes:
        offered_ma: current that the pilot offers now, mA; 0 while it is steady.
        duty_ppm: the duty that says so.
        due_us: when a wanted change is due.
    """

    def __init__(self, settings: ControllerSettings) -> None:
        self.settings = settings
        self.offered_ma = 0
        self.duty_ppm = 1_000_000
        self.due_us = NEVER_US
        self._changed_us = -NEVER_US
        self._wanted_ma = 0

    def offerable_ma(self, *limits_a: float) -> int:
        """Return what can be offered under all of these limits, mA, rounded down; 0 below 6 A."""
        least_a = min(limits_a)
        if not least_a >= self.settings.offer_min_ma / 1000:  # a NaN offers nothing either
            return 0
        # A set-point is meant to the milliampere; 1e-6 keeps 16.1 from becoming 16.099.
        return min(int(least_a * 1000 + 1e-6), self.settings.offer_max_ma)

    def duty_for(self, current_ma: int) -> int:
        """Return the duty for a current, ppm, rounded down (IEC 61851-1 Table A.7).

        10…85 %: I = D x 0.6 A; 85…96 %: I = (D - 64) x 2.5 A. The two do not
        meet between 51 and 52.5 A: 85 %, which a vehicle reads as 51 A.
        """
        settings = self.settings
        if current_ma <= settings.offer_gap_from_ma:
            return current_ma * 50 // 3
        if current_ma <= settings.offer_gap_to_ma:
            return settings.offer_gap_from_ma * 50 // 3
        return current_ma * 4 + 640_000

    def follow(self, now_us: int, current_ma: int) -> None:
        """Offer a current of at least 6 A, at once if the last change is long enough ago."""
        if current_ma == self._wanted_ma and self.due_us == NEVER_US:
            return
        self._wanted_ma = current_ma
        self.due_us = NEVER_US
        duty_ppm = self.duty_for(current_ma)
        if duty_ppm == self.duty_ppm:
            self.offered_ma = self._offered_by(current_ma)
            return
        due_us = self._changed_us + self.settings.duty_interval_us
        if self.offered_ma and now_us < due_us:
            self.due_us = due_us
            return
        self.duty_ppm = duty_ppm
        self.offered_ma = self._offered_by(current_ma)
        self._changed_us = now_us

    def stop(self) -> None:
        """Offer nothing: the pilot goes steady."""
        self.offered_ma = self._wanted_ma = 0
        self.duty_ppm = 1_000_000
        self.due_us = NEVER_US

    def _offered_by(self, current_ma: int) -> int:
        settings = self.settings
        if settings.offer_gap_from_ma < current_ma <= settings.offer_gap_to_ma:
            return settings.offer_gap_from_ma
        return current_ma
