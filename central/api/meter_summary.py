"""The few quantities that people look for among the sampled values of a reading."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from central.domain.meter_values import REGISTER

THOUSANDS = frozenset({"kW", "kWh"})
LARGEST = 2.0**53
"""Beyond what any meter shows; the sum of a few larger ones could overflow."""


def summarize(sampled: Sequence[dict[str, Any]]) -> dict[str, float | None]:
    """Return voltage (V), current (A), power (W), total_kwh and soc (%) of a reading.

    The value for all phases is taken where there is one, otherwise the mean of
    the phases for a voltage, the highest for a current, the sum for power and
    energy. A value that is not a number counts as not sent.
    """
    power = _of(sampled, "Power.Active.Import")
    register = _of(sampled, REGISTER)
    voltage = _of(sampled, "Voltage")
    current = _of(sampled, "Current.Import")
    soc = _of(sampled, "SoC")
    return {
        "voltage": math.fsum(voltage) / len(voltage) if voltage else None,
        "current": max(current, default=None),
        "power": math.fsum(power) if power else None,
        "total_kwh": math.fsum(register) / 1000 if register else None,
        "soc": max(soc, default=None),
    }


def _of(sampled: Sequence[dict[str, Any]], measurand: str) -> list[float]:
    """Return the overall value of a measurand, else its values per phase, in base units."""
    per_phase = []
    for value in sampled:
        if value.get("measurand", REGISTER) != measurand:
            continue
        number = _number(value)
        if number is None:
            continue
        if "phase" not in value:
            return [number]
        per_phase.append(number)
    return per_phase


def _number(value: dict[str, Any]) -> float | None:
    try:
        number = float(value["value"])
    except (KeyError, TypeError, ValueError):
        return None  # signed data, or a charger's fault: not a number
    # Not a number (nan) compares as false too.
    if not abs(number) <= LARGEST:
        return None
    return number * 1000 if value.get("unit") in THOUSANDS else number
