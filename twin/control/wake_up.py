"""Waking a vehicle that sleeps in state B: steady, state F, steady again."""

from __future__ import annotations

from twin.control.settings import ControllerSettings
from twin.control.sustained import NEVER_US
from twin.link.pins import PilotMode


class WakeUp:
    """Toggles the pilot from B to F and back, once for each offer (IEC 61851-1 A.5.3).

    Attributes:
        mode: what the generator has to make; None: the offer stands as it is.
        due_us: when the next step is due.
    """

    def __init__(self, settings: ControllerSettings) -> None:
        self.settings = settings
        self.cancel()

    @property
    def running(self) -> bool:
        """State detection is suspended."""
        return self.mode is not None

    def cancel(self) -> None:
        """Nothing to wake: the vehicle asks, is gone, or nothing is offered."""
        self.mode: PilotMode | None = None
        self.due_us = NEVER_US
        self._steps: list[tuple[PilotMode | None, int]] = []

    def arm(self, now_us: int) -> None:
        """Give the vehicle its time: an offer has begun, and it is in B."""
        settings = self.settings
        self.due_us = now_us + settings.wake_up_after_us
        self._steps = [
            (None, NEVER_US),
            (PilotMode.STEADY_POSITIVE, settings.steady_before_pwm_us),
            (PilotMode.STEADY_NEGATIVE, settings.wake_up_f_us),
            (PilotMode.STEADY_POSITIVE, settings.wake_up_steady_us),
        ]

    def update(self, now_us: int) -> None:
        """Take the next step if it is due."""
        if now_us >= self.due_us and self._steps:
            self.mode, lasts_us = self._steps.pop()
            self.due_us = NEVER_US if self.mode is None else now_us + lasts_us
