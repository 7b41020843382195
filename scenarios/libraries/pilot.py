"""Keywords that measure the control pilot."""

from __future__ import annotations

from robot.api import logger
from robot.api.deco import keyword, library
from robotlibcore import DynamicCore

from hil.target import Target, VehicleFacts
from scenarios.session import current
from scenarios.words import S


def amps_of_duty(duty_percent: float) -> float:
    """Return the current that a duty offers, A (IEC 61851-1 Table A.8), 0 where none."""
    if 8 <= duty_percent < 10:
        return 6.0
    if 10 <= duty_percent <= 85:
        return duty_percent * 0.6
    if 85 < duty_percent <= 96:
        return (duty_percent - 64) * 2.5
    if 96 < duty_percent <= 97:
        return 80.0
    return 0.0


def duty_of_amps(amps: float) -> float:
    """Return the duty for a set-point in A, % (IEC 61851-1 Table A.7)."""
    if amps <= 51:
        return amps / 0.6
    return 85.0 if amps < 52.5 else amps / 2.5 + 64


@library(scope="GLOBAL")
class Pilot(DynamicCore):  # type: ignore[misc]
    """Measures the control pilot at the plug: plateaus, duty, edges, and what it offers.

    The duty is the share of a period that the plug's voltage is above 0 V, as a vehicle has it.
    Capacitance and diode make it other than the generator's by up to 0.3 percentage points.

    The formulas between duty and current are the standard's own, written down here a second
    time and apart from any controller.
    """

    def __init__(self) -> None:
        super().__init__([])

    @keyword
    def upper_plateau(self) -> float:
        """Return the upper plateau (or the steady positive voltage), V."""
        return _present(_target().pilot_plateaus_v()[0], "upper plateau")

    @keyword
    def lower_plateau(self) -> float:
        """Return the lower plateau (or the steady negative voltage), V."""
        return _present(_target().pilot_plateaus_v()[1], "lower plateau")

    @keyword
    def steady_voltage(self) -> float:
        """Return the voltage of a pilot without PWM, of whichever sign, V."""
        upper, lower = _target().pilot_plateaus_v()
        return _present(lower if upper is None else upper, "steady voltage")

    @keyword
    def source_resistance(self, load_ohm: float = 2740, diode_drop_v: float = 0.7) -> float:
        """Return the generator's source resistance, ohm, from open circuit and a known load.

        Starts from a plugless EVSE and plugs the precise vehicle in.
        """
        target = _target()
        open_v = _present(target.pilot_plateaus_v()[0], "open-circuit voltage")
        target.plug_in(VehicleFacts(precise=True))
        target.advance(S)
        loaded_v = _present(target.pilot_plateaus_v()[0], "loaded voltage")
        load_a = (loaded_v - diode_drop_v) / load_ohm
        return (open_v - loaded_v) / load_a

    @keyword
    def pwm_frequency(self) -> float:
        """Return the frequency of the PWM, Hz."""
        return _target().pilot_frequency_hz()

    @keyword
    def rise_time(self) -> float:
        """Return the rise time 10…90 % at the plug, us."""
        return _target().pilot_edges_us()[0]

    @keyword
    def fall_time(self) -> float:
        """Return the fall time 90…10 % at the plug, us."""
        return _target().pilot_edges_us()[1]

    @keyword
    def evse_capacitance(self) -> float:
        """Return the EVSE's own capacitance on the pilot, pF."""
        return _target().evse_capacitance_pf()

    @keyword
    def set_points(self, first: float, last: float, step: float) -> list[float]:
        """Return set-points from ``first`` to ``last`` A."""
        count = round((last - first) / step)
        return [round(first + index * step, 6) for index in range(count + 1)]

    @keyword
    def duty_errors(self, *set_points: float) -> list[float]:
        """Return the error of the duty at the plug, percentage points, for set-points in A.

        Where there is no PWM the duty is 0.
        """
        return [_duty_at(set_point) - duty_of_amps(set_point) for set_point in set_points]

    @keyword
    def commanded_duty_errors(self, *set_points: float) -> list[float]:
        """Return the error of the duty that is commanded, percentage points, as the plug tells it.

        Capacitance, diode and output stage shift every duty by the same time. The error at 30 A
        is that shift alone, because any timer makes its 50 % exactly; it is taken out.
        """
        shift = _duty_at(30) - duty_of_amps(30)
        errors = [error - shift for error in self.duty_errors(*set_points)]
        logger.info(f"edges {shift:.4f}, errors {min(errors):.4f} … {max(errors):.4f} points")
        return errors

    @keyword
    def duty_errors_over_capacitances(self, set_point: float = 16) -> list[float]:
        """Return the error of the duty at the plug, percentage points.

        Over states B and C and every combination of the least and largest capacitance of cable
        and vehicle (IEC 61851-1 Table A.2).
        """
        session = current()
        errors = []
        evse = session.situation.evse
        for cable_pf in (0.0, 1500.0):
            for vehicle_pf in (0.0, 2400.0):
                facts = type(evse)(
                    evse.kind, evse.rating_a, evse.phases, cable_capacitance_pf=cable_pf
                )
                for paused in (True, False):
                    situation = session.situation.changed(
                        evse=facts,
                        charging=False,
                        paused=paused,
                        limit_a=set_point,
                        vehicle=VehicleFacts(
                            precise=True, changes={"pilot_capacitance_pf": vehicle_pf}
                        ),
                    )
                    situation.build(session.target, next(session.seeds(1)))
                    session.target.advance(10 * S)
                    duty = _present(session.target.pilot_duty_percent(), "PWM")
                    errors.append(duty - duty_of_amps(set_point))
        logger.info(f"errors {min(errors):.3f} … {max(errors):.3f} points")
        return errors

    @keyword
    def current_errors(self, *set_points: float) -> list[float]:
        """Return what the duty at the plug offers minus the set-point, A.

        By the formula that holds for the set-point, also where a duty a little above 85 % is
        read by the other one.
        """
        errors = [
            (_duty_at(set_point) - duty_of_amps(set_point)) * (0.6 if set_point <= 51 else 2.5)
            for set_point in set_points
        ]
        logger.info(f"offered minus set {min(errors):.4f} … {max(errors):.4f} A")
        return errors

    @keyword
    def duties(self, *set_points: float) -> list[float]:
        """Return the duty at the plug, %, of those set-points (A) for which there is a PWM."""
        found = {}
        for set_point in set_points:
            _offer(set_point)
            duty = _target().pilot_duty_percent()
            if duty is not None:
                found[set_point] = duty
        logger.info(f"duties by set-point {found}")
        return list(found.values())

    @keyword
    def lowest_voltages(self, *set_points: float) -> list[float]:
        """Return the lowest voltage that the pilot has at the plug, V, for set-points in A.

        That of a steady pilot is its only voltage; a PWM and state F go down to -12 V.
        """
        found = []
        for set_point in set_points:
            _offer(set_point)
            plateaus = [volts for volts in _target().pilot_plateaus_v() if volts is not None]
            found.append(min(plateaus))
        logger.info(f"lowest voltages {found}")
        return found

    @keyword
    def offered_with_cable_of(self, *resistances_ohm: float, less: float = 0) -> list[float]:
        """Return what the plug offers with a cable of each proximity resistance, less some A, A."""
        session = current()
        offers = []
        for resistance in resistances_ohm:
            situation = session.situation.changed(
                faults={"proximity_resistance": {"resistance_ohm": resistance}}
            )
            situation.build(session.target, next(session.seeds(1)))
            session.target.advance(10 * S)
            offers.append(amps_of_duty(session.target.pilot_duty_percent() or 0.0))
        logger.info(f"offered {offers}")
        return [offer - less for offer in offers]


EDGES_SHIFT_PERCENT = 0.3
"""A duty at the plug that moves by less has not been changed: S2 alone makes other edges."""


def await_other_duty(target: Target, timeout_us: int, *, lower: bool = False) -> int | None:
    """Let time pass until the plug shows another duty (a lower one); return when, or None."""
    before = target.pilot_duty_percent() or 0.0

    def changed() -> bool:
        change = (target.pilot_duty_percent() or 0.0) - before
        return -change > EDGES_SHIFT_PERCENT if lower else abs(change) > EDGES_SHIFT_PERCENT

    return target.wait_for(changed, timeout_us)


def _target() -> Target:
    return current().target


def _present(value: float | None, what: str) -> float:
    assert value is not None, f"there is no {what}"
    return value


def _offer(set_point: float) -> None:
    """Set a limit and wait until a change of duty has had its time (5 s, or 3 s of steady)."""
    target = _target()
    target.command(limit_a=set_point)
    target.advance(9 * S)


def _duty_at(set_point: float) -> float:
    """Return the duty at the plug for a set-point in A, %; 0 where there is no PWM."""
    _offer(set_point)
    return _target().pilot_duty_percent() or 0.0
