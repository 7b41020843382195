"""Keywords that measure a vehicle."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from robot.api import logger
from robot.api.deco import keyword, library
from robotlibcore import DynamicCore

from hil.target import Line, Target, VehicleFacts
from scenarios.libraries.pilot import amps_of_duty, await_other_duty
from scenarios.session import current
from scenarios.words import S, all_open

LINES: tuple[Line, ...] = ("l1", "l2", "l3")


@library(scope="GLOBAL")
class Vehicles(DynamicCore):  # type: ignore[misc]
    """Measures what a vehicle draws, when, and how it follows the pilot."""

    def __init__(self) -> None:
        super().__init__([])

    @keyword
    def current_of_vehicle(self) -> float:
        """Return the largest phase current now, A."""
        return _current(_target())

    @keyword
    def current_on_other_phases(self) -> float:
        """Return the larger of the currents on L2 and L3 now, A."""
        return max(_target().current_a(line) for line in LINES[1:])

    @keyword
    def steps_with_state_b(self, model: str, limit: float) -> int:
        """Take a vehicle through a whole charge; return in how many steps the plug shows state B.

        The steps: plugged in, permitted, charging, no longer permitted, unplugged. State B is an
        upper plateau of 7.5 to 10.5 V, however short.
        """
        session = current()
        target, evse = session.target, session.situation.evse
        session.situation.build(target, next(session.seeds(1)))

        def state_b() -> bool:
            upper, _ = target.pilot_plateaus_v()
            return upper is not None and 7.5 < upper < 10.5

        steps: tuple[Callable[[], object], ...] = (
            lambda: target.plug_in(VehicleFacts(model)),
            lambda: target.command(permitted=True, limit_a=limit, phases=evse.phases),
            lambda: target.advance(20 * S),
            lambda: target.command(permitted=False),
            target.unplug,
        )
        count = 0
        for step in steps:
            step()
            count += target.wait_for(state_b, 10 * S) is not None
        return count

    @keyword
    def power_of_vehicle(self) -> float:
        """Return the power that the EVSE's meter shows now, kW."""
        return sum(_target().fresh_report().power_w) / 1000

    @keyword
    def currents_at_duties(
        self, *duties: float, model: str = "instrument", cable: int | None = None
    ) -> list[float]:
        """Show a vehicle each duty from a free generator; return what it draws after 30 s, A.

        ``cable`` is the rating of the cable in a socket, A.
        """
        session = current()
        target = session.target
        found = []
        for duty in duties:
            target.set_up(session.situation.evse, next(session.seeds(1)), free_generator=True)
            target.plug_in(VehicleFacts(model, 40), cable)
            target.generate("PWM", duty)
            target.advance(30 * S)
            found.append(_current(target))
        logger.info(f"draws {found} at {duties}")
        return found

    @keyword
    def allowed_at_duties(self, *duties: float, model: str = "instrument") -> list[float]:
        """Return the current a vehicle reads from each duty of a free generator, A."""
        session = current()
        target = session.target
        found = []
        for duty in duties:
            target.set_up(session.situation.evse, next(session.seeds(1)), free_generator=True)
            target.plug_in(VehicleFacts(model, 40))
            target.generate("PWM", duty)
            target.advance(30 * S)
            found.append(target.vehicle_reads_a())
        logger.info(f"reads {found} at {duties}")
        return found

    @keyword
    def excess_over_offer(self, *limits: float) -> float:
        """Step through limits and return the most the current exceeds the offer, A.

        Looked at from 5 s after each change on, as a vehicle has that long to follow.
        """
        target = _target()
        excess = 0.0
        for limit in limits:
            target.command(limit_a=limit)
            target.advance(11 * S)
            for _ in range(20):
                target.advance(S)
                excess = max(excess, _current(target) - _offer(target))
        return excess

    @keyword
    def excess_over_rating(self, rating: float, duration: timedelta) -> float:
        """Return the most the current exceeds the on-board charger's rating, A."""
        target = _target()
        steps = 100
        excess = -rating
        for _ in range(steps):
            target.advance(int(duration.total_seconds() * S / steps))
            excess = max(excess, _current(target) - rating)
        return max(0.0, excess)

    @keyword
    def times_to_follow(self, *limits: float) -> list[float]:
        """Step through limits and return how long the vehicle takes to draw no more, s."""
        target = _target()
        times = []
        for limit in limits:
            target.command(limit_a=limit)
            changed = await_other_duty(target, 10 * S)
            assert changed is not None, f"the duty did not change for {limit} A"
            waited = 0
            while _current(target) > _offer(target) + 0.05 and waited < 20 * S:
                target.advance(10_000)
                waited += 10_000
            times.append(waited / S)
            target.advance(10 * S)
        return times

    @keyword
    def ramp_up(self, from_current: float = 2.0, to_current: float = 12.0) -> float:
        """Wait for the current to rise through two values and return its slope, A/s."""
        target = _target()
        instants = []
        for threshold in (from_current, to_current):
            waited = 0
            while _current(target) < threshold:
                target.advance(5_000)
                waited += 5_000
                assert waited < 60 * S, f"the current does not reach {threshold} A"
            instants.append(target.now_us)
        return (to_current - from_current) * S / (instants[1] - instants[0])

    @keyword
    def state_of_charge_where_power_falls(self, share: float = 0.9) -> float:
        """Charge on until power is below a share of what it is now; return the charge, %."""
        target = _target()
        reference = target.fresh_report().power_w
        full = sum(reference)
        for _ in range(2000):
            target.advance(30 * S)
            if sum(target.fresh_report().power_w) < share * full:
                return target.measure("soc_percent")
        raise AssertionError("the power did not fall in 16 h")

    @keyword
    def current_when_vehicle_ends(self, within: timedelta = timedelta(hours=16)) -> float:
        """Charge until the vehicle goes back to B by itself; return the current then, A."""
        session = current()
        target = session.target
        opened = target.wait_for(lambda: target.measure("s2") == 0, int(within.total_seconds() * S))
        assert opened is not None, f"the vehicle did not end by itself within {within}"
        at_end = _current(target)
        target.advance(S)
        assert all_open(target, session.situation.evse), "the contactor stays closed in state B"
        return at_end


def _target() -> Target:
    return current().target


def _offer(target: Target) -> float:
    """Return what the duty at the plug offers, A."""
    return amps_of_duty(target.pilot_duty_percent() or 0.0)


def _current(target: Target) -> float:
    return max(target.current_a(line) for line in LINES)
