"""Keywords that measure how long something takes, or that it never happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from robot.api import logger
from robot.api.deco import keyword, library
from robotlibcore import DynamicCore

from hil.limits import Requirement, judge, judge_never, worst
from scenarios.conclude import conclude
from scenarios.session import Session, current
from scenarios.situation import Situation
from scenarios.words import S, happen, seen

UNIT_US = {"us": 1, "ms": 1_000, "s": 1_000_000}
"""Microseconds in the units of time that requirements use."""


@dataclass(frozen=True)
class _Span:
    """What is measured: from an instant to what is awaited after it."""

    after: str
    until: str
    since: str
    timeout_us: int


@library(scope="GLOBAL")
class Timing(DynamicCore):  # type: ignore[misc]
    """Measures times between what happens and what is seen, to the microsecond.

    Each measurement starts from the scenario's situation, built anew from power-on with another
    seed, so that mains, control tick and vehicle stand at a random phase. It is repeated as
    often as the requirement says, and the worst time is judged.

    What can happen (``after``), words joined by `` and `` happening at the same instant:
    ``vehicle pauses``, ``vehicle resumes``, ``plug is pulled``, ``permission is withdrawn``,
    ``limit 10``, ``controller hangs``, ``power is cut``, ``fault NAME key=value``, and others
    that a wrong word has listed.

    What can be seen (``until``, ``since``): ``main poles open``, ``main poles closed``,
    ``coil off``, ``coil on``, ``PWM on``, ``PWM off``, ``state F``, ``fault NAME``, and others
    that a wrong word has listed.
    """

    def __init__(self) -> None:
        super().__init__([])

    @keyword
    def contactor_should_open_within(self, requirement: str, after: str) -> None:
        """Measure from what happens until no main pole conducts any more, arc included.

        | Vehicle Is Charging | byd-atto-3 | soc=40 |
        | Contactor Should Open Within | IEC61851.OPEN_ON_C_TO_B | after=vehicle pauses |
        """
        self.time_should_keep(requirement, after, "main poles open")

    @keyword
    def contactor_should_close_within(self, requirement: str, after: str) -> None:
        """Measure from what happens until every main pole conducts."""
        self.time_should_keep(requirement, after, "main poles closed")

    @keyword
    def time_should_keep(
        self,
        requirement: str,
        after: str,
        until: str,
        since: str = "",
        timeout: timedelta = timedelta(seconds=60),
    ) -> None:
        """Measure from what happens until something is seen, or between two things seen.

        With ``since``, time counts from the moment at which that is seen after the event.

        | Time Should Keep | EVSELOOP.ARC | after=vehicle pauses | since=contacts parted |
        | ... | until=main poles open |
        """
        session = current()
        wanted = session.requirement(requirement)
        span = _Span(after, until, since, int(timeout.total_seconds() * S))
        times = {
            seed: _once(session, session.situation, wanted, span, seed)
            for seed in session.seeds(session.repetitions(wanted))
        }
        value = worst(wanted, times.values())
        seed = next(seed for seed, time in times.items() if time == value)
        logger.info(f"{len(times)} times {min(times.values()):.6g} … {max(times.values()):.6g}")

        def draw(path: Path) -> None:
            _once(session, session.situation, wanted, span, seed)
            _draw(session, path)

        conclude(judge(wanted, value, session.target.name, measurements=len(times)), draw)

    @keyword
    def it_should_never_happen(self, requirement: str, what: str, after: str = "nothing") -> None:
        """Watch for as long as the requirement says; it must not be seen.

        | It Should Never Happen | IEC61851.F_LOCKOUT | any main pole closed |
        | ... | after=vehicle resumes |
        """
        session = current()
        wanted = session.requirement(requirement)
        target = session.target
        count = session.repetitions(wanted)
        happened_s: float | None = None
        for seed in session.seeds(count):
            session.situation.build(target, seed, random_phase=True)
            happen(target, after)
            # What happens may take time of its own; the watch begins after it.
            start_us = target.now_us
            condition = seen(target, session.situation.evse, what)
            seen_us = target.wait_for(condition, int(wanted.limit.observe_s * S))
            if seen_us is not None:
                happened_s = (seen_us - start_us) / S
                break
        verdict = judge_never(
            wanted, happened_s, wanted.limit.observe_s, target.name, measurements=count
        )
        conclude(verdict, lambda path: _draw(session, path))


def _once(
    session: Session, situation: Situation, wanted: Requirement, span: _Span, seed: int
) -> float:
    """Measure once, in the requirement's unit; infinity if it was not seen in time."""
    target = session.target
    situation.build(target, seed, random_phase=True)
    awaited = seen(target, situation.evse, span.until)
    if not span.since:
        assert not awaited(), f"'{span.until}' is seen before '{span.after}' happens"
    start_us: int | None = target.now_us
    happen(target, span.after)
    if span.since:
        start_us = target.wait_for(seen(target, situation.evse, span.since), span.timeout_us)
        assert start_us is not None, f"'{span.since}' was not seen after '{span.after}'"
    assert start_us is not None
    end_us = target.wait_for(awaited, span.timeout_us)
    if end_us is None:
        return float("inf")
    return (end_us - start_us) / UNIT_US[wanted.limit.unit]


def _draw(session: Session, path: Path) -> None:
    now_us = session.target.now_us
    session.target.plot(path, max(0, now_us - 400_000), now_us)
