"""Keywords that find the thresholds of an EVSE's protective functions."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta

from robot.api import logger
from robot.api.deco import keyword, library
from robotlibcore import DynamicCore

from hil.target import Target
from scenarios.libraries.pilot import await_other_duty
from scenarios.search import boundary
from scenarios.session import current
from scenarios.words import S, all_open, happen, seen


@library(scope="GLOBAL")
class Protection(DynamicCore):  # type: ignore[misc]
    """Finds what current, temperature or voltage an EVSE reacts to, and counts what it does.

    Each trial starts from the scenario's situation, built anew.
    """

    def __init__(self) -> None:
        super().__init__([])

    @keyword
    def threshold(
        self,
        event: str,
        reaction: str,
        quiet: float,
        loud: float,
        resolution: float,
        within: timedelta = timedelta(seconds=10),
    ) -> float:
        """Return the value, nearest to ``quiet``, of an event that has a reaction.

        ``{}`` in the event stands for the value that is searched.

        | ${factor}= | Threshold | fault supply_voltage factor={} | PWM off | 0.9 | 0.8 | 0.001 |
        """

        def responds(value: float) -> bool:
            session = current()
            session.situation.build(session.target, next(session.seeds(1)))
            happen(session.target, event.format(value))
            condition = seen(session.target, session.situation.evse, reaction)
            return session.target.wait_for(condition, _us(within)) is not None

        return boundary(responds, quiet, loud, resolution)

    @keyword
    def lowest_voltage_that_resumes(self, sag: float = 0.8) -> float:
        """Return the lowest supply voltage at which charging resumes after a sag, % of nominal.

        Each trial sags the supply until the contactor is open and then raises it to a value.
        """

        def resumes(factor: float) -> bool:
            session = current()
            target, evse = session.target, session.situation.evse
            session.situation.build(target, next(session.seeds(1)))
            target.inject("supply_voltage", factor=sag)
            target.advance(15 * S)
            assert all_open(target, evse), "the sag did not open the contactor"
            target.inject("supply_voltage", factor=factor)
            return target.wait_for(seen(target, evse, "main poles closed"), 40 * S) is not None

        return 100 * boundary(resumes, 0.855, 0.97, 0.001)

    @keyword
    def closings_and_faults_after(
        self, event: str, watch: timedelta = timedelta(seconds=10)
    ) -> int:
        """Make something happen and return how many closings and faults come of it."""
        session = current()
        target = session.target
        session.situation.build(target, next(session.seeds(1)))
        target.advance(2 * S)
        happen(target, event)
        faults: set[str] = set()
        start_us = target.now_us
        for _ in range(int(watch.total_seconds() * 20)):
            target.advance(S // 20)
            faults |= {code.value for code in target.report().faults}
        closings = [value for _, value in target.edges("coil_main", start_us + 1) if value]
        return len(closings) + len(faults)

    @keyword
    def least_current_that_stops(self, limit: float) -> float:
        """Return by how much the least current that leads to a stop exceeds the limit, A.

        The vehicle draws a growing multiple of what the pilot offers.
        """
        currents: dict[float, float] = {}

        def stops(factor: float) -> bool:
            session = current()
            target = session.target
            session.situation.build(target, next(session.seeds(1)))
            target.inject("over_current", factor=factor)
            target.advance(5 * S)
            currents[factor] = target.current_a()
            off = seen(target, session.situation.evse, "PWM off")
            return target.wait_for(off, 12 * S) is not None

        factor = boundary(stops, 1.05, 1.6, 0.001)
        logger.info(f"stops from {currents[factor]:.3f} A on, limit {limit} A")
        return currents[factor] - limit

    @keyword
    def signal_when(self, signal: str, what: str, within: timedelta = timedelta(hours=12)) -> float:
        """Let time pass until something is seen and return a signal's value at that instant.

        ``temperature_c`` is the hotter of the two terminals.
        """
        session = current()
        condition = seen(session.target, session.situation.evse, what)
        if session.target.wait_for(condition, _us(within)) is None:
            raise AssertionError(f"'{what}' was not seen within {within}")
        return _measure(session.target, signal)

    @keyword
    def signal_when_offer_falls(
        self, signal: str, within: timedelta = timedelta(hours=12)
    ) -> float:
        """Let time pass until the duty falls and return a signal's value at that instant."""
        target = current().target
        if await_other_duty(target, _us(within), lower=True) is None:
            raise AssertionError(f"the duty did not fall within {within}")
        return _measure(target, signal)

    @keyword
    def current_at_opening(
        self, event: str, within: timedelta = timedelta(seconds=60)
    ) -> list[float]:
        """Return the largest phase current when the coil goes off after an event, A.

        Infinite where it does not open. Ten times, at random phase.
        """
        session = current()
        found = []
        for seed in session.seeds(min(10, session.at_most or 10)):
            target = session.target
            session.situation.build(target, seed, random_phase=True)
            happen(target, event)
            coil_off = seen(target, session.situation.evse, "coil off")
            opened = target.wait_for(coil_off, _us(within)) is not None
            found.append(_largest_current(target) if opened else float("inf"))
        return found

    @keyword
    def unlocking_after_opening(self, event: str) -> list[float]:
        """Return the time from open mirror contacts to the lock being let go, ms.

        Negative where the lock is let go first. Ten times, at random phase.
        """
        session = current()
        found = []
        for seed in session.seeds(min(10, session.at_most or 10)):
            target = session.target
            session.situation.build(target, seed, random_phase=True)
            happened_us = target.now_us
            happen(target, event)
            target.advance(20 * S)
            let_go = [t for t, value in target.edges("lock", happened_us) if not value]
            opened = [
                max(t for t, value in target.edges(signal, happened_us) if value)
                for signal in ("mirror_main_open", "mirror_l2l3_open")
            ]
            found.append((let_go[0] - max(opened)) / 1000 if let_go else float("inf"))
        return found

    @keyword
    def relay_operations(self, *events: str, watch: timedelta = timedelta(seconds=10)) -> int:
        """Return how often the coil changes after events, each on a situation of its own."""
        count = 0
        for event in events:
            session = current()
            session.situation.build(session.target, next(session.seeds(1)), random_phase=True)
            start_us = session.target.now_us
            happen(session.target, event)
            session.target.advance(_us(watch))
            changes = [
                time
                for signal in ("coil_main", "coil_l2l3")
                for time, _ in session.target.edges(signal, start_us + 1)
            ]
            logger.info(f"{event}: {len(changes)} operations")
            count += len(changes)
        return count

    @keyword
    def closings_without_self_test(self, closings: int = 3) -> int:
        """Pause and resume the vehicle and return how many closings had no self-test before."""
        session = current()
        target = session.target
        session.situation.build(target, next(session.seeds(1)))
        for _ in range(closings):
            target.vehicle_does("pauses")
            target.advance(5 * S)
            target.vehicle_does("resumes")
            target.advance(15 * S)
        closed_us = [time for time, value in target.edges("coil_main") if value]
        tested_us = [time for time, value in target.edges("residual_test") if value]
        assert len(closed_us) == closings + 1, f"{len(closed_us)} closings instead of {closings}+1"
        since = [0, *closed_us]
        return sum(
            not any(before < time <= closing for time in tested_us)
            for before, closing in zip(since, closed_us, strict=False)
        )

    @keyword
    def self_tests_with_closed_contactor(self) -> int:
        """Return how many self-tests since power-on ran while a coil was on."""
        target = current().target
        return sum(
            _value_at(target, "coil_main", time) != 0
            for time, value in target.edges("residual_test")
            if value
        )

    @keyword
    def age_of_self_test_at_closing(self) -> float:
        """Return the time from the end of the last self-test to the last closing, s."""
        target = current().target
        closing = [time for time, value in target.edges("coil_main") if value][-1]
        ended = [
            time for time, value in target.edges("residual_test") if not value and time <= closing
        ]
        if not ended:
            return float("inf")
        return (closing - ended[-1]) / S

    @keyword
    def duration_of(self, signal: str, value: float = 1) -> float:
        """Return how long a signal last stood at a value before it changed, s."""
        edges = list(current().target.edges(signal))
        spans = [
            (after - begin) / S
            for (begin, held), (after, _) in itertools.pairwise(edges)
            if held == value
        ]
        if not spans:
            raise AssertionError(f"{signal} never was {value} and then something else")
        return spans[-1]

    @keyword
    def welded_poles_not_seen(self, *poles: str) -> int:
        """Weld each pole in turn while charging, stop, and return how many welds go unseen."""
        session = current()
        unseen = 0
        for pole in poles:
            target = session.target
            session.situation.build(target, next(session.seeds(1)))
            target.inject("contactor_welded", pole=pole)
            target.vehicle_does("pauses")
            target.advance(5 * S)
            names = {code.value for code in target.report().faults}
            unseen += "contactor-welded" not in names
            logger.info(f"pole {pole}: {sorted(names) or 'not seen'}")
        return unseen

    @keyword
    def resumptions(self, fault: str, times: int = 6, **parameters: float) -> int:
        """Break and mend the supply again and again; return how often charging resumes.

        All within ten minutes; each time the fault lasts 3 s, and 30 s are given to resume.
        """
        session = current()
        target = session.target
        session.situation.build(target, next(session.seeds(1)))
        evse = session.situation.evse
        count = 0
        for _ in range(times):
            target.inject(fault, **parameters)
            target.advance(10 * S)
            assert all_open(target, evse), f"{fault} did not open the contactor"
            target.clear(fault)
            closed = seen(target, evse, "main poles closed")
            if target.wait_for(closed, 40 * S) is None:
                break
            count += 1
            target.advance(20 * S)
        return count

    @keyword
    def shortest_time_between_duties(self, *limits: float) -> float:
        """Change the limit every second and return the shortest time between two duties, s."""
        target = current().target
        changes: list[int] = []
        for limit, seconds in zip(limits, [*[1] * (len(limits) - 1), 21], strict=True):
            target.command(limit_a=limit)
            until_us = target.now_us + seconds * S
            while (changed_us := await_other_duty(target, until_us - target.now_us)) is not None:
                changes.append(changed_us)
        assert len(changes) >= 2, f"the duty changed {len(changes)} times only"
        spans = [after - before for before, after in itertools.pairwise(changes)]
        return min(spans) / S


def _us(duration: timedelta) -> int:
    return int(duration.total_seconds() * S)


def _measure(target: Target, signal: str) -> float:
    if signal == "temperature_c":
        return max(
            target.measure("temperature_contactor_c"), target.measure("temperature_connector_c")
        )
    return target.measure(signal)


def _largest_current(target: Target) -> float:
    lines: tuple[Callable[[], float], ...] = (
        lambda: target.current_a("l1"),
        lambda: target.current_a("l2"),
        lambda: target.current_a("l3"),
    )
    return max(read() for read in lines)


def _value_at(target: Target, signal: str, time_us: int) -> float:
    before = [value for time, value in target.edges(signal) if time <= time_us]
    return before[-1] if before else 0.0
