"""Keywords that find out what an EVSE takes a vehicle's pilot circuit for."""

from __future__ import annotations

from collections.abc import Callable

from robot.api import logger
from robot.api.deco import keyword, library
from robotlibcore import DynamicCore

from hil.target import Target, VehicleFacts
from scenarios.search import boundary
from scenarios.session import current
from scenarios.words import S, all_closed, happen, seen


@library(scope="GLOBAL")
class Detection(DynamicCore):  # type: ignore[misc]
    """Finds the boundaries of an EVSE's pilot detection by trying circuit values.

    What an EVSE makes of a circuit is seen from outside: state B gets a PWM and no current,
    state C closes the contactor, a circuit it refuses gets neither.
    """

    def __init__(self) -> None:
        super().__init__([])

    @keyword
    def lowest_resistance_taken_as_b(self) -> float:
        """Return the lowest vehicle resistance with which the EVSE offers and does not close."""
        return boundary(lambda ohm: not _is_b(ohm), 2740, 800, 1)

    @keyword
    def highest_resistance_taken_as_b(self) -> float:
        """Return the highest vehicle resistance with which the EVSE offers a PWM."""
        return boundary(lambda ohm: not _is_b(ohm), 2740, 20_000, 1)

    @keyword
    def lowest_resistance_taken_as_c(self) -> float:
        """Return the lowest added resistance with which the EVSE closes."""
        return boundary(lambda ohm: not _is_c(resistance_c_ohm=ohm), 1300, 200, 1)

    @keyword
    def highest_resistance_taken_as_c(self) -> float:
        """Return the highest added resistance with which the EVSE closes."""
        return boundary(lambda ohm: not _is_c(resistance_c_ohm=ohm), 1300, 8000, 1)

    @keyword
    def highest_diode_drop_accepted(self) -> float:
        """Return the highest drop of the vehicle's diode with which the EVSE closes, V."""
        return boundary(lambda volt: not _is_c(diode_drop_v=volt), 0.55, 6.0, 0.001)

    @keyword
    def boundary_voltages(self, lower: str, upper: str) -> list[float]:
        """Return the plateau voltages at which the EVSE changes between two states, V.

        The vehicle's resistance moves slowly through the boundary, down and up; ``lower`` is
        the state of lower voltage. What the EVSE takes it for is read from its report.

        | @{volts}= | Boundary Voltages | C | B |
        """
        nominal = {"A": 60_000.0, "B": 2740.0, "C": 881.7, "D": 245.8, "E": 40.0}
        down = _crossing(nominal[upper], nominal[lower], lower)
        up = _crossing(nominal[lower], nominal[upper], upper)
        logger.info(f"{upper} to {lower} at {down:.3f} V, {lower} to {upper} at {up:.3f} V")
        return [down, up]

    @keyword
    def highest_low_plateau_accepted(self) -> float:
        """Return the low plateau nearest to 0 V with which the EVSE still closes, V.

        The generator's negative half is moved; the vehicle's circuit is a good one.
        """

        def refuses(negative_v: float) -> bool:
            situation = current().situation.changed(
                faults={"generator_amplitude": {"negative_v": negative_v}}
            )
            target = current().target
            situation.build(target, next(current().seeds(1)))
            return not _closes(target)

        return boundary(refuses, -11.0, -8.0, 0.005)

    @keyword
    def faults_named_wrongly(self, *pairs: str) -> int:
        """Return how many faults are reported under another name than they should be.

        Each pair is what happens while charging, and the name of the fault that is to be
        reported (``none`` for no fault), joined by ``->``.

        | ${count}= | Faults Named Wrongly | fault diode_shorted -> diode-missing |
        """
        session = current()
        wrong = 0
        for pair in pairs:
            event, expected = (part.strip() for part in pair.split("->"))
            session.situation.build(session.target, next(session.seeds(1)))
            happen(session.target, event)
            reported: set[str] = set()
            target = session.target
            for _ in range(160):
                target.advance(S // 20)
                reported |= {code.value for code in target.report().faults}
            right = reported == (set() if expected == "none" else {expected})
            wrong += not right
            logger.info(f"{event}: reported {sorted(reported) or 'no fault'}, meant {expected}")
        return wrong

    @keyword
    def events_during_wake_up(self) -> int:
        """Disturb the wake-up of a sleeping vehicle; return what the EVSE makes of it.

        Half a second of state C during the steady voltage, and of a pilot shorted to earth
        during state F. Closings, offers, unlockings and faults count, until state F is over, and a
        wake-up that does not go on.
        """
        session = current()
        target, evse = session.target, session.situation.evse
        off_us = target.wait_for(seen(target, evse, "PWM off"), 120 * S)
        assert off_us is not None, "the vehicle is not woken"
        faults: set[str] = set()
        offers = 0
        for disturbance, until in (
            ("pilot_short resistance_ohm=1300 where=behind", "state F"),
            ("pilot_short resistance_ohm=1", "state F over"),
        ):
            target.advance(S)
            happen(target, f"fault {disturbance}")
            for tenth in range(100):
                if tenth == 5:
                    happen(target, "no fault pilot_short")
                offers += seen(target, evse, "PWM on")()
                faults |= {code.value for code in target.report().faults}
                if target.wait_for(seen(target, evse, until), S // 10) is not None:
                    break
            else:
                faults.add("wake-up broken off")
        closings = [value for _, value in target.edges("coil_main", off_us) if value]
        unlockings = [value for _, value in target.edges("lock", off_us) if not value]
        logger.info(f"{closings=} {unlockings=} {offers=} {faults=}")
        return len(closings) + len(unlockings) + offers + len(faults)


def _is_b(ohm: float) -> bool:
    """Say whether a paused vehicle of this resistance is offered a PWM, and nothing closes."""
    target = _build(paused=True, resistance_b_ohm=ohm)
    closed = target.wait_for(_closed(target), 6 * S) is not None
    return not closed and seen(target, current().situation.evse, "PWM on")()


def _is_c(**changes: float) -> bool:
    return _closes(_build(paused=False, **changes))


def _build(*, paused: bool, **changes: float) -> Target:
    session = current()
    situation = session.situation.changed(
        paused=paused, vehicle=VehicleFacts("instrument", precise=True, changes=changes)
    )
    situation.build(session.target, next(session.seeds(1)))
    return session.target


def _closed(target: Target) -> Callable[[], bool]:
    evse = current().situation.evse
    return lambda: all_closed(target, evse)


def _closes(target: Target) -> bool:
    return target.wait_for(_closed(target), 8 * S) is not None


def _crossing(from_ohm: float, to_ohm: float, state: str) -> float:
    """Move the branch resistance in steps of 10 mV at the plug until the report says `state`."""
    session = current()
    target = session.target
    situation = session.situation.changed(
        paused=True, vehicle=VehicleFacts("instrument", precise=True)
    )
    situation.build(target, next(session.seeds(1)))
    target.advance(2 * S)
    start_v, end_v = _plateau(from_ohm), _plateau(to_ohm)
    steps = round(abs(end_v - start_v) / 0.01)
    _set_branch(target, from_ohm)
    target.advance(S)
    for step in range(steps + 1):
        volts = start_v + (end_v - start_v) * step / steps
        _set_branch(target, _branch_for(volts))
        # Longer than any filter, and over before a vehicle that stays in B is taken for asleep.
        target.advance(70_000)
        if target.report().state.value == state:
            measured, _ = target.pilot_plateaus_v()
            assert measured is not None
            return measured
    raise AssertionError(f"state {state} was not detected down to {end_v:.2f} V")


def _plateau(branch_ohm: float) -> float:
    return 0.7 + 11.3 * branch_ohm / (1000 + branch_ohm)


def _branch_for(volts: float) -> float:
    return 1000 * (volts - 0.7) / (12 - volts)


def _set_branch(target: Target, ohm: float) -> None:
    target.inject("ev_resistance", r2_ohm=ohm)
