"""A contactor against its mirror contact: welded, or stuck open."""

from __future__ import annotations

from twin.control.settings import ControllerSettings
from twin.control.sustained import NEVER_US, Sustained


class ContactorGuard:
    """Compares one coil with its mirror contact (IEC 60947-4-1 Annex F).

    The mirror contact is closed only while every main pole is open, so one
    welded pole of three shows.

    Attributes:
        welded: a pole stays closed without its coil.
        stuck_open: the poles stay open in spite of the coil.
        due_us: when a disagreement counts.
    """

    def __init__(self, settings: ControllerSettings) -> None:
        self.settings = settings
        self._welded = Sustained(settings.weld_timeout_us)
        self._stuck_open = Sustained(settings.stuck_open_timeout_us)
        self.welded = self.stuck_open = False
        self.due_us = NEVER_US

    def update(self, now_us: int, coil: bool, mirror_open: bool) -> None:
        """Compare coil and mirror contact."""
        self.welded = self._welded.update(now_us, not coil and not mirror_open)
        self.stuck_open = self._stuck_open.update(now_us, coil and mirror_open)
        self.due_us = min(self._welded.due_us, self._stuck_open.due_us)
