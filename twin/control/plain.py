"""Charging without a control pilot: permission alone says that a vehicle is there."""

from __future__ import annotations

from twin.process import PilotState


class PlainDemand:
    """Stands in for the pilot of a plain socket.

    Permission reads as state C, its end as state A. A charge that has ended by
    itself stays ended until permission is given anew.
    """

    def __init__(self) -> None:
        self._ended = False

    def state(self, permitted: bool, finished: bool) -> PilotState:
        """Return the state that a pilot would show.

        Args:
            permitted: energy may flow.
            finished: no current has flowed for a minute.
        """
        if not permitted:
            self._ended = False
            return PilotState.A
        if finished:
            self._ended = True
        return PilotState.A if self._ended else PilotState.C
