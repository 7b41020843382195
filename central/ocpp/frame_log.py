"""What one charger said and was told, for the message log."""

from __future__ import annotations

from datetime import datetime

from central.domain.clock import BusinessClock
from central.domain.message_log import MessageLog


class FrameLog:
    """The part of the message log that belongs to one charger; nothing without a message log."""

    def __init__(
        self, message_log: MessageLog | None, clock: BusinessClock, charge_point_id: str
    ) -> None:
        self._append = None if message_log is None else message_log.append
        self._clock = clock
        self._charge_point_id = charge_point_id

    def received(self, now: datetime, action: str, data: bytes) -> None:
        """Log a frame from the charger; one that is no UTF-8 is logged as far as it is."""
        if self._append is not None:
            frame = data.decode(errors="replace")
            self._append(self._charge_point_id, now, "in", action, frame)

    def sent(self, action: str, text: str) -> None:
        """Log a frame to the charger."""
        if self._append is not None:
            self._append(self._charge_point_id, self._clock.now(), "out", action, text)
