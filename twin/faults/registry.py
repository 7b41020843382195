"""The registry of faults."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of a fault: name with its unit, default, range or choices, meaning."""

    name: str
    default: float | int | str
    doc: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: name, what physically happens, parameters."""

    name: str
    doc: str
    params: tuple[Param, ...] = ()


def _fault(name: str, doc: str, *params: Param) -> Fault:
    return Fault(name, doc, params)


FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        # control pilot
        _fault(
            "pilot_short",
            "the pilot wire is shorted to earth",
            Param("resistance_ohm", 80.0, "of the short", 0.0, 1e6),
            Param(
                "where",
                "before",
                "before or behind the vehicle's diode",
                None,
                None,
                ("before", "behind"),
            ),
        ),
        _fault("pilot_open", "the pilot wire between EVSE and vehicle is broken"),
        _fault("diode_shorted", "the vehicle's diode conducts both ways"),
        _fault("diode_open", "the vehicle's diode is missing: the branch is open"),
        _fault(
            "ev_resistance",
            "the vehicle's pilot resistors are wrong",
            Param("r2_ohm", 2740.0, "always there (state B)", 100.0, 1e5),
            Param("r3_ohm", 1300.0, "switched by S2 (state C)", 100.0, 1e5),
        ),
        _fault(
            "pilot_glitch",
            "the pilot is pulled to a level for a moment, once",
            Param("level_mv", 0.0, "level at the plug", -12600.0, 12600.0),
            Param("duration_us", 2000, "how long", 1, 1_000_000),
        ),
        _fault(
            "generator_amplitude",
            "the pilot generator is off its band",
            Param("positive_v", 12.0, "open circuit", 0.0, 15.0),
            Param("negative_v", -12.0, "open circuit", -15.0, 0.0),
        ),
        _fault(
            "generator_frequency",
            "the pilot generator's frequency is off",
            Param("frequency_hz", 1000.0, "of the PWM", 500.0, 2000.0),
        ),
        _fault(
            "source_resistance",
            "the pilot's source resistor is off",
            Param("resistance_ohm", 1000.0, "of the source", 100.0, 10_000.0),
        ),
        _fault(
            "pilot_duty_error",
            "the generator makes another duty than commanded",
            Param("offset_percent", 2.0, "percentage points added", -10.0, 10.0),
        ),
        _fault("pilot_converter_dead", "the pilot's converter delivers no new samples"),
        # proximity
        _fault(
            "proximity_resistance",
            "the cable's proximity resistor is wrong; 0: shorted, 1e9: broken",
            Param("resistance_ohm", 5000.0, "of the resistor", 0.0, 1e9),
        ),
        # earth
        _fault("earth_lost", "protective earth of the supply is gone"),
        _fault("earth_open", "protective earth between EVSE and vehicle is broken"),
        # contactor
        _fault(
            "contactor_welded",
            "a main pole is welded: it conducts whatever the coil does",
            Param("pole", "l1", "which", None, None, ("n", "l1", "l2", "l3")),
        ),
        _fault(
            "contactor_stuck_open",
            "a contactor does not pull in",
            Param("contactor", "main", "which", None, None, ("main", "l2l3", "both")),
        ),
        _fault(
            "contactor_slow_release",
            "a contactor lets go late (a plain diode across the coil)",
            Param("release_ms", 60.0, "from coil off to contacts parting", 1.0, 5000.0),
        ),
        _fault(
            "contact_resistance",
            "a main contact is worn",
            Param("resistance_mohm", 20.0, "of each pole", 0.0, 1000.0),
        ),
        _fault(
            "connector_resistance",
            "the plug contacts are worn",
            Param("resistance_mohm", 20.0, "of each contact", 0.0, 1000.0),
        ),
        _fault("lock_jammed", "the connector lock does not move"),
        # residual current
        _fault(
            "residual_dc",
            "direct current leaks to earth behind the contactor",
            Param("current_ma", 6.0, "while the contactor is closed", -500.0, 500.0),
        ),
        _fault(
            "residual_ac",
            "L1 leaks to earth behind the contactor",
            Param("resistance_ohm", 7667.0, "of the leak; 7667: 30 mA at 230 V", 10.0, 1e7),
        ),
        _fault(
            "residual_monitor_dead",
            "the residual-current monitor never trips, not even in its test",
        ),
        _fault(
            "residual_monitor_stuck", "the residual-current monitor's trip output is on for good"
        ),
        _fault("residual_device_dead", "the upstream residual-current device never trips"),
        # supply
        _fault(
            "supply_voltage",
            "the supply sags or swells",
            Param("factor", 0.8, "of nominal", 0.0, 1.5),
            Param("line", "all", "which", None, None, ("all", "l1", "l2", "l3")),
        ),
        _fault(
            "supply_outage", "mains gone ahead of the contactor; the controller's own supply holds"
        ),
        _fault(
            "phase_lost",
            "one phase of the supply is gone",
            Param("line", "l2", "which", None, None, ("l1", "l2", "l3")),
        ),
        _fault(
            "neutral_lost",
            "the supply's neutral is broken: its star point moves with the load of the building",
            Param("shift_v", 60.0, "of the star point towards L1", 0.0, 200.0),
        ),
        _fault(
            "supply_frequency",
            "the mains frequency is off",
            Param("frequency_hz", 47.0, "of the mains", 40.0, 70.0),
        ),
        # meter and sensors
        _fault(
            "meter_gain",
            "the meter reads wrong",
            Param("error_percent", 3.0, "of power and energy", -100.0, 100.0),
        ),
        _fault("meter_dead", "the meter's converter delivers nothing"),
        _fault(
            "ambient",
            "it is hot or cold around the enclosure",
            Param("temperature_c", 60.0, "of the air", -60.0, 150.0),
        ),
        _fault("temperature_sensor_lost", "the temperature sensors do not answer"),
        # vehicle
        _fault(
            "over_current",
            "the vehicle draws more than the pilot allows",
            Param("factor", 1.3, "of what is allowed", 1.0, 5.0),
        ),
        _fault(
            "short_circuit",
            "a fault in the vehicle draws a constant current on top",
            Param("current_a", 100.0, "per phase", 0.0, 2000.0),
        ),
        _fault(
            "stays_in_c", "the vehicle keeps S2 closed and current flowing whatever the pilot says"
        ),
        _fault(
            "slow_follow",
            "the vehicle follows a new duty late",
            Param("delay_s", 6.0, "until it reacts", 0.0, 60.0),
        ),
    )
}


def describe() -> str:
    """Return all faults with their parameters as text, for people."""
    lines = []
    for fault in FAULTS.values():
        lines.append(f"{fault.name}: {fault.doc}")
        lines += [f"    {param.name}={param.default}: {param.doc}" for param in fault.params]
    return "\n".join(lines)
