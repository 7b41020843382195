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
    def offered_current(self) -> float:
        """Return what the duty at the generator offers, A; 0 without PWM."""
        return amps_of_duty(_target().commanded_duty_percent())

    @keyword
    def duty_errors_over_currents(self, *set_points: float, at: str = "plug") -> list[float]:
        """Return the duty's error in percentage points, for set-points in A.

        ``at=plug`` measures at 0 V at the plug, ``at=generator`` what is commanded. The
        situation has a vehicle charging.
        """
        session = current()
        errors = []
        for set_point in set_points:
            _offer(set_point)
            target = session.target
            duty = (
                target.commanded_duty_percent()
                if at == "generator"
                else target.pilot_duty_percent()
            )
            errors.append(_present(duty, f"PWM at {set_point} A") - duty_of_amps(set_point))
        logger.info(f"largest error {max(errors, key=abs):.4f} points at {at}")
        return errors

    @keyword
    def duty_errors_over_capacitances(self, set_point: float = 16) -> list[float]:
        """Return the error of the duty at the plug against the commanded one, points.

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
                    errors.append(duty - session.target.commanded_duty_percent())
        logger.info(f"errors {min(errors):.3f} … {max(errors):.3f} points")
        return errors

    @keyword
    def current_errors(self, first: float, last: float, step: float = 0.5) -> list[float]:
        """Return offered minus set current, A, for set-points from ``first`` to ``last`` A."""
        errors = []
        count = round((last - first) / step)
        for index in range(count + 1):
            set_point = round(first + index * step, 6)
            _offer(set_point)
            offered = amps_of_duty(_target().commanded_duty_percent())
            errors.append(round(offered - set_point, 6))
        logger.info(f"offered minus set {min(errors):.4f} … {max(errors):.4f} A")
        return errors

    @keyword
    def duties(self, *set_points: float) -> list[float]:
        """Return the commanded duty, %, for set-points in A; 100 where the pilot is steady."""
        found = []
        for set_point in set_points:
            _offer(set_point)
            found.append(_target().commanded_duty_percent())
        return found

    @keyword
    def offered_currents(self, *set_points: float) -> list[float]:
        """Return what the pilot offers, A, for set-points in A; 0 where it is steady."""
        found = []
        for set_point in set_points:
            _offer(set_point)
            found.append(amps_of_duty(_target().commanded_duty_percent()))
        return found

    @keyword
    def offered_with_cable_of(self, *resistances_ohm: float, above: float = 0) -> list[float]:
        """Return what is offered with a cable of each proximity resistance, A.

        With ``above`` only what exceeds it: 0 where the offer is not higher.
        """
        session = current()
        offers = []
        for resistance in resistances_ohm:
            situation = session.situation.changed(
                faults={"proximity_resistance": {"resistance_ohm": resistance}}
            )
            situation.build(session.target, next(session.seeds(1)))
            session.target.advance(10 * S)
            offers.append(amps_of_duty(session.target.commanded_duty_percent()))
        logger.info(f"offered {offers}")
        return [max(0.0, offer - above) for offer in offers] if above else offers


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
