"""The proximity pilot of a socket: the cable's resistor under a pull-up (IEC 61851-1 Annex B)."""

from __future__ import annotations

PULL_UP_OHM = 1000.0
PULL_UP_MV = 3300.0

RESISTANCE_OHM: dict[int, float] = {13: 1500.0, 20: 680.0, 32: 220.0, 63: 100.0}
"""Nominal resistor by cable rating in A (IEC 61851-1 Annex B)."""


def resistance_ohm(rating_a: int) -> float:
    """Return the nominal resistor of a cable.

    Raises:
        ValueError: no such rating.
    """
    try:
        return RESISTANCE_OHM[rating_a]
    except KeyError:
        raise ValueError(
            f"a cable of {rating_a} A has no proximity code: use one of {sorted(RESISTANCE_OHM)}"
        ) from None


def voltage_mv(cable_ohm: float | None) -> int:
    """Return the voltage at the EVSE's pin; `None`: nothing plugged in."""
    if cable_ohm is None:
        return int(PULL_UP_MV)
    return round(PULL_UP_MV * cable_ohm / (cable_ohm + PULL_UP_OHM))
