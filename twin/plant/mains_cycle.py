"""What the meter's converter delivers of a mains cycle, from the segments that it covers."""

from __future__ import annotations

from typing import NamedTuple

from twin.electrics.load import Leg
from twin.electrics.meter import SAMPLES_PER_SECOND, Meter
from twin.electrics.supply import Triple


class Segment(NamedTuple):
    """A stretch of time in which voltages and poles stay and the current follows one law.

    Attributes:
        start_us: its begin, and the begin of its leg.
        end_us: its end, or beyond any time while it is under way.
        leg: the current of the lines that are live.
        open_v: supply without load, by line.
        live: lines that carry the current.
        drop_ohm: voltage that a line loses per ampere.
        power_factor: of the current.
        uneven: the currents by line, where a fault makes them differ; None: each is `leg`.
    """

    start_us: int
    end_us: int
    leg: Leg
    open_v: Triple
    live: tuple[bool, bool, bool]
    drop_ohm: float
    power_factor: float
    uneven: tuple[Leg, Leg, Leg] | None = None


class Cycle(NamedTuple):
    """Sums over one mains cycle, by line, as the pins `cycle_*` carry them."""

    n: tuple[int, int, int]
    v2: Triple
    i2: Triple
    vi: Triple


ZERO: Triple = (0.0, 0.0, 0.0)
NO_CYCLE = Cycle((0, 0, 0), ZERO, ZERO, ZERO)
"""A dead converter, or no mains to find a cycle in."""


def cycle_of(
    segments: list[Segment], start_us: int, end_us: int, meter: Meter, phases: int
) -> Cycle:
    """Return the sums over start…end, which the segments cover in any order.

    Root mean squares inside a cycle are taken from the envelope of the
    current: a step in mid-cycle counts for its share of the time.
    """
    v2, i2, vi = [0.0] * 3, [0.0] * 3, [0.0] * 3
    for segment in segments:
        from_s = max(start_us - segment.start_us, 0) * 1e-6
        to_s = (min(end_us, segment.end_us) - segment.start_us) * 1e-6
        span_s = to_s - from_s
        charge, square = segment.leg.integrals(from_s, to_s)
        drop, power_factor = segment.drop_ohm, segment.power_factor
        open_v, live, uneven = segment.open_v, segment.live, segment.uneven
        volts, lives = -1.0, False
        for line in range(phases):
            if open_v[line] != volts or live[line] is not lives or uneven is not None:
                # Else as the line before it: three sound phases are one.
                volts, lives = open_v[line], live[line]
                if lives:
                    if uneven is not None:
                        charge, square = uneven[line].integrals(from_s, to_s)
                    more_v2 = volts * (volts * span_s - 2 * drop * charge) + drop * drop * square
                    more_vi = power_factor * (volts * charge - drop * square)
                else:
                    more_v2 = volts * volts * span_s
            v2[line] += more_v2
            if lives:
                i2[line] += square
                vi[line] += more_vi
    # Samples are taken at a fixed rate: integrals in seconds become sums of samples.
    v_scale = SAMPLES_PER_SECOND * meter.voltage_gain**2
    i_scale = SAMPLES_PER_SECOND * meter.current_gain**2
    p_scale = SAMPLES_PER_SECOND * meter.power_gain
    n = round((end_us - start_us) * 1e-6 * SAMPLES_PER_SECOND)
    return Cycle(
        (n, n if phases > 1 else 0, n if phases > 1 else 0),
        (v2[0] * v_scale, v2[1] * v_scale, v2[2] * v_scale),
        (i2[0] * i_scale, i2[1] * i_scale, i2[2] * i_scale),
        (vi[0] * p_scale, vi[1] * p_scale, vi[2] * p_scale),
    )
