"""The control pilot's voltage at any instant: square wave, edges and changes of the circuit.

Between two switchings the voltage goes exponentially towards where the circuit
would settle, with one time constant below the diode's drop and another above
it. All of it is in closed form; capacitances keep their voltage over a change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, inf, log

import numpy as np
from numpy.typing import NDArray

from twin.electrics.pilot import Relaxation

LEAD_US = 4_000
"""So long before the first instant asked for the voltage is taken as settled."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time during which neither circuit nor generator setting changes.

    Attributes:
        since_us: its begin; it ends where the next one begins.
        high_us: +12 V in each period; `period_us` for +12 V steady, 0 for -12 V steady.
        period_us: of the generator.
        phase_us: an instant at which a period begins.
        positive: where and how fast the voltage goes at +12 V.
        negative: the same at -12 V.
    """

    since_us: int
    high_us: int
    period_us: int
    phase_us: int
    positive: Relaxation
    negative: Relaxation

    def switchings(self, from_us: int, to_us: int) -> Iterator[tuple[int, Relaxation]]:
        """Yield what the generator does from an instant on, and each edge before another."""
        if self.high_us in (0, self.period_us):
            yield from_us, self.positive if self.high_us else self.negative
            return
        start_us = from_us - (from_us - self.phase_us) % self.period_us
        while start_us < to_us:
            fall_us = start_us + self.high_us
            end_us = start_us + self.period_us
            if fall_us > from_us:
                yield max(start_us, from_us), self.positive
            if fall_us < to_us and end_us > from_us:
                yield max(fall_us, from_us), self.negative
            start_us = end_us


def voltages(
    stretches: Sequence[Stretch], base_us: int, times_us: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the voltage at the plug at instants, V.

    Args:
        stretches: in order of time; the first one counts from ever, the last one for ever.
        base_us: what `times_us` count from.
        times_us: ascending.
    """
    begin_us = base_us + int(times_us[0]) - LEAD_US
    end_us = base_us + int(times_us[-1]) + 1
    rows: list[tuple[float, ...]] = []
    volts: float | None = None
    for at_us, until_us, relaxation in _intervals(stretches, begin_us, end_us):
        if volts is None:
            volts = relaxation.settled_v()
        row = _course(at_us - base_us, volts, relaxation)
        rows.append(row)
        volts = _at(row, until_us - at_us)
    courses = np.array(rows).T
    at = np.searchsorted(courses[0], times_us, side="right") - 1
    start, from_v, first_v, first_us, cross_us, joint_v, second_v, second_us = courses[:, at]
    passed_us = times_us - start
    first = first_v + (from_v - first_v) * np.exp(-passed_us / first_us)
    beyond_us = np.maximum(passed_us - cross_us, 0.0)
    second = second_v + (joint_v - second_v) * np.exp(-beyond_us / second_us)
    chosen: NDArray[np.float64] = np.where(passed_us <= cross_us, first, second)
    return chosen


def _intervals(
    stretches: Sequence[Stretch], begin_us: int, end_us: int
) -> Iterator[tuple[int, int, Relaxation]]:
    """Yield begin, end and course of every interval between two switchings."""
    switchings: list[tuple[int, Relaxation]] = []
    for index, stretch in enumerate(stretches):
        last = index + 1 == len(stretches)
        to_us = end_us if last else min(end_us, stretches[index + 1].since_us)
        from_us = begin_us if index == 0 else max(begin_us, stretch.since_us)
        if from_us < to_us:
            switchings.extend(stretch.switchings(from_us, to_us))
    for index, (at_us, relaxation) in enumerate(switchings):
        until_us = switchings[index + 1][0] if index + 1 < len(switchings) else end_us
        yield at_us, until_us, relaxation


def _course(at: float, from_v: float, relaxation: Relaxation) -> tuple[float, ...]:
    """Return one or two exponentials from a voltage on.

    Begin, voltage then, first aim and time constant, when the diode's drop is
    crossed, voltage then, second aim and time constant.
    """
    drop_v = relaxation.threshold_v
    above = from_v > drop_v or (from_v == drop_v and relaxation.above_v > drop_v)
    aim_v, tau_us = relaxation.aim(above)
    if (aim_v >= drop_v) if above else (aim_v <= drop_v):
        return (at, from_v, aim_v, tau_us, inf, aim_v, aim_v, tau_us)
    cross_us = tau_us * log((from_v - aim_v) / (drop_v - aim_v))
    then_v, then_us = relaxation.aim(not above)
    return (at, from_v, aim_v, tau_us, cross_us, drop_v, then_v, then_us)


def _at(course: tuple[float, ...], passed_us: float) -> float:
    """Return the voltage of a course after a time."""
    _, from_v, first_v, first_us, cross_us, joint_v, second_v, second_us = course
    if passed_us <= cross_us:
        return first_v + (from_v - first_v) * exp(-passed_us / first_us)
    return second_v + (joint_v - second_v) * exp(-(passed_us - cross_us) / second_us)
