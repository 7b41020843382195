"""What a vehicle reads from the control pilot (IEC 61851-1 Annex A, Table A.8)."""

from __future__ import annotations

from enum import IntEnum


class PilotView(IntEnum):
    """The pilot as seen at the vehicle's inlet."""

    NONE = 0
    """No pilot: unplugged, wire or earth broken, shorted, or the charger is dead."""
    STEADY = 1
    """+12 V steady: a charger that offers nothing now."""
    PWM = 2
    NEGATIVE = 3
    """-12 V steady, state F: a charger that is not available."""


def allowed_current_a(duty_percent: float) -> float:
    """Return the current that a duty allows, A.

    10…85 %: 0.6 A per point; 85…96 %: 2.5 A per point above 64. Just outside,
    8…10 % is read as 6 A and 96…97 % as 80 A. 3…7 % asks for digital
    communication, which these vehicles do not have: 0 A, as everywhere else.
    """
    if 10 <= duty_percent <= 85:
        return duty_percent * 0.6
    if 85 < duty_percent <= 96:
        return (duty_percent - 64) * 2.5
    if 8 <= duty_percent < 10:
        return 6.0
    if 96 < duty_percent <= 97:
        return 80.0
    return 0.0
