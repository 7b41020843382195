"""The connector lock of a socket: a motor that takes its time, and may jam."""

from __future__ import annotations

from collections.abc import Callable

from twin.clock import Clock, Handle
from twin.plant.recording import Recorder

TRAVEL_US = 300_000
"""From one end to the other."""


class ConnectorLock:
    """A lock and its feedback.

    Args:
        clock: its time.
        recorder: takes signals.
        changed: told when the bolt has arrived.

    Attributes:
        home: the bolt is home; the feedback contact.
        jammed: fault: it does not move.
    """

    def __init__(self, clock: Clock, recorder: Recorder, changed: Callable[[], object]) -> None:
        self.clock = clock
        self.home = False
        self.jammed = False
        self._recorder = recorder
        self._changed = changed
        self._driven = False
        self._move: Handle | None = None

    def drive(self, home: bool) -> None:
        """Drive the bolt home, or back."""
        self._driven = home
        self._recorder.record("lock", home)
        self.follow()

    def follow(self) -> None:
        """Let the bolt go where it is driven, if it can."""
        if self._move is not None:
            self._move.cancel()
            self._move = None
        if self._driven != self.home and not self.jammed:
            self._move = self.clock.after(TRAVEL_US, self._arrive)

    def _arrive(self) -> None:
        self._move = None
        self.home = self._driven
        self._recorder.record("lock_feedback", self.home)
        self._changed()
