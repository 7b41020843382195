"""A contactor against its mirror contact: welded, or stuck open."""

from __future__ import annotations

from twin.control.settings import ControllerSettings
from twin.control.sustained import Sustained


class ContactorGuard:
    """Compares one coil with its mirror contact (IEC 60947-4-1 Annex F).

    The mirror contact is closed only while every main pole is open, so one
    welded pole of three shows.
    """

    def __init__(self, settings: ControllerSettings) -> None:
        self.settings = settings
        self._welded = Sustained(settings.weld_timeout_us)
        self._stuck_open = Sustained(settings.stuck_open_timeout_us)

    @property
    def due_us(self) -> int:
        """When a disagreement counts."""
        return min(self._welded.due_us, self._stuck_open.due_us)

    @property
    def welded(self) -> bool:
        """A pole stays closed without its coil."""
        return self._welded.met

    @property
    def stuck_open(self) -> bool:
        """The poles stay open in spite of the coil."""
        return self._stuck_open.met

    def update(self, now_us: int, coil: bool, mirror_open: bool) -> None:
        """Compare coil and mirror contact."""
        self._welded.update(now_us, not coil and not mirror_open)
        self._stuck_open.update(now_us, coil and mirror_open)
