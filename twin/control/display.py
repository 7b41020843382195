"""What the lamp and the display say."""

from __future__ import annotations

from twin.link.pins import Indicator
from twin.process import FaultCode, Phase

_LAMP = {
    Phase.UNAVAILABLE: Indicator.UNAVAILABLE,
    Phase.IDLE: Indicator.READY,
    Phase.PLUGGED: Indicator.PLUGGED,
    Phase.OFFERING: Indicator.SUSPENDED,
    Phase.TESTING: Indicator.SUSPENDED,
    Phase.CHARGING: Indicator.CHARGING,
    Phase.STOPPING: Indicator.SUSPENDED,
    Phase.RECOVERING: Indicator.FAULT,
    Phase.FAULTED: Indicator.FAULT,
}
_TEXT = {
    Phase.UNAVAILABLE: "Out of service",
    Phase.IDLE: "Ready",
    Phase.PLUGGED: "Connected",
    Phase.OFFERING: "Vehicle waits",
    Phase.TESTING: "Checking",
    Phase.CHARGING: "Charging",
    Phase.STOPPING: "Stopping",
    Phase.RECOVERING: "Fault, retrying",
    Phase.FAULTED: "Fault",
}


def lamp(phase: Phase) -> Indicator:
    """Return what the lamp shows in a phase."""
    return _LAMP[phase]


def lines(phase: Phase, offered_ma: int, faults: frozenset[FaultCode]) -> tuple[str, str]:
    """Return both lines of the display, at most 20 characters each."""
    if faults:
        return _TEXT[phase], min(code.value for code in faults)[:20]
    return _TEXT[phase], f"{offered_ma / 1000:.1f} A" if offered_ma else ""
