"""The charging process as a table: what leads from which phase to which, and by which clause.

What is not in the table cannot happen: the controller looks every stimulus up
here, and one that a phase does not list leaves it where it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from twin.process import Phase


class Stimulus(Enum):
    """What can move a charging process. Members are tried in this order at every tick."""

    FAULT_LATCHED = "a fault that only unplugging or acknowledging ends"
    FAULT_HEALING = "a fault that ends with its cause"
    UNPLUGGED = "the pilot shows A"
    FAULT_SOFT = "a fault that lets the vehicle stop drawing first"
    RELEASED_EMPTY = "nothing holds the charger back any more, and the pilot shows A"
    RELEASED_PLUGGED = "nothing holds the charger back any more, and the pilot shows B, C or D"
    MADE_UNAVAILABLE = "taken out of service"
    PLUGGED_IN = "the pilot shows B, C or D"
    WITHDRAWN = "permission or current withdrawn, local stop, unlock, or other phases wanted"
    PAUSED = "the pilot shows B"
    DRAWN_DOWN = "soft stop: current below 1 A, or B seen, or 6…7 s over"
    ASKED = "the pilot shows C, or D where there is ventilation"
    CHECKED = "every check before closing has passed"
    OFFERED = "permission and at least 6 A, cable and lock in order, +12 V stood long enough"


@dataclass(frozen=True, slots=True)
class Transition:
    """Where a stimulus leads, and why.

    Attributes:
        target: the next phase.
        clause: standard and clause, or "policy".
    """

    target: Phase
    clause: str


_FAULTS = {
    Stimulus.FAULT_LATCHED: Transition(Phase.FAULTED, "IEC 61851-1 Table A.5, state F"),
    Stimulus.FAULT_HEALING: Transition(Phase.RECOVERING, "IEC 61851-1 Table A.5, state F"),
}

TRANSITIONS: Mapping[Phase, Mapping[Stimulus, Transition]] = {
    Phase.UNAVAILABLE: {
        **_FAULTS,
        Stimulus.RELEASED_EMPTY: Transition(Phase.IDLE, "IEC 61851-1 Table A.5, F to A"),
        Stimulus.RELEASED_PLUGGED: Transition(Phase.PLUGGED, "IEC 61851-1 Table A.5, F to B1"),
    },
    Phase.IDLE: {
        **_FAULTS,
        Stimulus.MADE_UNAVAILABLE: Transition(Phase.UNAVAILABLE, "IEC 61851-1 Table A.5, A to F"),
        Stimulus.PLUGGED_IN: Transition(Phase.PLUGGED, "IEC 61851-1 Table A.6 seq. 1.1, A1 to B1"),
    },
    Phase.PLUGGED: {
        **_FAULTS,
        Stimulus.UNPLUGGED: Transition(Phase.IDLE, "IEC 61851-1 Table A.6 seq. 2.1, B1 to A1"),
        Stimulus.MADE_UNAVAILABLE: Transition(Phase.UNAVAILABLE, "IEC 61851-1 Table A.5, B1 to F"),
        Stimulus.OFFERED: Transition(Phase.OFFERING, "IEC 61851-1 Table A.6 seq. 3.1, B1 to B2"),
    },
    Phase.OFFERING: {
        **_FAULTS,
        Stimulus.UNPLUGGED: Transition(Phase.IDLE, "IEC 61851-1 Table A.6 seq. 2.1, B2 to A2"),
        Stimulus.WITHDRAWN: Transition(Phase.PLUGGED, "IEC 61851-1 Table A.6 seq. 9.2, B2 to B1"),
        Stimulus.ASKED: Transition(Phase.TESTING, "IEC 61851-1 Table A.6 seq. 4, B2 to C2"),
    },
    Phase.TESTING: {
        **_FAULTS,
        Stimulus.UNPLUGGED: Transition(Phase.IDLE, "IEC 61851-1 Table A.6 seq. 2.2, C2 to A2"),
        Stimulus.WITHDRAWN: Transition(Phase.PLUGGED, "IEC 61851-1 Table A.6 seq. 9.1, C2 to C1"),
        Stimulus.PAUSED: Transition(Phase.OFFERING, "IEC 61851-1 Table A.6 seq. 8.1, C2 to B2"),
        Stimulus.CHECKED: Transition(Phase.CHARGING, "IEC 61851-1 Table A.6 seq. 4, close in C2"),
    },
    Phase.CHARGING: {
        **_FAULTS,
        Stimulus.UNPLUGGED: Transition(Phase.IDLE, "IEC 61851-1 Table A.6 seq. 2.2, in 100 ms"),
        Stimulus.FAULT_SOFT: Transition(Phase.STOPPING, "IEC 61851-1 Table A.6 seq. 9.1, C2 to C1"),
        Stimulus.WITHDRAWN: Transition(Phase.STOPPING, "IEC 61851-1 Table A.6 seq. 9.1, C2 to C1"),
        Stimulus.PAUSED: Transition(Phase.OFFERING, "IEC 61851-1 Table A.6 seq. 8.1, in 100 ms"),
    },
    Phase.STOPPING: {
        **_FAULTS,
        Stimulus.UNPLUGGED: Transition(Phase.IDLE, "IEC 61851-1 Table A.6 seq. 2.2, in 100 ms"),
        Stimulus.DRAWN_DOWN: Transition(Phase.PLUGGED, "IEC 61851-1 Table A.6 seq. 10.1, 10.2"),
    },
    Phase.RECOVERING: {
        Stimulus.FAULT_LATCHED: Transition(Phase.FAULTED, "policy: retries used up"),
        Stimulus.RELEASED_EMPTY: Transition(Phase.IDLE, "IEC 61851-1 Table A.5, F to A"),
        Stimulus.RELEASED_PLUGGED: Transition(Phase.PLUGGED, "IEC 61851-1 Table A.5, F to B1"),
        Stimulus.MADE_UNAVAILABLE: Transition(Phase.UNAVAILABLE, "policy: no fault is left"),
    },
    Phase.FAULTED: {
        Stimulus.FAULT_HEALING: Transition(Phase.RECOVERING, "policy: only healing faults left"),
        Stimulus.RELEASED_EMPTY: Transition(Phase.IDLE, "IEC 61851-1 Table A.5, F to A"),
        Stimulus.RELEASED_PLUGGED: Transition(Phase.PLUGGED, "IEC 61851-1 Table A.5, F to B1"),
        Stimulus.MADE_UNAVAILABLE: Transition(Phase.UNAVAILABLE, "policy: no fault is left"),
    },
}
"""By phase and stimulus; a stimulus that a phase does not list leaves it where it is."""
