"""The connector lock of a socket."""

from __future__ import annotations

from twin.control.faults import Causes, set_cause
from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.control.sustained import NEVER_US, Sustained
from twin.process import FaultCode, StopKind


class LockGuard:
    """Drives the lock while it is wanted, or while any main pole is closed (policy).

    A pole that is welded keeps a plug in, also one that was not locked when it was found.

    Attributes:
        driven: the output.
        due_us: when a lock that is not home counts as failed.
    """

    def __init__(self, settings: ControllerSettings, hardware: Hardware, causes: Causes) -> None:
        self.settings = settings
        self.hardware = hardware
        self._causes = causes
        self._late = Sustained(settings.lock_timeout_us)
        self.driven = False
        self.due_us = NEVER_US

    def may_release(self, mirrors_open: bool) -> bool:
        """Return whether the lock may let go."""
        return mirrors_open

    def drive(self, wanted: bool, mirrors_open: bool) -> None:
        """Set the output."""
        self.driven = wanted or not self.may_release(mirrors_open)

    def update(self, now_us: int, feedback: bool) -> None:
        """Judge the feedback."""
        self._late.update(now_us, self.driven and not feedback)
        self.due_us = self._late.due_us
        set_cause(self._causes, FaultCode.LOCK_FAILED, self._late.met, StopKind.SOFT)
