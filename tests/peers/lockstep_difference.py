"""Two controllers at equal plants: where they part, by more than they may (decision 34)."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from hil.targets.twin import TwinTarget
from tests.peers.lockstep_course import Course, act, begin
from twin.process import Phase
from twin.trace import Trace
from twin.trace.recorder import Samples

MS = 1_000

EDGE_US = 45 * MS
"""No signal differs for longer: a cycle of 20 ms that is worked through in five ticks and told in
the next one that is complete, or the time in which a current is seen to have ended."""

SIGNALS = {
    "coil_main": 0.0,
    "coil_l2l3": 0.0,
    "pilot_mode": 0.0,
    "pilot_duty_ppm": 1.0,
    "lock": 0.0,
    "ventilation": 0.0,
    "controller_phase": 0.0,
}
"""What is compared at every instant, and by how much it may differ: a duty by its rounding."""

TOLD = ("phase", "state", "plugged", "vehicle_ready", "closed", "locked", "last_stop", "faults")
OFFERED_A = 0.002
"""Currents are told in mA, and rounded down."""
SETTLED_MS = 270
"""What a controller says of itself is compared where nothing has happened for so long."""

BEGIN = (("nothing", 47),)
"""How every course begins."""


@dataclass(frozen=True)
class Difference:
    """Where two controllers part.

    Attributes:
        after: the number of the act after which it was seen, `BEGIN` included, from 0.
        at_us: the instant at which they had differed for longer than they may.
        what: the signal, or the field of the report.
        expected: what it is under the first one.
        seen: what it is under the second one.
        signal: it is a signal.
    """

    after: int
    at_us: int
    what: str
    expected: object
    seen: object
    signal: bool


def first_difference(course: Course, first: TwinTarget, second: TwinTarget) -> Difference | None:
    """Play a course on both, and return where they part."""
    both = (first, second)
    for target in both:
        begin(target, course)
    for number, (words, wait_ms) in enumerate((*BEGIN, *course.acts)):
        checked_us = max(0, first.now_us - EDGE_US)
        for target in both:
            act(target, words)
            target.advance(wait_ms * MS)
        found = _by_signals(number, checked_us, first, second)
        if found is None and wait_ms >= SETTLED_MS:
            found = _by_reports(number, first, second)
        if found is not None:
            return found
    return None


def _by_signals(
    number: int, from_us: int, first: TwinTarget, second: TwinTarget
) -> Difference | None:
    found = []
    for signal in SIGNALS:
        lasting = _lasting(first.trace, second.trace, signal, from_us, first.now_us)
        if lasting is not None:
            at_us, expected, seen = lasting
            found.append(Difference(number, at_us, signal, expected, seen, signal=True))
    return min(found, key=lambda difference: difference.at_us, default=None)


def _lasting(
    first: Trace, second: Trace, signal: str, from_us: int, now_us: int
) -> tuple[int, float, float] | None:
    """Return when a signal had differed for longer than it may, and both values before that."""
    a, b = first.samples(signal), second.samples(signal)
    nothing = float(Phase.IDLE) if signal == "controller_phase" else 0.0
    since_us: int | None = None
    expected = seen = nothing
    for time_us in _instants(a, b, from_us, now_us):
        if since_us is not None and time_us - since_us > EDGE_US:
            return since_us + EDGE_US + 1, expected, seen
        expected, seen = _at(a, time_us, nothing), _at(b, time_us, nothing)
        if abs(expected - seen) <= SIGNALS[signal]:
            since_us = None
        elif since_us is None:
            since_us = time_us
    return None


def _instants(a: Samples, b: Samples, from_us: int, now_us: int) -> list[int]:
    changes = {
        time_us
        for samples in (a, b)
        for time_us in samples.time_us[bisect_right(samples.time_us, from_us) :]
    }
    return sorted({from_us, *changes, now_us})


def _at(samples: Samples, time_us: int, nothing: float) -> float:
    index = bisect_right(samples.time_us, time_us)
    return samples.value[index - 1] if index else nothing


def _by_reports(number: int, first: TwinTarget, second: TwinTarget) -> Difference | None:
    if _told(first, second) is None:
        return None
    # They may be on their way to the same.
    for target in (first, second):
        target.advance(EDGE_US)
    told = _told(first, second)
    return None if told is None else Difference(number, first.now_us, *told, signal=False)


def _told(first: TwinTarget, second: TwinTarget) -> tuple[str, object, object] | None:
    if not first.evse.powered:
        # A dead controller's report is its last one, of the middle of whatever it was at.
        return None
    a, b = first.report(), second.report()
    for name in TOLD:
        expected, seen = getattr(a, name), getattr(b, name)
        if expected != seen:
            return name, expected, seen
    if abs(a.offered_a - b.offered_a) > OFFERED_A:
        return "offered_a", a.offered_a, b.offered_a
    return None
