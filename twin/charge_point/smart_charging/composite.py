"""The composite schedule: what will be allowed from now on, second by second (section 5.7)."""

from __future__ import annotations

from collections.abc import Callable
from math import floor

from twin.charge_point.smart_charging.limits import Limit
from twin.charge_point.smart_charging.profile import SECOND_US
from wire.frames import Payload

MOST_PERIODS = 1_000
"""Of one answer. A window with more of them is answered as far as they reach."""

MOST_LOOKS = 2_000
"""Instants looked at for one answer, for schedules that recur without any change."""


def composite(
    limit_at: Callable[[int], Limit],
    change_after_us: Callable[[int], int | None],
    start_us: int,
    duration_s: int,
    unit: str,
) -> Payload:
    """Return a ChargingSchedule without its start, which the answer carries beside it.

    Its limit in any second is that at the second's beginning, rounded down to one
    decimal. Equal neighbours are one period.

    Args:
        limit_at: Evaluates an instant, microseconds since 1970 UTC.
        change_after_us: The next instant at which it may be another.
        start_us: Where the window begins.
        duration_s: How long it is, at least 1 s.
        unit: `A` or `W`.
    """
    periods: list[Payload] = []
    offset_s = 0
    for _ in range(MOST_LOOKS):
        now_us = start_us + offset_s * SECOND_US
        limit = limit_at(now_us)
        value = _one_decimal(limit.current_a if unit == "A" else limit.power_w)
        said = {"limit": value, "numberPhases": limit.phases}
        if not periods or said.items() - periods[-1].items():
            if len(periods) == MOST_PERIODS:
                break
            periods.append({"startPeriod": offset_s, **said})
        change_us = change_after_us(now_us)
        if change_us is None:
            offset_s = duration_s
        else:
            offset_s = min(duration_s, -((start_us - change_us) // SECOND_US))
        if offset_s == duration_s:
            break
    return {
        "duration": offset_s,
        "chargingRateUnit": unit,
        "chargingSchedulePeriod": periods,
    }


def _one_decimal(value: float) -> float:
    """Round down; 1e-6 keeps 6000 W from becoming 5999.9 on the way through amperes."""
    return floor(value * 10 + 1e-6) / 10
